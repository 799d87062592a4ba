"""The bias of a convolution or dense layer: one number added to each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.rows import as_rows, joined, repeated
from cnnopt.layers.base import Memory, Parameter, Wires
from cnnopt.layers.initial import ZERO, Initial

LONG_ARRAY = 8192
"""Numbers from which long rows pay for the copy of the bias that they need."""


@dataclass(frozen=True, slots=True)
class BiasSpace:
    """The chunk as matrices, and the row that sums them."""

    x: Array  # long rows, (-1, joined·F)
    y: Array  # long rows
    joined: int  # positions in a long row
    wide: Array  # room for the bias of a long row
    dy2: Array | None  # (rows, F)
    ones: Array  # (rows,)


@dataclass(frozen=True)
class Bias:
    """y = x + b, in place. A layer of its own, so that pooling can come before it.

    Args:
        initial: how the biases are drawn.

    Shapes: x, y (B, *extents, F) or (B, F); bias (F,).

    Source: Goodfellow, Bengio & Courville 2016, section 9.5 (one bias shared per channel).
    """

    initial: Initial = ZERO

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return the bias (F,)."""
        return (Parameter("bias", x[-1:], 1, 1, self.initial, decays=False),)

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: additions only."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> BiasSpace:
        """Keep matrix views and a row of ones."""
        filters = wires.y.shape[-1]
        rows = wires.y.size // filters
        count = joined(rows, filters) if wires.y.size >= LONG_ARRAY else 1
        return BiasSpace(
            as_rows(wires.x, count * filters),
            as_rows(wires.y, count * filters),
            count,
            make.scratch((count * filters,)),
            None if wires.dy is None else as_rows(wires.dy, filters),
            make.constant(1, (rows if wires.dy is not None else 0,)),
        )

    def forward(self, s: BiasSpace, parameters: tuple[Array, ...]) -> None:
        """Add the bias to every row."""
        np.add(s.x, repeated(parameters[0], s.wide, s.joined), out=s.y)

    def backward(
        self, s: BiasSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """db = the sum of the rows of dy, as a product with ones; dx is dy."""
        assert s.dy2 is not None  # a plan for training
        np.dot(s.ones, s.dy2, gradients[0])
