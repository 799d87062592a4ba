"""Where pooling's windows stand, and its plan: padding, then one axis after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.pool import beyond, cells
from cnnopt.kernels.windows import Pads, interior, output_extents, padded_shape, same_pads
from cnnopt.layers.base import ShapeError, Wires

Padding = Literal["valid", "same"] | Pads
Copy = tuple[Array, Array]
"""(to, from)."""


@dataclass(frozen=True, slots=True)
class AxisSpace:
    """One axis's part of the pooling; arrays are (outer, n, inner)."""

    y: Array
    dx: Array | None
    dy: Array | None
    cells: list[Array]  # of x, for each cell of the window those of all windows
    back_cells: list[Array]  # the same of dx
    beyond: list[Array]  # cells of dx that no window writes
    stride: int
    wins: NDArray[np.bool_]  # (K - 1, outer, no, inner): max pooling: who won
    share: float | Array  # average pooling: weight of each cell, or of each window's, (no, 1)
    rest: Array  # scratch like dy
    parts: tuple[Array, ...]  # max pooling: scratch like dy for each cell that windows share


@dataclass(frozen=True, slots=True)
class PoolSpace:
    """The axes from the last spatial one to the first, and the copies into and out of padding."""

    pad: Copy | None  # x -> padded x, whose border never changes
    axes: tuple[AxisSpace, ...]
    crop: Copy | None  # padded dx -> dx


@dataclass(frozen=True)
class PoolWindows:
    """Extents, strides and padding that both kinds of pooling share."""

    kernel: Shape
    stride: Shape
    padding: Padding
    ceil: bool
    phases: Shape = ()

    def pads(self, x: Shape) -> Pads:
        """Return the padding (before, after) of each spatial axis for inputs of shape `x`."""
        if self.padding == "same":
            return same_pads(x[:-1], self.kernel, self.stride)
        return ((0, 0),) * len(self.kernel) if self.padding == "valid" else self.padding

    def outputs(self, x: Shape) -> Shape:
        """Return the output extents; with `ceil`, windows count that begin inside but end beyond.

        One that would begin in the padding at the end has no input and does not count.
        """
        pads = self.pads(x)
        floor = output_extents(x[:-1], self.kernel, self.stride, pads)
        if not self.ceil:
            return floor
        return tuple(
            least + ((n + before + after - k) % s > 0 and least * s < n + before)
            for least, n, k, s, (before, after) in zip(
                floor, x[:-1], self.kernel, self.stride, pads, strict=True
            )
        )

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, C); raise `ShapeError` where no window fits."""
        if len(x) != len(self.kernel) + 1:
            axes = "1 spatial axis" if len(self.kernel) == 1 else f"{len(self.kernel)} spatial axes"
            raise ShapeError(
                f"needs {axes} and channels, its input has the shape {x}",
                "Put it before flatten and dense, or choose the pooling for this rank",
            )
        for k, pad in zip(self.kernel, self.pads(x), strict=True):
            if max(pad) >= k:
                raise ShapeError(
                    f"pooling by {self.kernel} with padding {pad} along an axis has windows "
                    f"without a cell of its input {x}",
                    f"Pad by less than the kernel: at most {k - 1} cells here",
                )
        outputs = self.outputs(x)
        if min(outputs) < 1:
            raise ShapeError(
                f"pooling by {self.kernel} leaves nothing of its input {x}",
                "Use a smaller kernel, or pool less before it",
            )
        return (*outputs, x[-1])

    def reach(self, x: Shape) -> Pads:
        """Return the padding, the end's grown by what the last window stands over."""
        return tuple(
            (before, max(after, (o - 1) * s + k - n - before))
            for o, n, k, s, (before, after) in zip(
                self.outputs(x), x[:-1], self.kernel, self.stride, self.pads(x), strict=True
            )
        )

    def shares(self, x: Shape, count_padding: bool) -> tuple[NDArray[np.float64], ...]:
        """Return, for each axis, 1 / cells that count in each of its windows, (outputs,).

        With `count_padding` these are cells of the input and of its padding, never the cells
        beyond it over which `ceil` lets a window stand.
        """
        found = []
        for axis, outputs in enumerate(self.outputs(x)):
            before, after = self.pads(x)[axis]
            low, high = (-before, x[axis] + after) if count_padding else (0, x[axis])
            starts = np.arange(outputs) * self.stride[axis] - before
            ends = np.minimum(starts + self.kernel[axis], high)
            found.append(1 / (ends - np.maximum(starts, low)))
        return tuple(found)


