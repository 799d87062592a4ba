"""Convolution and pooling of any rank, kernel, stride and padding against the loops."""

from typing import Any

import harness
import hypothesis.strategies as st
import numpy as np
import pytest
from conv_cases import conv
from harness import Case, Inputs, Runner
from hypothesis import given, settings
from oracles import pooling
from pool_cases import avg_pool, max_pool

from cnnopt.layers import AvgPool, Conv, Dense, MaxPool, ShapeError

MOST = {1: 8, 2: 5, 3: 4}


@st.composite
def convolutions(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 4 if rank < 3 else 2)) for _ in range(rank))
    pads = tuple(draw(st.tuples(st.integers(0, 3), st.integers(0, 3))) for _ in range(rank))
    pads = pads if rank < 3 else tuple((min(a, 1), min(b, 1)) for a, b in pads)
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    extents = tuple(
        draw(st.integers(max(1, k - a - b), max(MOST[rank], k)))
        for k, (a, b) in zip(kernel, pads, strict=True)
    )
    settings: dict[str, Any] = {"stride": stride, "padding": pads}
    if draw(st.booleans()):
        settings["padding"] = "same"
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return conv("drawn", (*extents, channels), filters, kernel, **settings)


@settings(max_examples=80)
@given(case=convolutions())
def test_any_convolution(case: Case) -> None:
    harness.check_oracle(case, "float64", 2)
    harness.check_used_buffers(case)
    harness.check_first_layer(case)


@st.composite
def pools(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    stride = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    extents = tuple(draw(st.integers(k, max(MOST[rank], k))) for k in kernel)
    return (*extents, draw(st.integers(1, 3))), kernel, stride


@settings(max_examples=80)
@given(form=pools(), values=st.integers(1, 4), seed=st.integers(0, 99))
def test_any_pooling_with_ties(form: tuple, values: int, seed: int) -> None:
    """Few different values: nearly every window has a tie, with one value all of it is one."""
    x = form[0]
    generator = np.random.default_rng(seed)
    inputs = generator.integers(values, size=(2, *x)).astype(float)
    for case in (max_pool("drawn", *form), avg_pool("drawn", *form)):
        dy = generator.normal(size=(2, *case.layer.output_shape(x)))
        found = Runner(case, 2, "float64").run(Inputs(inputs, (), dy, ()))
        (dx,) = case.backward(inputs, dy)
        assert found.dx is not None
        assert harness.error(found.y, case.forward(inputs)) <= 1e-14
        assert harness.error(found.dx, dx) <= 1e-14


def test_constant_image_sends_its_gradient_to_the_first_cell() -> None:
    case = max_pool("constant", (4, 4, 1), (2, 2))
    given = Inputs(np.zeros((1, 4, 4, 1)), (), np.arange(1.0, 5).reshape(1, 2, 2, 1), ())
    found = Runner(case, 1, "float32").run(given)
    assert found.dx is not None
    assert found.dx[0, ..., 0].tolist() == [[1, 0, 2, 0], [0] * 4, [3, 0, 4, 0], [0] * 4]
    np.testing.assert_array_equal(
        found.dx, pooling.max_pool_gradient(given.x, given.dy, (2, 2), (2, 2))
    )


@pytest.mark.parametrize(
    ("layer", "x", "words"),
    [
        (Conv(4, (3, 3)), (2, 8, 1), ["(3, 3)", "(2, 8, 1)", "same"]),
        (Conv(4, (3, 3)), (64,), ["2 spatial axes", "(64,)", "flatten"]),
        (Conv(4, (3,)), (8, 8, 1), ["1 spatial axis", "(8, 8, 1)"]),
        (MaxPool((2, 2)), (1, 4, 3), ["(2, 2)", "(1, 4, 3)", "leaves nothing"]),
        (AvgPool((9, 1)), (8, 8, 3), ["(9, 1)", "(8, 8, 3)", "leaves nothing"]),
        (AvgPool((2, 2)), (10,), ["2 spatial axes", "(10,)"]),
        (Dense(3), (4, 4, 2), ["flat", "(4, 4, 2)", "flatten"]),
    ],
)
def test_shapes_that_do_not_fit(layer: Any, x: tuple[int, ...], words: list[str]) -> None:
    with pytest.raises(ShapeError) as caught:
        layer.output_shape(x)
    for word in words:
        assert word in str(caught.value)


def test_a_kernel_as_large_as_the_padded_input_fits() -> None:
    assert Conv(2, (5, 5), padding=((1, 1), (2, 0))).output_shape((3, 3, 1)) == (1, 1, 2)
    assert MaxPool((3, 4)).output_shape((3, 4, 2)) == (1, 1, 2)
