"""Activations: one function on every number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.rows import as_rows, joined
from cnnopt.layers.base import Memory, Parameter, Wires


@dataclass(frozen=True, slots=True)
class ReluSpace:
    """The wires, and which outputs are positive."""

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    positive: NDArray[np.bool_]  # like y
    zeros: Array  # a long row of them: a scalar would be slower
    rows: tuple[Array, Array]  # x and y in such rows


@dataclass(frozen=True)
class Relu:
    """y = max(x, 0); the derivative at 0 is 0, as in PyTorch.

    Shapes: y like x. Works in place.

    Source: Glorot, Bordes & Bengio 2011.
    """

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = True
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> ReluSpace:
        """Add a mask like y where there is a backward pass."""
        mask = make.scratch(wires.y.shape if wires.dx is not None else (0,), np.bool_)
        width = joined(wires.y.size, 1)
        rows = as_rows(wires.x, width), as_rows(wires.y, width)
        zeros = make.constant(0, (width,))
        return ReluSpace(wires.x, wires.y, wires.dx, wires.dy, mask, zeros, rows)

    def forward(self, s: ReluSpace, parameters: tuple[Array, ...]) -> None:
        """y = max(x, 0)."""
        np.maximum(s.rows[0], s.zeros, out=s.rows[1])

    def backward(
        self, s: ReluSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy where y > 0, else 0."""
        if s.dx is not None and s.dy is not None:
            np.greater(s.y, 0, out=s.positive)
            np.multiply(s.dy, s.positive, out=s.dx)


@dataclass(frozen=True, slots=True)
class TanhSpace:
    """The wires, and room for the derivative."""

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    slope: Array  # like y


@dataclass(frozen=True)
class Tanh:
    """y = tanh(x), dx = dy·(1 - y²).

    Shapes: y like x. Works in place.

    Source: LeCun et al. 1998, section 4.4.
    """

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = True
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> TanhSpace:
        """Add room for the derivative where there is a backward pass."""
        slope = make.scratch(wires.y.shape if wires.dx is not None else (0,))
        return TanhSpace(wires.x, wires.y, wires.dx, wires.dy, slope)

    def forward(self, s: TanhSpace, parameters: tuple[Array, ...]) -> None:
        """y = tanh(x)."""
        np.tanh(s.x, out=s.y)

    def backward(
        self, s: TanhSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy·(1 - y²)."""
        if s.dx is not None and s.dy is not None:
            np.multiply(s.y, s.y, out=s.slope)
            np.subtract(1, s.slope, out=s.slope)
            np.multiply(s.dy, s.slope, out=s.dx)
