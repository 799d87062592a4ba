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
) -> tuple[tuple[Array, Array], ...]:
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
    moves: list[tuple[Array, Array]] = []
    planes = np.moveaxis(x, -1, 0)  # (C, B, *extents)
    columns = turned.reshape(*window.kernel, channels, batch, *outputs)
    if len(outputs) == 1:
        shifts = columns
    else:
        shifts = make((window.kernel[-1], channels, batch, *extents[:-1], outputs[-1]))
    for position in range(window.kernel[-1]):
        for cells, places in _meets(window, -1, position, outputs[-1], order[-1]):
            moves.append((shifts[position][..., places], planes[..., cells]))
    if len(outputs) == 1:
        return tuple(moves)
    others = range(len(outputs) - 1)
    for positions in product(*(range(window.kernel[axis]) for axis in others)):
        meets = (_meets(window, a, positions[a], outputs[a], order[a]) for a in others)
        for pairs in product(*meets):
            whole = (slice(None),) * 3  # shifts, channels, batch
            target = columns[positions][(*whole, *(place for _, place in pairs))]
            moves.append((target, shifts[(*whole, *(cell for cell, _ in pairs))]))
    return tuple(moves)


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
