"""Layers with one number a channel, over rows joined to long ones, against one number at a time."""

import hypothesis.strategies as st
import numpy as np
import pytest
from harness import error
from hypothesis import given, settings

from cnnopt.arrays import Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.rows import LONG, joined
from cnnopt.layers import BatchNorm, Bias, Layer, Relu
from cnnopt.layers.base import Wires

LIMITS = {"float32": 1e-6, "float64": 1e-12}
PIVOT = 20
"""Times as much for batch norm, in float32: it takes deviations from the first row, which costs
digits where that lies far out. The worst of 9,000 random shapes was 1.5e-5 (median 2e-7)."""

Result = tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]

SHAPES = st.one_of(
    st.tuples(st.integers(1, 6), st.integers(1, 40)),
    st.tuples(st.integers(1, 4), st.integers(1, 30), st.integers(1, 20)),
    st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12), st.integers(1, 20)),
)
"""(B, C), (B, W, C) and (B, H, W, C): prime numbers of rows among them, and more than long ones."""

FIXED = [(8, 14, 14, 32), (3, 13, 7, 5), (2, LONG + 1), (1, 1), (128, 16), (7, 3, 1)]


def run(
    layer: Layer, x: np.ndarray, values: tuple[np.ndarray, ...], dy: np.ndarray, dtype: str
) -> Result:
    """Return (y, dx, gradients) in place where the layer works in place; else into NaN."""
    below, above = x.astype(dtype), dy.astype(dtype)
    y = below if layer.memory == "in place" else np.full_like(below, np.nan)
    # Both hand the gradient on where it stands.
    wires = Wires(below, y, above, above, True)
    space = layer.plan(wires, Buffers(dtype))
    parameters = tuple(value.astype(dtype) for value in values)
    learned = zip(layer.parameters(x.shape[1:]), parameters, strict=True)
    gradients = tuple(np.full_like(value, np.nan) for p, value in learned if p.trains)
    layer.forward(space, parameters)
    result = y.copy()
    layer.backward(space, parameters, gradients)
    return result, above, gradients


def numbers(shape: Shape, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x and dy; the numbers are float32's, so that both dtypes get the same."""
    generator = np.random.default_rng(seed)
    x, dy = (generator.standard_normal(shape).astype(np.float32) for _ in range(2))
    return x.astype(np.float64), dy.astype(np.float64)


def check_bias(shape: Shape, seed: int) -> None:
    x, dy = numbers(shape, seed)
    b = numbers(shape[-1:], seed + 1)[0]
    db = dy.reshape(-1, shape[-1]).sum(axis=0)
    for dtype, limit in LIMITS.items():
        y, dx, (found,) = run(Bias(), x, (b,), dy, dtype)
        np.testing.assert_array_equal(y, x.astype(dtype) + b.astype(dtype))
        np.testing.assert_array_equal(dx, dy)
        size = np.abs(dy).reshape(-1, shape[-1]).sum(axis=0).max()
        assert np.abs(found - db).max() <= limit * size


def check_relu(shape: Shape, seed: int) -> None:
    x, dy = numbers(shape, seed)
    for dtype in LIMITS:
        y, dx, _ = run(Relu(), x, (), dy, dtype)
        np.testing.assert_array_equal(y, np.where(x > 0, x, 0))
        np.testing.assert_array_equal(dx, np.where(x > 0, dy, 0))


def slow_batch_norm(x: np.ndarray, scale: np.ndarray, shift: np.ndarray, dy: np.ndarray) -> Result:
    """Return (y, dx, gradients) of batch norm, from its definition and the chain rule."""
    rows, above = x.reshape(-1, x.shape[-1]), dy.reshape(-1, x.shape[-1])
    count = len(rows)
    mean = rows.sum(axis=0) / count
    root = np.sqrt(((rows - mean) ** 2).sum(axis=0) / count + 1e-5)
    normal = (rows - mean) / root
    d_normal = above * scale
    dx = (
        d_normal - d_normal.sum(axis=0) / count - normal * (d_normal * normal).sum(axis=0) / count
    ) / root
    gradients = (above * normal).sum(axis=0), above.sum(axis=0)
    return (normal * scale + shift).reshape(x.shape), dx.reshape(x.shape), gradients


def check_batch_norm(shape: Shape, seed: int) -> None:
    x, dy = numbers(shape, seed)
    scale, shift = numbers(shape[-1:], seed + 1)
    still, spread = np.zeros(shape[-1]), np.ones(shape[-1])
    wanted = slow_batch_norm(x, scale, shift, dy)
    for dtype, limit in LIMITS.items():
        y, dx, gradients = run(BatchNorm(), x, (scale, shift, still, spread), dy, dtype)
        pairs = ((y, wanted[0]), (dx, wanted[1]), *zip(gradients, wanted[2], strict=True))
        assert max(error(*pair) for pair in pairs) <= PIVOT * limit


CHECKS = {"bias": check_bias, "relu": check_relu, "batch norm": check_batch_norm}


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=60)
@given(shape=SHAPES, seed=st.integers(0, 99))
def test_any_shape(name: str, shape: Shape, seed: int) -> None:
    if name == "batch norm" and np.prod(shape[:-1]) < 4:
        return  # a variance of hardly any values
    CHECKS[name](shape, seed)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("shape", FIXED, ids=str)
def test_shapes_of_networks_and_the_ends(name: str, shape: Shape) -> None:
    if name == "batch norm" and np.prod(shape[:-1]) < 4:
        pytest.skip("a variance of hardly any values")
    CHECKS[name](shape, 0)


def test_the_shapes_above_are_joined_and_are_not() -> None:
    counts = {joined(int(np.prod(shape[:-1])), shape[-1]) for shape in FIXED}
    assert {1, 56} <= counts
    assert len(counts) > 3


@pytest.mark.parametrize("dtype", LIMITS)
def test_outside_training_the_running_values_count(dtype: str) -> None:
    x, _ = numbers((6, 5, 7, 3), 0)
    scale, shift = numbers((3,), 1)
    mean, variance = np.array([0.3, -2.0, 5.0]), np.array([0.5, 2.0, 1e-3])
    values = tuple(value.astype(dtype) for value in (scale, shift, mean, variance))
    y = np.full(x.shape, np.nan, dtype)
    layer = BatchNorm()
    space = layer.plan(Wires(x.astype(dtype), y, None, None, False), Buffers(dtype))
    layer.forward(space, values)
    wanted = (x - mean) / np.sqrt(variance + 1e-5) * scale + shift
    assert error(y, wanted) <= 3 * LIMITS[dtype]
    for value, before in zip(values, (scale, shift, mean, variance), strict=True):
        np.testing.assert_array_equal(value, before.astype(dtype))
