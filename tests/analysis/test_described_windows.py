"""Formulas are true arithmetic; receptive fields are what NaN travels through."""

import math
import re

import numpy as np
import pytest
from analysed import BLOCK, BRANCHES
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnopt.analysis.windows import Field, field_after, formulas, input_field
from cnnopt.layers import (
    AvgPool,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Flatten,
    GlobalMaxPool,
    Layer,
    MaxPool,
    Relu,
    ShapeError,
)
from cnnopt.layers.sequence import Node
from cnnopt.network import Layout
from cnnopt.training.walk import Walk


def evaluated(formula: str) -> tuple[int, float]:
    """Return both sides of a formula, the right one by Python's own arithmetic."""
    left, right = formula.split(" = ")
    python = right.replace("·", "*").replace("⌊", "floor(").replace("⌈", "ceil(")
    python = re.sub("[⌋⌉]", ")", python)
    names = {"floor": math.floor, "ceil": math.ceil, "__builtins__": {}}
    return int(left), eval(python, names)


@pytest.mark.parametrize(
    ("layer", "x", "found"),
    [
        (Conv(8, (3, 3)), (28, 28, 1), ("26 = (28 + 2·0 - 3)/1 + 1",) * 2),
        (Conv(8, (3,), padding="same"), (8, 1), ("8 = (8 + 2·1 - 3)/1 + 1",)),
        (Conv(8, (2,), padding="same"), (8, 1), ("8 = (8 + 0 + 1 - 2)/1 + 1",)),
        (Conv(8, (3,), (2,), "same"), (8, 1), ("4 = (8 + 0 + 1 - 3)/2 + 1",)),
        (Conv(8, (3,), (2,)), (8, 1), ("3 = ⌊(8 + 2·0 - 3)/2⌋ + 1",)),
        (Conv(8, (3,), dilation=(4,)), (9, 1), ("1 = (9 + 2·0 - (4·(3 - 1) + 1))/1 + 1",)),
        (Conv(8, (3,), padding=((2, 1),)), (9, 1), ("10 = (9 + 2 + 1 - 3)/1 + 1",)),
        (MaxPool((2, 3)), (4, 7, 1), ("2 = (4 + 2·0 - 2)/2 + 1", "2 = ⌊(7 + 2·0 - 3)/3⌋ + 1")),
        (MaxPool((2,), ceil=True), (5, 1), ("3 = ⌈(5 + 2·0 - 2)/2⌉ + 1",)),
        (Flatten(), (2, 3, 4), ("24 = 2·3·4",)),
        (Flatten(), (4,), ()),
        (Dense(3), (7,), ("each of 3 from all 7",)),
        (DropConnect(Conv(8, (3,)), 0.5), (9, 1), ("7 = (9 + 2·0 - 3)/1 + 1",)),
        (Relu(), (4, 4, 1), ()),
        (Bias(), (4, 4, 1), ()),
    ],
)
def test_by_hand(layer: Layer, x: tuple[int, ...], found: tuple[str, ...]) -> None:
    assert formulas(layer, x) == found


sides = st.tuples(st.integers(0, 3), st.integers(0, 3))
paddings = st.one_of(st.sampled_from(["same", "valid"]), st.tuples(sides))


@given(st.integers(1, 20), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), paddings)
def test_every_formula_of_a_convolution_is_true(n, kernel, stride, dilation, padding) -> None:
    layer = Conv(2, (kernel,), (stride,), padding, dilation=(dilation,))
    true_for(layer, (n, 3))


@given(
    st.sampled_from([MaxPool, AvgPool]), st.integers(1, 20), st.integers(1, 4), st.integers(1, 4),
    paddings, st.booleans(),
)  # fmt: skip
def test_every_formula_of_a_pooling_is_true(kind, n, kernel, stride, padding, ceil) -> None:
    true_for(kind((kernel,), (stride,), padding, ceil), (n, 3))


def true_for(layer: Layer, x: tuple[int, ...]) -> None:
    try:
        output = layer.output_shape(x)
    except ShapeError:
        assume(False)
    (formula,) = formulas(layer, x)
    left, right = evaluated(formula)
    assert left == right == output[0], formula


def seen(layers: list[Layer], extent: int) -> list[int]:
    """Return along each of two axes how many cells of the input reach the output in the middle."""
    nodes: list[Node] = []
    shape: tuple[int, ...] = (extent, extent, 2)
    for number, layer in enumerate(layers):
        nodes.append(Node(f"layer_{number}", layer, shape))
        shape = layer.output_shape(shape)
    layout = Layout.of(nodes)
    named = layout.named(np.abs(layout.initial(0)) + np.float32(0.1))
    counts = []
    walk = Walk(nodes, named, extent)
    for axis in (0, 1):
        walk.x[:] = 1
        for cell in range(extent):  # example i has NaN in every cell of line i
            walk.x[(cell, *[slice(None)] * axis, cell)] = np.nan
        for _ in walk.forward():
            pass
        middle = walk.y[:, shape[0] // 2, shape[1] // 2]
        counts.append(int(np.isnan(middle).any(axis=-1).sum()))
    return counts


@pytest.mark.parametrize(
    "layers",
    [
        [Conv(2, (3, 1), padding="same")],
        [Conv(2, (3, 3), padding="same"), Relu(), Conv(2, (3, 5))],
        [Conv(2, (3, 3), dilation=(2, 1)), MaxPool((2, 2)), Conv(2, (3, 3), (2, 1)), Bias()],
        [MaxPool((3, 3), (2, 2), ((1, 1), (1, 1))), Conv(2, (3, 2)), AvgPool((2, 2))],
        [BLOCK, Conv(2, (3, 3))],
        [Conv(2, (2, 2), (2, 2)), BRANCHES, MaxPool((2, 2))],
        [BRANCHES, BLOCK, DropConnect(Conv(2, (3, 3)), 0.5)],
    ],
    ids=range(7),
)
def test_the_receptive_field_is_what_reaches_an_output(layers: list[Layer]) -> None:
    extent = 60
    shape: tuple[int, ...] = (extent, extent, 2)
    field = input_field(shape)
    for layer in layers:
        field = field_after(field, Node("layer", layer, shape))
        shape = layer.output_shape(shape)
    assert list(field.extents) == seen(layers, extent)


@pytest.mark.parametrize(
    ("layer", "x", "sees_all"),
    [(Dense(3), (7,), True), (GlobalMaxPool(), (4, 4, 2), True), (Flatten(), (4, 4, 2), False)],
)
def test_what_joins_all_cells(layer: Layer, x: tuple[int, ...], sees_all: bool) -> None:
    before = input_field(x)
    after = field_after(before, Node("layer", layer, x))
    assert after == (Field((), (), all=True) if sees_all else before)
    assert field_after(after, Node("next", Relu(), layer.output_shape(x))).all == sees_all
