"""What a layer says of the way it runs is what its plan does."""

from typing import Any

import numpy as np
import pytest
from layer_cases import CASES

from cnnopt.arrays import Shape
from cnnopt.buffers import Buffers
from cnnopt.layers import (
    BatchNorm,
    Conv,
    Dense,
    DropConnect,
    Flatten,
    Layer,
    MaxPool,
    Parallel,
    Relu,
    Residual,
    Wires,
)
from cnnopt.layers.conv_bilinear import BilinearSpace
from cnnopt.layers.conv_columns import ColumnSpace
from cnnopt.layers.conv_taps import TapSpace
from cnnopt.layers.way import Way, way_of

WAYS: list[tuple[Conv, Shape, int, str, str]] = [
    (Conv(16, (3, 3)), (8, 8, 1), 32, "im2col, position by position", "1 channel is few"),
    (Conv(16, (3,)), (8, 3), 32, "im2col, position by position", "3 channels are few"),
    (Conv(16, (1, 1)), (8, 8, 3), 32, "matrix product", "a kernel of one cell"),
    (Conv(16, (1, 1), (2, 2)), (8, 8, 16), 32, "im2col", "stride 2"),
    (Conv(16, (3, 3), (1, 2)), (8, 8, 16), 32, "im2col", "stride 1 x 2"),
    (
        Conv(16, (3, 3), (2, 2), dilation=(2, 3), flip=True),
        (9, 9, 16),
        32,
        "im2col",
        "stride 2, dilation 2 x 3, flip",
    ),
    (Conv(16, (3, 3), flip=True), (8, 8, 16), 32, "im2col", "flip"),
    (Conv(16, (3, 1)), (8, 8, 16), 32, "im2col", "a kernel of one cell along an axis"),
    (Conv(16, (3, 1), exact=True), (8, 8, 16), 32, "im2col", "a kernel of one cell along an axis"),
    (Conv(64, (3, 3), exact=True), (8, 8, 32), 32, "im2col", "training.exact"),
    (Conv(16, (3, 3), groups=8), (8, 8, 16), 32, "im2col", "8 groups, a product for each"),
    (Conv(16, (1, 1), groups=8), (8, 8, 16), 32, "8 matrix products", "a kernel of one cell"),
    (Conv(16, (3, 3), groups=8), (8, 8, 8), 32, "tap by tap", "depthwise"),
    (Conv(5, (40,)), (60, 5), 8, "im2col", "no bilinear way has 32 products"),
    (Conv(64, (3, 3)), (8, 8, 32), 1, "im2col", "times as long"),
    (Conv(64, (3, 3), padding="same"), (8, 8, 32), 64, "bilinear, ", "µs an example"),
    (Conv(16, (3, 3, 3), padding="same"), (6, 6, 6, 16), 64, "bilinear, ", "µs an example"),
    (Conv(64, (5,), padding="same"), (40, 64), 64, "bilinear, ", "µs an example"),
]


def planned(layer: Layer, x: Shape, examples: int) -> Any:
    """Return the space of a plan for training in float32."""
    make = Buffers(np.float32)
    inputs, outputs = (examples, *x), (examples, *layer.output_shape(x))
    wires = Wires(make(inputs), make(outputs), make(inputs), make(outputs), training=True)
    return layer.plan(wires, make)


@pytest.mark.parametrize(("conv", "x", "examples", "algorithm", "reason"), WAYS, ids=str)
def test_a_convolution_says_why(
    conv: Conv, x: Shape, examples: int, algorithm: str, reason: str
) -> None:
    found = conv.way(x, examples)
    assert found.algorithm.startswith(algorithm)
    assert reason in found.reason
    check_plan(conv, x, examples)


def check_plan(conv: Conv, x: Shape, examples: int) -> None:
    way, space = conv.way(x, examples), planned(conv, x, examples)
    kinds = {"bilinear": BilinearSpace, "tap by tap": TapSpace}
    kind = kinds.get(way.algorithm.split(",")[0], ColumnSpace)
    assert type(space) is kind
    if isinstance(space, BilinearSpace):
        algorithms = space.spectrum.algorithms
        ranks = " x ".join(str(one.rank) for one in algorithms)
        tiles = " x ".join(str(one.tiles) for one in algorithms)
        cut = "1 tile" if all(one.tiles == 1 for one in algorithms) else f"{tiles} tiles"
        assert way.algorithm == f"bilinear, {ranks} products in {cut}"
    if isinstance(space, ColumnSpace):
        positions = way.algorithm == "im2col, position by position"
        [block] = space.blocks
        assert bool(block.gather) == ("matrix product" not in way.algorithm)
        if min(block.cols.shape[-2:]) > 1:
            assert (block.cols.strides[-1] > block.cols.strides[-2]) == positions


@pytest.mark.parametrize("case", [c for c in CASES if isinstance(c.layer, Conv)], ids=str)
@pytest.mark.parametrize("examples", [1, 40])
def test_every_convolution_that_is_tested_says_what_it_does(case: Any, examples: int) -> None:
    check_plan(case.layer, case.x, examples)


def test_the_numbers_are_those_of_the_choice() -> None:
    conv, x = Conv(64, (5, 5), padding="same"), (14, 14, 32)
    choice = conv.choice(x, 128)
    assert choice is not None
    bilinear, columns = (round(cost / 1000) for cost in (choice.bilinear, choice.columns))
    expected = f"about {bilinear} of im2col's {columns} µs an example"
    assert conv.way(x, 128).reason == expected


BLOCK = (("conv2d_1", Conv(4, (3, 3), padding="same")),)


@pytest.mark.parametrize(
    ("layer", "x", "way"),
    [
        (Relu(), (4,), Way("in place")),
        (Flatten(), (4, 4, 4), Way("nothing to do", "its input in another shape")),
        (Dense(3), (4,), Way("matrix product")),
        (MaxPool((2, 2)), (4, 4, 4), Way("passes over its numbers")),
        (BatchNorm(), (4, 4, 4), Way("passes over its numbers")),
        (Residual(BLOCK), (4, 4, 4), Way("layer by layer, then the sum")),
        (
            Parallel((BLOCK, ())),
            (4, 4, 4),
            Way("branch by branch, then their channels side by side"),
        ),
        (DropConnect(Dense(3), 0.5), (4,), Way("matrix product")),
        (DropConnect(Conv(4, (3, 3), groups=4), 0.5), (4, 4, 4), Way("tap by tap", "depthwise")),
    ],
    ids=str,
)
def test_any_layer_has_a_way(layer: Layer, x: Shape, way: Way) -> None:
    assert way_of(layer, x, 8) == way
