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

from cnnopt.layers import (
    AvgPool,
    Conv,
    Dense,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
    ShapeError,
)

MOST = {1: 8, 2: 5, 3: 4}


@st.composite
def convolutions(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 4 if rank < 3 else 2)) for _ in range(rank))
    pads = tuple(draw(st.tuples(st.integers(0, 3), st.integers(0, 3))) for _ in range(rank))
    pads = pads if rank < 3 else tuple((min(a, 1), min(b, 1)) for a, b in pads)
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 3 if rank < 3 else 2)) for _ in range(rank))
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    extents = tuple(
        draw(st.integers(max(1, span - a - b), max(MOST[rank], span)))
        for span, (a, b) in zip(spans, pads, strict=True)
    )
    settings: dict[str, Any] = {"stride": stride, "padding": pads}
    if draw(st.booleans()):
        settings["padding"] = "same"
    groups = draw(st.integers(1, 3))
    channels, filters = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    settings |= {"dilation": dilation, "groups": groups, "flip": draw(st.booleans())}
    return conv("drawn", (*extents, channels), filters, kernel, **settings)


@settings(max_examples=80)
@given(case=convolutions())
def test_any_convolution(case: Case) -> None:
    harness.check_oracle(case, "float64", 2)
    harness.check_used_buffers(case)
    harness.check_first_layer(case)


@st.composite
def pools(draw: st.DrawFn) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return shape, kernel and stride, and the other settings that both kinds have."""
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    stride = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    extents = tuple(draw(st.integers(k, max(MOST[rank], k))) for k in kernel)
    pads = tuple((draw(st.integers(0, k - 1)), draw(st.integers(0, k - 1))) for k in kernel)
    more = {"padding": draw(st.sampled_from(["valid", "same", pads])), "ceil": draw(st.booleans())}
    return ((*extents, draw(st.integers(1, 3))), kernel, stride), more


@settings(max_examples=80)
@given(form=pools(), values=st.integers(1, 4), seed=st.integers(0, 99), count=st.booleans())
def test_any_pooling_with_ties(form: tuple, values: int, seed: int, count: bool) -> None:
    """Few different values: nearly every window has a tie, with one value all of it is one."""
    (x, *window), more = form
    generator = np.random.default_rng(seed)
    inputs = generator.integers(values, size=(2, *x)).astype(float) - 2
    for case in (
        max_pool("drawn", x, *window, **more),
        avg_pool("drawn", x, *window, **more, count_padding=count),
    ):
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
        (
            Conv(4, (3, 1), dilation=(4, 1)),
            (8, 8, 1),
            ["(3, 1)", "spans (9, 1) cells", "(8, 8, 1)"],
        ),
        (Conv(4, (3, 3), groups=2), (8, 8, 3), ["3 channels", "2 equal groups", "both 3 and 4"]),
        (Conv(4, (3, 3), groups=3), (8, 8, 3), ["4 filters", "3 equal groups", "(8, 8, 3)"]),
        (
            MaxPool((2, 3), padding=((2, 0), (0, 0))),
            (8, 8, 3),
            ["(2, 3)", "(2, 0)", "(8, 8, 3)", "at most 1"],
        ),
        (GlobalAvgPool(), (10,), ["spatial axes", "(10,)", "in place of flatten"]),
        (GlobalMaxPool(), (10,), ["spatial axes", "(10,)", "in place of flatten"]),
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
