"""Rectifiers that let negative numbers through: leaky relu and elu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Memory, Parameter, Wires


@dataclass(frozen=True, slots=True)
class RectifierSpace:
    """The wires, room for one more array, and which outputs are positive."""

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    work: Array  # like y
    positive: NDArray[np.bool_]  # like y; of no size where there is no backward pass


def _space(wires: Wires, make: Buffers) -> RectifierSpace:
    shape = wires.y.shape
    mask = make.scratch(shape if wires.dx is not None else (0,), np.bool_)
    return RectifierSpace(wires.x, wires.y, wires.dx, wires.dy, make.scratch(shape), mask)


@dataclass(frozen=True)
class LeakyRelu:
    """y = x for x > 0, else slope·x; the derivative at 0 is the slope, as in PyTorch.

    Args:
        slope: a, in [0, 1); Keras's default is 0.3.

    Shapes: y like x. Works in place.

    Source: Maas, Hannun & Ng 2013, section 2.

    Example:
        >>> LeakyRelu().output_shape((8, 8, 16))
        (8, 8, 16)
    """

    slope: float = 0.01

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

    def plan(self, wires: Wires, make: Buffers) -> RectifierSpace:
        """Add room for slope·x, and a mask where there is a backward pass."""
        return _space(wires, make)

    def forward(self, s: RectifierSpace, parameters: tuple[Array, ...]) -> None:
        """y = max(x, slope·x)."""
        np.multiply(s.x, self.slope, out=s.work)
        np.maximum(s.x, s.work, out=s.y)

    def backward(
        self, s: RectifierSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy where y > 0, else slope·dy."""
        if s.dx is not None and s.dy is not None:
            np.greater(s.y, 0, out=s.positive)
            s.work.fill(self.slope)
            np.copyto(s.work, 1, where=s.positive)
            np.multiply(s.dy, s.work, out=s.dx)


@dataclass(frozen=True)
class Elu:
    """y = x for x > 0, else alpha·(exp(x) - 1).

    Args:
        alpha: minus the limit for x to -∞, above 0.

    Shapes: y like x. Works in place: the derivative for x <= 0 is y + alpha.

    Source: Clevert, Unterthiner & Hochreiter 2016, eq. 15.

    Example:
        >>> Elu().output_shape((8, 8, 16))
        (8, 8, 16)
    """

    alpha: float = 1.0

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

    def plan(self, wires: Wires, make: Buffers) -> RectifierSpace:
        """Add room for the negative part, and a mask where there is a backward pass."""
        return _space(wires, make)

    def forward(self, s: RectifierSpace, parameters: tuple[Array, ...]) -> None:
        """y = max(x, 0) + alpha·(exp(min(x, 0)) - 1)."""
        np.minimum(s.x, 0, out=s.work)
        np.expm1(s.work, out=s.work)
        np.multiply(s.work, self.alpha, out=s.work)
        np.maximum(s.x, 0, out=s.y)
        np.add(s.y, s.work, out=s.y)

    def backward(
        self, s: RectifierSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy where y > 0, else dy·(y + alpha)."""
        if s.dx is not None and s.dy is not None:
            np.greater(s.y, 0, out=s.positive)
            np.add(s.y, self.alpha, out=s.work)
            np.copyto(s.work, 1, where=s.positive)
            np.multiply(s.dy, s.work, out=s.dx)
