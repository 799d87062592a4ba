"""Global pooling: all cells of a channel become one number, in any dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires
from cnnopt.layers.pool import largest_backward, largest_forward
from cnnopt.layers.pool_axes import PoolSpace, PoolWindows, plan_largest


@dataclass(frozen=True, slots=True)
class MeanSpace:
    """The wires as (batch, cells, channels)."""

    x: Array  # (B, N, C)
    y: Array  # (B, C)
    dx: Array | None  # (B, N, C)
    dy: Array | None  # (B, 1, C)


@dataclass(frozen=True)
class GlobalAvgPool:
    """y[c] = the mean of channel c over all cells.

    Shapes: x (B, *extents, C) -> y (B, C), for any number of spatial axes from one up. PyTorch's
    `AdaptiveAvgPool(1)` keeps axes of extent 1; Keras has none either.

    Source: Lin, Chen & Yan 2014, section 3.2.

    Example:
        >>> GlobalAvgPool().output_shape((7, 7, 64))
        (64,)
    """

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return (C,); raise `ShapeError` for inputs without spatial axes."""
        return _channels(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: no matrix product."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> MeanSpace:
        """Keep the wires with the spatial axes as one."""
        form = (len(wires.x), prod(wires.x.shape[1:-1]), wires.x.shape[-1])
        dx = None if wires.dx is None else wires.dx.reshape(form)
        dy = None if wires.dy is None else wires.dy[:, None, :]
        return MeanSpace(wires.x.reshape(form), wires.y, dx, dy)

    def forward(self, s: MeanSpace, parameters: tuple[Array, ...]) -> None:
        """y = the sum over the cells / N."""
        np.add.reduce(s.x, axis=1, out=s.y)
        np.multiply(s.y, 1 / s.x.shape[1], out=s.y)

    def backward(
        self, s: MeanSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy / N in every cell."""
        if s.dx is not None and s.dy is not None:
            np.multiply(s.dy, 1 / s.x.shape[1], out=s.dx)


@dataclass(frozen=True)
class GlobalMaxPool:
    """y[c] = the largest value of channel c; its gradient goes to the first largest cell.

    Shapes: x (B, *extents, C) -> y (B, C), for any number of spatial axes from one up.

    Source: Oquab, Bottou, Laptev & Sivic 2015, section 3.2. Ties: the first cell in row-major
    order, as PyTorch's `AdaptiveMaxPool(1)`.

    Example:
        >>> GlobalMaxPool().output_shape((7, 7, 64))
        (64,)
    """

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return (C,); raise `ShapeError` for inputs without spatial axes."""
        return _channels(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: comparisons only."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> PoolSpace:
        """Plan a max pooling whose one window is the input."""
        extents = wires.x.shape[1:-1]
        form = (len(wires.x), *(1,) * len(extents), wires.x.shape[-1])
        dy = None if wires.dy is None else wires.dy.reshape(form)
        kept = replace(wires, y=wires.y.reshape(form), dy=dy)
        return plan_largest(PoolWindows(extents, extents, "valid", ceil=False), kept, make)

    def forward(self, s: PoolSpace, parameters: tuple[Array, ...]) -> None:
        """Take the largest value along one axis after another."""
        largest_forward(s)

    def backward(
        self, s: PoolSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Send each channel's gradient to its winner."""
        largest_backward(s)


def _channels(x: Shape) -> Shape:
    if len(x) < 2:
        raise ShapeError(
            f"needs spatial axes and channels, its input has the shape {x}",
            "Put it before flatten and dense, in place of flatten",
        )
    return (x[-1],)
