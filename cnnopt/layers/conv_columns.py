"""Convolution as a matrix product: every window a row of a matrix (im2col)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import prod

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.products import SMALL_PRODUCT, cut_rows, parts_of
from cnnopt.kernels.windows import Pads, Window, interior, padded_shape
from cnnopt.layers.base import Wires
from cnnopt.layers.conv_few_channels import FEW_CHANNELS, few_channel_moves
from cnnopt.layers.conv_input_gradient import InputGradient, input_gradient, plan_input_gradient
from cnnopt.layers.conv_matrices import Moves, as_matrix, by_group, columns, cut_small
from cnnopt.layers.conv_strided import StridedGradient, strided_backward

LEAST_ROWS = 64
"""Rows that a part has at least where dW is cut: the parts' dW have to be added up."""

MOST_ROWS = 1000
"""Rows, about, that a part has at most: BLAS adds them one by one, and long sums lose digits."""

BLOCK_BYTES = 4 << 20
"""Columns and outputs of a block, about: what fills it is still in the cache when it is read."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some examples of a chunk on their way forward."""

    gather: Moves  # padded x -> cols
    cols: Array  # (B*outputs, K*C): all windows, one a row
    y2: Array  # (B*outputs, F): y as a matrix


@dataclass(frozen=True, slots=True)
class ColumnSpace:
    """What a convolution needs for one chunk; K is the number of kernel positions.

    With groups, each matrix is one of `groups` in a row, (G, rows, its columns); without, it may be
    cut in parts by its rows, (parts, rows / parts, its columns), so that products are small.
    """

    window: Window
    groups: int
    pad: Moves  # x -> padded x
    blocks: tuple[Block, ...]
    turned: Array  # colsᵀ of all blocks, (K*C, B*outputs)
    dy2: Array | None  # dy as a matrix
    partial: Array | None  # dW of each part, where there are any: (parts, K*C, F)
    back: InputGradient | StridedGradient | None


def plan_columns(
    wires: Wires, window: Window, pads: Pads, groups: int, phases: Shape, make: Buffers
) -> ColumnSpace:
    """Lay out padded input, columns and what the input gradient needs."""
    x, y = wires.x, wires.y
    pad: Moves = ()
    padded = x
    if any(sum(one) for one in pads):
        padded = make(padded_shape(x.shape, pads))
        pad = ((interior(padded, pads), x),)
    count = _blocks(wires, window) if groups == 1 else 1
    if count > 1:
        return _plan_blocks(wires, window, pad, padded, phases, count, make)
    keep = make.scratch if wires.dy is None else make
    cols, gather = columns(padded, window, y.shape[1:-1], groups, phases, keep, make.scratch)
    back = None
    if wires.dx is not None and wires.dy is not None:
        back = plan_input_gradient(wires.dx, wires.dy, window, pads, groups, phases, cols, make)
    y2 = by_group(y.reshape(-1, y.shape[-1]), groups)
    dy2 = None
    if wires.dy is not None:
        dy2 = by_group(wires.dy.reshape(-1, wires.dy.shape[-1]), groups)
    read, partial = cols, None
    if groups == 1:
        read, y2 = cut_small(cols, y2)
        parts = _parts_back(cols, y2.shape[-1])
        if dy2 is not None and parts > 1:
            partial = make.scratch((parts, cols.shape[-1], y2.shape[-1]))
            cols, dy2 = cut_rows(cols, parts), cut_rows(dy2, parts)
    block = Block(gather, read, y2)
    turned = cols.swapaxes(-1, -2)
    return ColumnSpace(window, groups, pad, (block,), turned, dy2, partial, back)


def _blocks(wires: Wires, window: Window) -> int:
    """Return in how many blocks of equal size to go forward: 1 where dx is made from the columns
    or nothing is copied to them."""
    batch, channels = len(wires.x), wires.x.shape[-1]
    taps = prod(window.kernel)
    if wires.dy is None or wires.dx is not None or channels > FEW_CHANNELS or taps == 1:
        return 1
    rows = wires.y.size // wires.y.shape[-1]
    nbytes = wires.y.nbytes + rows * taps * channels * wires.y.itemsize
    wanted = max(1, round(nbytes / BLOCK_BYTES))
    return next(count for count in range(min(wanted, batch), 0, -1) if batch % count == 0)


def _plan_blocks(
    wires: Wires,
    window: Window,
    pad: Moves,
    padded: Array,
    phases: Shape,
    count: int,
    make: Buffers,
) -> ColumnSpace:
    """Plan several blocks; dW is summed over their parts."""
    assert wires.dy is not None
    outputs, filters = wires.y.shape[1:-1], wires.y.shape[-1]
    each = len(wires.x) // count
    rows, width = each * prod(outputs), prod(window.kernel) * wires.x.shape[-1]
    turned = make((count, width, rows))
    y2, dy2 = (array.reshape(count, rows, filters) for array in (wires.y, wires.dy))
    room = cache(make.scratch)  # one block's, for all
    blocks = []
    for number, own in enumerate(turned):
        part = padded[number * each : (number + 1) * each]
        moves = few_channel_moves(part, window, outputs, phases, own, room)
        blocks.append(Block(moves, *cut_small(own.T, y2[number])))
    parts = _parts_back(turned[0].T, filters)
    partial = make.scratch((count * parts, width, filters))
    cut = turned.reshape(count, width, parts, -1).swapaxes(1, 2)
    return ColumnSpace(
        window=window,
        groups=1,
        pad=pad,
        blocks=tuple(blocks),
        turned=cut,
        dy2=dy2.reshape(count, parts, -1, filters),
        partial=partial.reshape(count, parts, width, filters),
        back=None,
    )


def _parts_back(cols: Array, filters: int) -> int:
    """Return in how many parts dW is made."""
    least = SMALL_PRODUCT // MOST_ROWS
    parts = parts_of(len(cols), max(cols.shape[-1] * filters, least))
    return parts if len(cols) >= parts * LEAST_ROWS else 1


def columns_forward(s: ColumnSpace, weight: Array) -> None:
    """Gather the windows, then one matrix product for each group."""
    matrix = as_matrix(weight, s.groups)
    for target, source in s.pad:
        np.copyto(target, source)
    for block in s.blocks:
        for target, source in block.gather:
            np.copyto(target, source)
        np.matmul(block.cols, matrix, out=block.y2)


def columns_backward(s: ColumnSpace, weight: Array, gradient: Array) -> None:
    """dW = colsᵀ·dy; dx = dy convolved with the kernel turned round, or dy·Wᵀ scattered."""
    assert s.dy2 is not None  # a plan for training
    if s.partial is None:
        np.matmul(s.turned, s.dy2, out=as_matrix(gradient, s.groups))
    else:
        np.matmul(s.turned, s.dy2, out=s.partial)
        parts = tuple(range(s.partial.ndim - 2))
        np.sum(s.partial, axis=parts, out=as_matrix(gradient, s.groups))
    match s.back:
        case StridedGradient():
            strided_backward(s.back, weight)
        case InputGradient():
            dy = s.dy2.reshape(-1, s.dy2.shape[-1]) if s.groups == 1 else s.dy2
            input_gradient(s.back, s.window, s.groups, weight, dy)