def plan_largest(windows: PoolWindows, wires: Wires, make: Buffers) -> PoolSpace:
    """Plan max pooling: padding is -inf, and every axis remembers who won."""

    def axis(number: int, x: Array, y: Array, dx: Array | None, dy: Array | None) -> AxisSpace:
        kernel, stride = windows.kernel[number], windows.stride[number]
        keep = make.scratch if dy is None else make
        wins = keep((kernel - 1, *y.shape), np.bool_)
        rest = make.scratch(y.shape if dy is not None and kernel > 2 else (0,))
        shared = max(0, kernel - stride) if dy is not None else 0
        parts = tuple(make.scratch(y.shape) for _ in range(shared))
        return _axis(windows, number, x, (y, dx, dy), wins, 1.0, (rest, parts))

    return _plan(windows, wires, make, -np.inf, axis)


def plan_mean(windows: PoolWindows, wires: Wires, make: Buffers, count_padding: bool) -> PoolSpace:
    """Plan average pooling: padding is 0, and each window knows how many of its cells count."""
    shares = windows.shares(wires.x.shape[1:], count_padding)

    def axis(number: int, x: Array, y: Array, dx: Array | None, dy: Array | None) -> AxisSpace:
        kernel, each = windows.kernel[number], shares[number]
        share: float | Array = 1 / kernel
        if not np.all(each == share):
            share = make((len(each), 1))
            share[:, 0] = each
        wins = make((0, *y.shape), np.bool_)
        rest = make.scratch(y.shape if dy is not None else (0,))
        return _axis(windows, number, x, (y, dx, dy), wins, share, (rest, ()))

    return _plan(windows, wires, make, 0.0, axis)


def _axis(
    windows: PoolWindows,
    number: int,
    x: Array,
    others: tuple[Array, Array | None, Array | None],
    wins: NDArray[np.bool_],
    share: float | Array,
    scratch: tuple[Array, tuple[Array, ...]],
) -> AxisSpace:
    y, dx, dy = others
    kernel, stride, count = windows.kernel[number], windows.stride[number], y.shape[1]
    phases = windows.phases[number] if windows.phases else 1
    return AxisSpace(
        y=y,
        dx=dx,
        dy=dy,
        cells=cells(x, kernel, stride, count, phases),
        back_cells=[] if dx is None else cells(dx, kernel, stride, count, phases),
        beyond=[] if dx is None else beyond(dx, kernel, stride, count, phases),
        stride=stride,
        wins=wins,
        share=share,
        rest=scratch[0],
        parts=scratch[1],
    )


PlanAxis = Callable[[int, Array, Array, Array | None, Array | None], AxisSpace]


def _plan(
    windows: PoolWindows, wires: Wires, make: Buffers, border: float, plan_axis: PlanAxis
) -> PoolSpace:
    """Plan the axes from the last spatial one to the first, between the wires or their padding."""
    x, dx = wires.x, wires.dx
    pad: Copy | None = None
    crop: Copy | None = None
    pads = windows.reach(x.shape[1:])
    if any(map(sum, pads)):
        x = make(padded_shape(x.shape, pads))
        x.fill(border)
        pad = (interior(x, pads), wires.x)
        if wires.dx is not None:
            dx = make.scratch(x.shape)
            crop = (wires.dx, interior(dx, pads))
    axes: list[AxisSpace] = []
    for number in reversed(range(len(windows.kernel))):
        axis = number + 1
        shape = (*x.shape[:axis], wires.y.shape[axis], *x.shape[axis + 1 :])
        y = make.scratch(shape) if number else wires.y
        dy = None if dx is None else make.scratch(shape) if number else wires.dy
        form = (prod(shape[:axis]), -1, prod(shape[axis + 1 :]))
        both = None if dx is None or dy is None else (dx.reshape(form), dy.reshape(form))
        axes.append(plan_axis(number, x.reshape(form), y.reshape(form), *(both or (None, None))))
        x, dx = y, dy
    return PoolSpace(pad, tuple(axes), crop)
