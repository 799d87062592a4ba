"""Max pooling and average pooling in any dimension, one axis after another."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.pool import (
    max_pool_axis,
    max_pool_axis_backward,
    mean_pool_axis,
    mean_pool_axis_backward,
)
from cnnopt.kernels.windows import output_extents
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires


@dataclass(frozen=True, slots=True)
class AxisSpace:
    """One axis's part of the pooling; arrays are (outer, n, inner)."""

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    kernel: int
    stride: int
    wins: NDArray[np.bool_]  # (K - 1, outer, no, inner): max pooling: who won
    scratch: tuple[Array, Array]  # each like dy


@dataclass(frozen=True)
class _Windows:
    """Extents and strides that both kinds of pooling share."""

    kernel: Shape
    stride: Shape

    def output_shape(self, x: Shape) -> Shape:
        if len(x) != len(self.kernel) + 1:
            raise ShapeError(
                f"needs {len(self.kernel)} spatial axes and channels, its input has the shape {x}",
                "Put it before flatten and dense, or choose the pooling for this rank",
            )
        pads = ((0, 0),) * len(self.kernel)
        outputs = output_extents(x[:-1], self.kernel, self.stride, pads)
        if min(outputs) < 1:
            raise ShapeError(
                f"pooling by {self.kernel} leaves nothing of its input {x}",
                "Use a smaller kernel, or pool less before it",
            )
        return (*outputs, x[-1])

    def plan(self, wires: Wires, make: Buffers, largest: bool) -> tuple[AxisSpace, ...]:
        """Plan the axes from the last spatial one to the first."""
        axes: list[AxisSpace] = []
        x, dx = wires.x, wires.dx
        for axis in range(len(self.kernel), 0, -1):
            shape = (*x.shape[:axis], wires.y.shape[axis], *x.shape[axis + 1 :])
            final = axis == 1
            y = wires.y if final else make(shape)
            dy = None if dx is None else wires.dy if final else make(shape)
            kernel, stride = self.kernel[axis - 1], self.stride[axis - 1]
            outer, inner = prod(shape[:axis]), prod(shape[axis + 1 :])
            form = (outer, -1, inner)
            back = dx is not None and dy is not None
            flat = (outer, shape[axis], inner)
            overlaps = back and not (largest and kernel == stride == 2)
            axes.append(
                AxisSpace(
                    x=x.reshape(form),
                    y=y.reshape(form),
                    dx=dx.reshape(form) if dx is not None else None,
                    dy=dy.reshape(form) if dy is not None else None,
                    kernel=kernel,
                    stride=stride,
                    wins=make((kernel - 1 if largest else 0, *flat), np.bool_),
                    scratch=(
                        make(flat if overlaps else (0,)),
                        make(flat if overlaps and largest else (0,)),
                    ),
                )
            )
            x, dx = y, dy
        return tuple(axes)


@dataclass(frozen=True)
class MaxPool:
    """y = the largest value of each window; its gradient goes to the first largest cell.

    Args:
        kernel: extents of the window, one for each spatial axis.
        stride: cells between two windows; the kernel when left out.

    Shapes: x (B, *extents, C) -> y (B, *outputs, C), outputs = (n - K) // stride + 1; cells
    that fill no window are dropped.

    Source: Goodfellow, Bengio & Courville 2016, section 9.3. Ties: the first in row-major
    order, as in PyTorch.

    Example:
        >>> MaxPool((2, 2)).output_shape((7, 8, 16))
        (3, 4, 16)
    """

    kernel: Shape
    stride: Shape = ()

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, C); raise `ShapeError` where no window fits."""
        return _Windows(self.kernel, self.stride or self.kernel).output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: comparisons only."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> tuple[AxisSpace, ...]:
        """Plan one pooling per axis."""
        return _Windows(self.kernel, self.stride or self.kernel).plan(wires, make, largest=True)

    def forward(self, s: tuple[AxisSpace, ...], parameters: tuple[Array, ...]) -> None:
        """Halve (or thin) one axis after another."""
        for axis in s:
            max_pool_axis(axis.y, axis.wins, axis.x, axis.stride)

    def backward(
        self,
        s: tuple[AxisSpace, ...],
        parameters: tuple[Array, ...],
        gradients: tuple[Array, ...],
    ) -> None:
        """Send gradients to the winners, from the first axis to the last."""
        for axis in reversed(s):
            if axis.dx is not None and axis.dy is not None:
                max_pool_axis_backward(axis.dx, axis.dy, axis.wins, axis.stride, *axis.scratch)


@dataclass(frozen=True)
class AvgPool:
    """y = the mean of each window.

    Args:
        kernel: extents of the window, one for each spatial axis.
        stride: cells between two windows; the kernel when left out.

    Shapes: x (B, *extents, C) -> y (B, *outputs, C), outputs = (n - K) // stride + 1.

    Source: LeCun et al. 1998, section 2 (sub-sampling, without its weights).

    Example:
        >>> AvgPool((2, 2)).output_shape((8, 8, 16))
        (4, 4, 16)
    """

    kernel: Shape
    stride: Shape = ()

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, C); raise `ShapeError` where no window fits."""
        return _Windows(self.kernel, self.stride or self.kernel).output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: no matrix product."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> tuple[AxisSpace, ...]:
        """Plan one pooling per axis."""
        return _Windows(self.kernel, self.stride or self.kernel).plan(wires, make, largest=False)

    def forward(self, s: tuple[AxisSpace, ...], parameters: tuple[Array, ...]) -> None:
        """Take means along one axis after another."""
        for axis in s:
            mean_pool_axis(axis.y, axis.x, axis.kernel, axis.stride)

    def backward(
        self,
        s: tuple[AxisSpace, ...],
        parameters: tuple[Array, ...],
        gradients: tuple[Array, ...],
    ) -> None:
        """Spread gradients evenly, from the first axis to the last."""
        for axis in reversed(s):
            if axis.dx is not None and axis.dy is not None:
                mean_pool_axis_backward(axis.dx, axis.dy, axis.kernel, axis.stride, axis.scratch[0])
