"""The matrices of a convolution by columns: windows as rows, channels by group, small parts."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.kernels.moves import Move, merged
from cnnopt.kernels.products import cut_rows, parts_of
from cnnopt.kernels.windows import Window, in_phases, windows
from cnnopt.layers.conv_few_channels import FEW_CHANNELS, few_channel_moves

Moves = tuple[Move, ...]
"""Copies to make, in order."""

WIDEST = 320
"""Columns up to which a product is cut in small ones: these add up in one go, and longer sums would
lose half a digit more than those that BLAS cuts itself."""


def columns(
    x: Array,
    window: Window,
    outputs: Shape,
    groups: int,
    phases: Shape,
    make: Callable[[Shape], Array],
    scratch: Callable[[Shape], Array],
) -> tuple[Array, Moves]:
    """Return the matrix (B*outputs, K*C) of the windows of `x`, and the copies that fill it."""
    batch, channels = x.shape[0], x.shape[-1]
    rows, positions = batch * prod(outputs), prod(window.kernel)
    if positions == prod(window.stride) == 1 and not phases and x.flags.c_contiguous:
        return by_group(x.reshape(rows, channels), groups), ()
    if groups == 1 and channels <= FEW_CHANNELS:
        turned = make((positions * channels, rows))
        return turned.T, few_channel_moves(x, window, outputs, phases, turned, scratch)
    view = windows(x, window, outputs)
    if groups == 1:
        cols = make((rows, positions * channels))
        return cols, in_order(view, cols.reshape(view.shape), phases)
    each = channels // groups  # phases are for convolutions without groups
    cols = make((groups, rows, positions * each))
    source = np.moveaxis(view.reshape(*view.shape[:-1], groups, each), -2, 0)
    return cols, ((cols.reshape(source.shape), source),)


def in_order(natural: Array, ordered: Array, phases: Shape) -> Moves:
    """Return the copies (to, from) that bring cells from natural order to order of phase."""
    return merged((there, here) for here, there in in_phases(natural, ordered, phases))


def by_group(matrix: Array, groups: int) -> Array:
    """Return (rows, C) itself, or the view (G, rows, C/G) of the columns of each group."""
    if groups == 1:
        return matrix
    return matrix.reshape(len(matrix), groups, -1).swapaxes(0, 1)


def as_matrix(weight: Array, groups: int) -> Array:
    """Return the view (K*C, F) of a weight, or (G, K*C/G, F/G)."""
    return by_group(weight.reshape(-1, weight.shape[-1]), groups)


def cut_small(cols: Array, y2: Array) -> tuple[Array, Array]:
    """Return columns and outputs in parts whose products are small, where that loses no digits."""
    if cols.shape[-1] > WIDEST:
        return cols, y2
    parts = parts_of(len(cols), cols.shape[-1] * y2.shape[-1])
    return cut_rows(cols, parts), cut_rows(y2, parts)
