"""The columns of a convolution over few channels, such as the first of a network.

A window's runs of K·C numbers are then too short to copy well. So each kernel position and channel
gets a row of its own in the transposed matrix, which BLAS reads as well, and the runs go along the
last axis of the outputs. In two steps: first every shift along the last axis, of all cells before
it; then rows of these, for the positions along the other axes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.kernels.moves import Move, merged
from cnnopt.kernels.windows import Window, phase_places

FEW_CHANNELS = 4
"""Channels up to which this way is faster."""


def few_channel_moves(
    x: Array,
    window: Window,
    outputs: Shape,
    phases: Shape,
    turned: Array,
    make: Callable[[Shape], Array],
) -> tuple[Move, ...]:
    """Return the copies (to, from) that fill `turned` with the windows of `x`.

    Args:
        x: padded input, (B, *extents, C).
        window: the kernel's window and how it moves.
        outputs: extents of the outputs.
        phases: order of the outputs along each axis; none for natural order.
        turned: to be filled, (K·C, B·outputs), the transposed columns.
        make: makes room for the shifted rows.
    """
    batch, *extents, channels = x.shape
    order = phases or (1,) * len(outputs)
    planes = np.moveaxis(x, -1, 0)  # (C, B, *extents)
    columns = turned.reshape(*window.kernel, channels, batch, *outputs)
    if len(outputs) == 1:
        return merged(
            (columns[position][..., places], planes[..., cells])
            for position in range(window.kernel[0])
            for cells, places in _meets(window, 0, position, outputs[0], order[0])
        )
    shifts = make((window.kernel[-1], channels, batch, *extents[:-1], outputs[-1]))
    # The shifted rows lie in order of phase along the axis before the last one: then the rows that
    # a position meets follow each other.
    step = order[-2] * window.stride[-2]
    rows = phase_places(extents[-2], step)
    along: list[Move] = []
    for position in range(window.kernel[-1]):
        for cells, places in _meets(window, -1, position, outputs[-1], order[-1]):
            along += [
                (shifts[position][..., there, places], planes[..., here, cells])
                for here, there in rows
            ]
    across: list[Move] = []
    others = range(len(outputs) - 1)
    for positions in product(*(range(window.kernel[axis]) for axis in others)):
        meets = [_meets(window, a, positions[a], outputs[a], order[a]) for a in others]
        meets[-1] = [(_run(rows, cells, step), places) for cells, places in meets[-1]]
        for pairs in product(*meets):
            whole = (slice(None),) * 3  # shifts, channels, batch
            target = columns[positions][(*whole, *(place for _, place in pairs))]
            across.append((target, shifts[(*whole, *(cell for cell, _ in pairs))]))
    return merged(along) + merged(across)


def _run(rows: list[tuple[slice, slice]], cells: slice, step: int) -> slice:
    """Return where cells that are `step` apart lie in order of phase: one run."""
    count = len(range(cells.start, cells.stop, step))
    start: int = rows[cells.start % step][1].start + cells.start // step
    return slice(start, start + count)


def _meets(
    window: Window, axis: int, position: int, outputs: int, phases: int
) -> list[tuple[slice, slice]]:
    """Return which cells of an axis a kernel position meets, and at which outputs, by phase."""
    stride, dilation = window.stride[axis], window.dilation[axis]
    if window.flip:
        position = window.kernel[axis] - 1 - position
    found = []
    for natural, places in phase_places(outputs, phases):
        first = natural.start * stride + position * dilation
        step = phases * stride
        count = places.stop - places.start
        found.append((slice(first, first + (count - 1) * step + 1, step), places))
    return found
