"""Pooling against scans of every window, to the bit: ties, order of phase, what is not finite."""

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from conv_runs import ordered, restored
from harness import error
from hypothesis import given, settings
from oracles import pooling

from cnnopt.arrays import Shape
from cnnopt.buffers import Buffers
from cnnopt.layers import AvgPool, Layer, MaxPool, Relu
from cnnopt.layers.base import Wires

RANKS = pytest.mark.parametrize("rank", [1, 2, 3])
LIMITS = {"float32": 1e-6, "float64": 1e-12}


@st.composite
def forms(draw: st.DrawFn, /, rank: int, *, whole: bool = False) -> tuple[dict[str, Any], Shape]:
    """Return settings and the shape of a batch; where `whole`, no window leaves the input."""
    most = {1: 9, 2: 3, 3: 1}[rank]
    kernel = tuple(draw(st.integers(1, 4 if rank < 3 else 3)) for _ in range(rank))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    pads = tuple((draw(st.integers(0, k - 1)), draw(st.integers(0, k - 1))) for k in kernel)
    extents = tuple(k + draw(st.integers(0, most)) for k in kernel)
    settings: dict[str, Any] = {"kernel": kernel, "stride": stride}
    if not whole:
        settings["padding"] = draw(st.sampled_from(["valid", "same", pads]))
        settings["ceil"] = draw(st.booleans())
    return settings, (draw(st.integers(1, 2)), *extents, draw(st.integers(1, 2)))


def few(shape: Shape, seed: int) -> np.ndarray:
    """Return numbers of few values, below and above 0, that sums of do not round."""
    return np.random.default_rng(seed).integers(-2, 3, shape) / 4


def run(
    layer: Layer, x: np.ndarray, dy: np.ndarray, dtype: str, phases: Shape = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return (y, dx); arrays to be written hold NaN before, and x comes in order of phase."""
    above = dy.astype(dtype)
    y = np.full_like(above, np.nan)
    below = ordered(x, phases).astype(dtype)
    dx = np.full_like(below, np.nan)
    space = layer.plan(Wires(below, y, dx, above, True), Buffers(dtype))
    layer.forward(space, ())
    layer.backward(space, (), ())
    return y, restored(dx, phases)


def upstream(layer: Layer, shape: Shape, seed: int) -> np.ndarray:
    return few((shape[0], *layer.output_shape(shape[1:])), seed + 1)


@RANKS
@settings(max_examples=40)
@given(data=st.data(), seed=st.integers(0, 999))
def test_the_first_largest_takes_all_to_the_bit(rank: int, data: st.DataObject, seed: int) -> None:
    """Windows that overlap, leave cells out, reach into padding and beyond the end; many ties."""
    how, shape = data.draw(forms(rank))
    layer = MaxPool(**how)
    x = few(shape, seed) if data.draw(st.booleans()) else np.full(shape, 0.25)
    dy = upstream(layer, shape, seed)
    form = (layer.kernel, layer.stride, layer.windows.pads(shape[1:]), layer.ceil)
    wanted = pooling.max_pool(x, *form), pooling.max_pool_gradient(x, dy, *form)
    for dtype in LIMITS:
        for one, other in zip(run(layer, x, dy, dtype), wanted, strict=True):
            np.testing.assert_array_equal(one, other)


@RANKS
@settings(max_examples=40)
@given(data=st.data(), seed=st.integers(0, 999))
def test_in_order_of_phase_it_is_the_same(rank: int, data: st.DataObject, seed: int) -> None:
    """Cells that fill no window, at the end of an axis or between windows, get no gradient."""
    how, shape = data.draw(forms(rank, whole=True))
    natural = MaxPool(**how)
    layer = replace(natural, phases=natural.stride)
    x, dy = few(shape, seed), upstream(natural, shape, seed)
    for dtype in LIMITS:
        found = run(layer, x, dy, dtype, natural.stride)
        for one, other in zip(found, run(natural, x, dy, dtype), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("extents", [(2, 2), (3, 2), (5, 7), (6, 9), (8, 8)])
@pytest.mark.parametrize("kernel", [(2, 2), (2, 1), (1, 2)])
@pytest.mark.parametrize("phased", [False, True])
def test_windows_of_two_side_by_side(extents: Shape, kernel: Shape, phased: bool) -> None:
    """The commonest pooling; odd extents leave cells over."""
    layer = MaxPool(kernel)
    shape = (3, *extents, 4)
    for seed in range(3):
        x, dy = few(shape, seed), upstream(layer, shape, seed)
        phases = kernel if phased else ()
        y, dx = run(replace(layer, phases=phases), x, dy, "float32", phases)
        np.testing.assert_array_equal(y, pooling.max_pool(x, kernel, kernel))
        np.testing.assert_array_equal(dx, pooling.max_pool_gradient(x, dy, kernel, kernel))


@RANKS
@given(data=st.data(), seed=st.integers(0, 999), counted=st.booleans())
def test_means(rank: int, data: st.DataObject, seed: int, counted: bool) -> None:
    how, shape = data.draw(forms(rank))
    layer = AvgPool(**how, count_padding=counted)
    x, dy = few(shape, seed), upstream(layer, shape, seed)
    form = (layer.kernel, layer.stride, layer.windows.pads(shape[1:]), layer.ceil, counted)
    wanted = pooling.mean_pool(x, *form), pooling.mean_pool_gradient(x, dy, *form)
    for dtype, limit in LIMITS.items():
        for one, other in zip(run(layer, x, dy, dtype), wanted, strict=True):
            assert error(one, other) <= limit


@RANKS
@given(data=st.data(), seed=st.integers(0, 999), phased=st.booleans())
def test_nan_and_infinity_pass_through_to_whoever_looks_for_them(
    rank: int, data: st.DataObject, seed: int, phased: bool
) -> None:
    """A window with NaN gives NaN, wherever it stands; infinities are numbers like others."""
    how, shape = data.draw(forms(rank, whole=True))
    generator = np.random.default_rng(seed)
    x = generator.choice([0.0, 1.0, np.nan, np.inf, -np.inf], shape, p=[0.5, 0.2, 0.1, 0.1, 0.1])
    layer = MaxPool(**how)
    phases = layer.stride if phased else ()
    dy = upstream(layer, shape, seed)
    with np.errstate(all="ignore"):
        y, _ = run(replace(layer, phases=phases), x, dy, "float32", phases)
    form = (layer.kernel, layer.stride)
    lost = pooling.max_pool(np.isnan(x).astype(float), *form) > 0
    largest = pooling.max_pool(np.where(np.isnan(x), -np.inf, x), *form)
    np.testing.assert_array_equal(y, np.where(lost, np.nan, largest))


@given(shape=st.lists(st.integers(1, 7), min_size=2, max_size=4), seed=st.integers(0, 99))
def test_nan_passes_through_relu(shape: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = generator.choice([-1.0, 0.0, 2.0, np.nan, np.inf, -np.inf], shape)
    y, dx = run(Relu(), x, np.ones(shape), "float32")
    np.testing.assert_array_equal(y, np.where(np.isnan(x), np.nan, np.where(x > 0, x, 0.0)))
    np.testing.assert_array_equal(dx, (x > 0).astype(float))
