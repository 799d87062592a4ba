"""Max pooling and average pooling in any dimension, one axis after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.pool import (
    max_pool_axis,
    max_pool_axis_backward,
    mean_pool_axis,
    mean_pool_axis_backward,
)
from cnnopt.layers.base import Memory, Parameter, Wires
from cnnopt.layers.pool_axes import Padding, PoolSpace, PoolWindows, plan_largest, plan_mean


@dataclass(frozen=True)
class MaxPool:
    """y = the largest value of each window; its gradient goes to the first largest cell.

    Args:
        kernel: extents of the window, one for each spatial axis.
        stride: cells between two windows; the kernel when left out.
        padding: `"valid"` (none), `"same"` (outputs = ceil(n / stride)), or (before, after) for
            each axis, less than the kernel; what is padded never wins.
        ceil: whether a last window that stands over the end counts, if it begins before it.
        phases: what a network sets, never a user: the stride, where the convolution before it
            writes its outputs in order of phase (see `kernels.windows.phase_places`).

    Shapes: x (B, *extents, C) -> y (B, *outputs, C), outputs =
    (n + before + after - K) // stride + 1, rounded up instead of down with `ceil`; cells that
    fill no window are dropped.

    Source: Goodfellow, Bengio & Courville 2016, section 9.3. Ties: the first in row-major
    order, as in PyTorch, which pads by half a kernel at most.

    Example:
        >>> MaxPool((2, 2)).output_shape((7, 8, 16))
        (3, 4, 16)
    """

    kernel: Shape
    stride: Shape = ()
    padding: Padding = "valid"
    ceil: bool = False
    phases: Shape = ()

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    @property
    def windows(self) -> PoolWindows:
        """The windows and how they move."""
        return PoolWindows(
            self.kernel, self.stride or self.kernel, self.padding, self.ceil, self.phases
        )

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, C); raise `ShapeError` where no window fits."""
        return self.windows.output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: comparisons only."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> PoolSpace:
        """Plan one pooling per axis."""
        return plan_largest(self.windows, wires, make)

    def forward(self, s: PoolSpace, parameters: tuple[Array, ...]) -> None:
        """Halve (or thin) one axis after another."""
        largest_forward(s)

    def backward(
        self, s: PoolSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Send gradients to the winners, from the first axis to the last."""
        largest_backward(s)


@dataclass(frozen=True)
class AvgPool:
    """y = the mean of each window.

    Args:
        kernel: extents of the window, one for each spatial axis.
        stride: cells between two windows; the kernel when left out.
        padding: as in `MaxPool`.
        ceil: as in `MaxPool`.
        count_padding: whether padded cells count, as zeros; False takes the mean of the cells
            of the input alone. Cells over which `ceil` lets a window stand never count.

    Shapes: as in `MaxPool`.

    Source: LeCun et al. 1998, section 2 (sub-sampling, without its weights). Padding does not
    count in Keras either; in PyTorch it does unless `count_include_pad=False`.

    Example:
        >>> AvgPool((2, 2)).output_shape((8, 8, 16))
        (4, 4, 16)
    """

    kernel: Shape
    stride: Shape = ()
    padding: Padding = "valid"
    ceil: bool = False
    count_padding: bool = False

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    @property
    def windows(self) -> PoolWindows:
        """The windows and how they move."""
        return PoolWindows(self.kernel, self.stride or self.kernel, self.padding, self.ceil)

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, C); raise `ShapeError` where no window fits."""
        return self.windows.output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: no matrix product."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> PoolSpace:
        """Plan one pooling per axis."""
        return plan_mean(self.windows, wires, make, self.count_padding)

    def forward(self, s: PoolSpace, parameters: tuple[Array, ...]) -> None:
        """Take means along one axis after another."""
        if s.pad is not None:
            np.copyto(*s.pad)
        for axis in s.axes:
            mean_pool_axis(axis.y, axis.cells, axis.share)

    def backward(
        self, s: PoolSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Spread gradients over the cells that count, from the first axis to the last."""
        for axis in reversed(s.axes):
            if axis.dx is not None and axis.dy is not None:
                mean_pool_axis_backward(axis.dx, axis.back_cells, axis.dy, axis.share, axis.rest)
        if s.crop is not None:
            np.copyto(*s.crop)


def largest_forward(s: PoolSpace) -> None:
    """Take the largest of each window along one axis after another."""
    if s.pad is not None:
        np.copyto(*s.pad)
    for axis in s.axes:
        max_pool_axis(axis.y, axis.wins, axis.cells)


def largest_backward(s: PoolSpace) -> None:
    """Send gradients to the winners, from the first axis to the last."""
    for axis in reversed(s.axes):
        if axis.dx is not None and axis.dy is not None:
            max_pool_axis_backward(
                axis.back_cells,
                axis.beyond,
                axis.dy,
                axis.wins,
                axis.stride,
                axis.rest,
                axis.parts,
            )
    if s.crop is not None:
        np.copyto(*s.crop)
