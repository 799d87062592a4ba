"""Activations whose outputs are shares: sigmoid, and softmax over the channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.sigmoid import sigmoid
from cnnopt.kernels.softmax import softmax
from cnnopt.layers.base import Memory, Parameter, Wires


@dataclass(frozen=True, slots=True)
class SigmoidSpace:
    """The wires, and room for the derivative."""

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    slope: Array  # like y; of no size where there is no backward pass


@dataclass(frozen=True)
class Sigmoid:
    """y = 1/(1 + exp(-x)), dx = dy·y·(1 - y).

    Shapes: y like x. Works in place.

    Source: Rumelhart, Hinton & Williams 1986, eq. 2.

    Example:
        >>> Sigmoid().output_shape((8, 8, 16))
        (8, 8, 16)
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

    def plan(self, wires: Wires, make: Buffers) -> SigmoidSpace:
        """Add room for the derivative where there is a backward pass."""
        slope = make(wires.y.shape if wires.dx is not None else (0,))
        return SigmoidSpace(wires.x, wires.y, wires.dx, wires.dy, slope)

    def forward(self, s: SigmoidSpace, parameters: tuple[Array, ...]) -> None:
        """y = 1/(1 + exp(-x))."""
        sigmoid(s.y, s.x)

    def backward(
        self, s: SigmoidSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy·y·(1 - y)."""
        if s.dx is not None and s.dy is not None:
            np.subtract(1, s.y, out=s.slope)
            np.multiply(s.slope, s.y, out=s.slope)
            np.multiply(s.dy, s.slope, out=s.dx)


@dataclass(frozen=True, slots=True)
class SoftmaxSpace:
    """The wires as matrices, and room for a number of each row."""

    x2: Array  # (rows, C)
    y2: Array  # (rows, C)
    dx2: Array | None
    dy2: Array | None
    row: Array  # (rows, 1)
    work: Array  # like y2; of no size where there is no backward pass


@dataclass(frozen=True)
class Softmax:
    """y = exp(x) / Σ exp(x) over the channels of each position; dx = y·(dy - Σ dy·y).

    Shapes: y like x. Works in place. Cross entropy takes the softmax itself: it wants the numbers
    from before it, as in PyTorch.

    Source: Bridle 1990.

    Example:
        >>> Softmax().output_shape((10,))
        (10,)
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

    def plan(self, wires: Wires, make: Buffers) -> SoftmaxSpace:
        """Keep matrix views; add room for the sums."""
        y2 = wires.y.reshape(-1, wires.y.shape[-1])
        back = wires.dx is not None
        return SoftmaxSpace(
            x2=wires.x.reshape(y2.shape),
            y2=y2,
            dx2=None if wires.dx is None else wires.dx.reshape(y2.shape),
            dy2=None if wires.dy is None else wires.dy.reshape(y2.shape),
            row=make((len(y2), 1)),
            work=make(y2.shape if back else (0,)),
        )

    def forward(self, s: SoftmaxSpace, parameters: tuple[Array, ...]) -> None:
        """y = exp(x - max x) / Σ exp(x - max x)."""
        softmax(s.y2, s.row, s.x2)

    def backward(
        self, s: SoftmaxSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = y·(dy - Σ dy·y)."""
        if s.dx2 is not None and s.dy2 is not None:
            np.multiply(s.dy2, s.y2, out=s.work)
            np.sum(s.work, axis=-1, keepdims=True, out=s.row)
            np.subtract(s.dy2, s.row, out=s.dx2)
            np.multiply(s.dx2, s.y2, out=s.dx2)
