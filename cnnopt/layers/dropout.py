"""Dropout: numbers, or whole channels, set to zero at random while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Draw, Memory, Parameter, ShapeError, Wires, fill_uniform


@dataclass(frozen=True, slots=True)
class DropoutSpace:
    """The wires and the factors of this chunk."""

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    factor: Array  # like x, or (B, 1, ..., C): 0, or 1/(1 - rate)


@dataclass(frozen=True)
class Dropout:
    """Each number is set to zero with probability `rate`; the others grow by 1/(1 - rate).

    Args:
        rate: share of numbers set to zero, in [0, 1).

    Shapes: y like x. The identity outside training ("inverted" dropout, as in PyTorch and
    Keras): the expectation stays the same.

    Source: Srivastava et al. 2014, section 4 (there the weights shrink afterwards instead).
    """

    rate: float

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = True

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> DropoutSpace:
        """Add room for the factors."""
        return DropoutSpace(wires.x, wires.y, wires.dx, wires.dy, make(wires.x.shape))

    def draws(self, x: Shape) -> tuple[Draw, ...]:
        """Return one uniform number for each input."""
        return (Draw(x, fill_uniform),)

    def use(self, s: DropoutSpace, noise: tuple[Array, ...]) -> None:
        """Make the factors: 0 where the number is below the rate."""
        np.greater_equal(noise[0], self.rate, out=s.factor)
        np.multiply(s.factor, 1 / (1 - self.rate), out=s.factor)

    def forward(self, s: DropoutSpace, parameters: tuple[Array, ...]) -> None:
        """y = x · factor."""
        np.multiply(s.x, s.factor, out=s.y)

    def backward(
        self, s: DropoutSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy · factor."""
        if s.dx is not None and s.dy is not None:
            np.multiply(s.dy, s.factor, out=s.dx)


@dataclass(frozen=True)
class SpatialDropout:
    """Each channel of an example is set to zero with probability `rate`, all its positions at once.

    The other channels grow by 1/(1 - rate): neighbouring positions are much alike, so that single
    ones would be no loss.

    Args:
        rate: share of channels set to zero, in [0, 1).

    Shapes: y like x, (B, *extents, C). The identity outside training, as PyTorch's Dropout1d to 3d
    and Keras's SpatialDropout1D to 3D.

    Source: Tompson et al. 2015, section 3.2.
    """

    rate: float

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = True

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`; raise `ShapeError` for inputs without spatial axes."""
        if len(x) < 2:
            raise ShapeError(
                f"needs spatial axes and channels, its input has the shape {x}",
                "Put it before flatten, or use `dropout`",
            )
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> DropoutSpace:
        """Add room for a factor of each channel."""
        batch, *extents, channels = wires.x.shape
        factor = make((batch, *(1 for _ in extents), channels))
        return DropoutSpace(wires.x, wires.y, wires.dx, wires.dy, factor)

    def draws(self, x: Shape) -> tuple[Draw, ...]:
        """Return one uniform number for each channel."""
        return (Draw(x[-1:], fill_uniform),)

    def use(self, s: DropoutSpace, noise: tuple[Array, ...]) -> None:
        """Make the factors: 0 where the number is below the rate."""
        np.greater_equal(noise[0].reshape(s.factor.shape), self.rate, out=s.factor)
        np.multiply(s.factor, 1 / (1 - self.rate), out=s.factor)

    def forward(self, s: DropoutSpace, parameters: tuple[Array, ...]) -> None:
        """y = x · factor."""
        np.multiply(s.x, s.factor, out=s.y)

    def backward(
        self, s: DropoutSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy · factor."""
        if s.dx is not None and s.dy is not None:
            np.multiply(s.dy, s.factor, out=s.dx)
