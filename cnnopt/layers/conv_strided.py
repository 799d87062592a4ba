"""The input gradient of a convolution that skips cells: a convolution of dy for each phase of x.

With stride S, a cell of the padded input that lies at j = S·i + r meets the kernel positions
r, r + S, … only: dx[j] = Σ over q of dy[i - q]·W[r + S·q]ᵀ. So dx falls into S parts along each
axis, and each is a small convolution of dy, written to where it belongs: nothing is added up in
memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.moves import Move, merged
from cnnopt.kernels.windows import Pads, Window, in_phases, interior, padded_shape, windows


@dataclass(frozen=True, slots=True)
class Part:
    """Those cells of x that have one phase along each axis."""

    taps: tuple[slice, ...]  # the kernel positions that they meet, the last one first
    kernel: Array  # (*taps, F, C): room for the weights of these
    source: Array  # windows of the padded dy, (B, *cells, *taps, F)
    cols: Array  # their copy, (B, *cells, taps·F)
    target: Array  # the cells of dx, (B, *cells, C)


@dataclass(frozen=True, slots=True)
class StridedGradient:
    """How dx is made."""

    gather: tuple[Move, ...]  # dy -> padded dy
    parts: tuple[Part, ...]
    untouched: tuple[Array, ...]  # cells of dx that no kernel position meets


@dataclass(frozen=True)
class _Phase:
    """One phase of one axis."""

    taps: slice
    count: int  # of taps
    cells: slice  # of x
    first: int  # place in dy that the first cell's last tap meets; may lie before it
    length: int  # of cells


def plan_strided(
    dx: Array, dy: Array, window: Window, pads: Pads, phases: Shape, make: Buffers
) -> StridedGradient:
    """Plan dx (B, *extents, C) from dy (B, *outputs, F); no dilation, no groups, no flip.

    Args:
        dx: to be written.
        dy: in order of `phases`, see `kernels.windows.in_phases`.
        window: the kernel's window and how it moves.
        pads: padding of x.
        phases: order of dy along each axis; none for natural order.
        make: the maker of buffers.
    """
    outputs = dy.shape[1:-1]
    axes = [
        _phases(n, k, s, before)
        for n, k, s, (before, _) in zip(
            dx.shape[1:-1], window.kernel, window.stride, pads, strict=True
        )
    ]
    reach = tuple(
        (
            max(0, *(-p.first for p in axis)),
            max(0, *(p.first + p.length + p.count - 1 - m for p in axis)),
        )
        for axis, m in zip(axes, outputs, strict=True)
    )
    padded = make(padded_shape(dy.shape, reach))
    gather = merged(in_phases(interior(padded, reach), dy, phases))
    parts, untouched = [], []
    for combination in product(*axes):
        target = dx[(slice(None), *(p.cells for p in combination))]
        if not target.size:
            continue
        if not prod(p.count for p in combination):
            untouched.append(target)
            continue
        parts.append(_part(combination, target, padded, reach, make))
    return StridedGradient(gather, tuple(parts), tuple(untouched))


def _phases(extent: int, kernel: int, stride: int, before: int) -> list[_Phase]:
    found = []
    for phase in range(stride):
        count = len(range(phase, kernel, stride))
        start = (phase - before) % stride
        length = len(range(start, extent, stride))
        taps = slice(phase + (count - 1) * stride, None, -stride)
        first = (start + before - phase) // stride - (count - 1)
        found.append(_Phase(taps, count, slice(start, extent, stride), first, length))
    return found


def _part(
    phases: Sequence[_Phase], target: Array, padded: Array, reach: Pads, make: Buffers
) -> Part:
    begins = (slice(p.first + a, None) for p, (a, _) in zip(phases, reach, strict=True))
    taps, cells = tuple(p.count for p in phases), tuple(p.length for p in phases)
    one = (1,) * len(phases)
    source = windows(padded[(slice(None), *begins)], Window(taps, one, one), cells)
    filters = padded.shape[-1]
    return Part(
        taps=tuple(p.taps for p in phases),
        kernel=make.scratch((*taps, filters, target.shape[-1])),
        source=source,
        cols=make.scratch((len(target), *cells, prod(taps) * filters)),
        target=target,
    )


def strided_backward(s: StridedGradient, weight: Array) -> None:
    """Overwrite dx, for a kernel `weight` (*kernel, C, F)."""
    for target, source in s.gather:
        np.copyto(target, source)
    for cells in s.untouched:
        cells.fill(0)
    for part in s.parts:
        np.copyto(part.kernel, weight[part.taps].swapaxes(-1, -2))
        np.copyto(part.cols.reshape(part.source.shape), part.source)
        np.matmul(part.cols, part.kernel.reshape(part.cols.shape[-1], -1), out=part.target)
