"""Convolution as a matrix product: every window a row of a matrix (im2col)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.moves import Move, merged
from cnnopt.kernels.products import cut_rows, parts_of
from cnnopt.kernels.windows import Pads, Window, in_phases, interior, padded_shape, taps, windows
from cnnopt.layers.base import Wires
from cnnopt.layers.conv_few_channels import FEW_CHANNELS, few_channel_moves
from cnnopt.layers.conv_strided import StridedGradient, plan_strided, strided_backward

Moves = tuple[Move, ...]
"""Copies to make, in order."""

FLIP_UP_TO = 3
"""Kernel extent up to which the input gradient is itself taken as a convolution of dy."""

WIDEST = 320
"""Columns up to which a product is cut in small ones: these add up in one go, and longer sums would
lose half a digit more than those that BLAS cuts itself."""

LEAST_ROWS = 64
"""Rows that a part has at least where dW is cut: the parts' dW have to be added up."""


@dataclass(frozen=True, slots=True)
class ColumnSpace:
    """What a convolution needs for one chunk; K is the number of kernel positions.

    With groups, each matrix is one of `groups` in a row, (G, rows, its columns); without, it may be
    cut in parts by its rows, (parts, rows / parts, its columns), so that products are small.
    """

    window: Window
    groups: int
    gather: Moves  # x -> padded x -> cols
    cols: Array  # (B*outputs, K*C): all windows, one a row
    y2: Array  # (B*outputs, F): y as a matrix
    turned: Array  # colsᵀ, (K*C, B*outputs)
    dy2: Array | None  # dy as a matrix
    partial: Array | None  # dW of each part, where there are any: (parts, K*C, F)
    back: InputGradient | StridedGradient | None


@dataclass(frozen=True, slots=True)
class InputGradient:
    """How dx is made: by the flipped kernel over dy, or by scattering dy·Wᵀ."""

    gather: Moves  # dy -> padded dy -> cols of dy
    cols: Array  # flipped: (B*inputs, K*F); scattered: (B*outputs, K*C)
    flipped: Array | None  # (G, *kernel, F/G, C/G): W turned round, channels swapped
    out: Array  # what the product is written to, a matrix
    adds: Moves  # scattered: padded dx += a kernel position's columns
    padded: Array | None  # (B, *padded extents, C): dx with its padding
    crop: Moves  # padded dx -> dx


def plan_columns(
    wires: Wires, window: Window, pads: Pads, groups: int, phases: Shape, make: Buffers
) -> ColumnSpace:
    """Lay out padded input, columns and what the input gradient needs."""
    x, y = wires.x, wires.y
    moves: Moves = ()
    padded = x
    if any(sum(pad) for pad in pads):
        padded = make(padded_shape(x.shape, pads))
        moves = ((interior(padded, pads), x),)
    keep = make.scratch if wires.dy is None else make
    cols, gather = _columns(padded, window, y.shape[1:-1], groups, phases, keep)
    back = None
    if wires.dx is not None and wires.dy is not None:
        back = _plan_input_gradient(wires.dx, wires.dy, window, pads, groups, phases, cols, make)
    y2 = _by_group(y.reshape(-1, y.shape[-1]), groups)
    dy2 = None
    if wires.dy is not None:
        dy2 = _by_group(wires.dy.reshape(-1, wires.dy.shape[-1]), groups)
    read, partial = cols, None
    if groups == 1:
        width, filters = cols.shape[-1], y2.shape[-1]
        parts = parts_of(len(cols), width * filters)
        if width <= WIDEST:
            read, y2 = cut_rows(cols, parts), cut_rows(y2, parts)
        if dy2 is not None and parts > 1 and len(cols) >= parts * LEAST_ROWS:
            cols, dy2 = cut_rows(cols, parts), cut_rows(dy2, parts)
            partial = make.scratch((parts, width, filters))
    turned = cols.swapaxes(-1, -2)
    return ColumnSpace(window, groups, moves + gather, read, y2, turned, dy2, partial, back)


def columns_forward(s: ColumnSpace, weight: Array) -> None:
    """Gather the windows, then one matrix product for each group."""
    for target, source in s.gather:
        np.copyto(target, source)
    np.matmul(s.cols, _matrix(weight, s.groups), out=s.y2)


def columns_backward(s: ColumnSpace, weight: Array, gradient: Array) -> None:
    """dW = colsᵀ·dy; dx = dy convolved with the kernel turned round, or dy·Wᵀ scattered."""
    assert s.dy2 is not None  # a plan for training
    if s.partial is None:
        np.matmul(s.turned, s.dy2, out=_matrix(gradient, s.groups))
    else:
        np.matmul(s.turned, s.dy2, out=s.partial)
        np.sum(s.partial, axis=0, out=_matrix(gradient, s.groups))
    if (back := s.back) is None:
        return
    if isinstance(back, StridedGradient):
        strided_backward(back, weight)
        return
    for target, source in back.gather:
        np.copyto(target, source)
    if back.flipped is not None:
        np.copyto(back.flipped, _turned(weight, s.window, s.groups))
        kernels = back.flipped.reshape(s.groups, -1, back.flipped.shape[-1])
        np.matmul(back.cols, kernels if back.cols.ndim > 2 else kernels[0], out=back.out)
        return
    dy2 = s.dy2.reshape(-1, s.dy2.shape[-1]) if s.groups == 1 else s.dy2
    np.matmul(dy2, _matrix(weight, s.groups).swapaxes(-1, -2), out=back.out)
    if back.padded is not None:
        back.padded.fill(0)
        for total, part in back.adds:
            total += part
        for target, source in back.crop:
            np.copyto(target, source)


def _plan_input_gradient(
    dx: Array,
    dy: Array,
    window: Window,
    pads: Pads,
    groups: int,
    phases: Shape,
    cols: Array,
    make: Buffers,
) -> InputGradient | StridedGradient:
    dx2 = _by_group(dx.reshape(-1, dx.shape[-1]), groups)
    one_cell = prod(window.kernel) == prod(window.stride) == 1
    if one_cell and not phases and not any(map(sum, pads)):
        return InputGradient((), cols, None, dx2, (), None, ())
    turned = tuple(
        (span - 1 - before, span - 1 - after)
        for span, (before, after) in zip(window.spans, pads, strict=True)
    )
    fits = prod(window.stride) == 1 and min(map(min, turned)) >= 0
    if fits and max(window.kernel) <= FLIP_UP_TO:
        padded = make(padded_shape(dy.shape, turned))
        slide = Window(window.kernel, window.stride, window.dilation)
        dcols, gather = _columns(padded, slide, dx.shape[1:-1], groups, (), make.scratch)
        widths = dy.shape[-1] // groups, dx.shape[-1] // groups
        flipped = make.scratch((groups, *window.kernel, *widths))
        moves = (*merged(in_phases(interior(padded, turned), dy, phases)), *gather)
        if groups == 1:
            parts = parts_of(len(dcols), dcols.shape[-1] * dx2.shape[-1])
            if dcols.shape[-1] <= WIDEST:
                dcols, dx2 = cut_rows(dcols, parts), cut_rows(dx2, parts)
        return InputGradient(moves, dcols, flipped, dx2, (), None, ())
    skips = prod(window.stride) > 1 and not window.flip
    if skips and groups == prod(window.dilation) == 1:
        return plan_strided(dx, dy, window, pads, phases, make)
    # dW is taken before dx: the forward columns are free by then and hold dy·Wᵀ.
    # Only a 1x1 kernel's columns are the padded input itself, whose border has to stay zero.
    if one_cell:
        cols = make.scratch(cols.shape)
    padded = make.scratch(padded_shape(dx.shape, pads))
    positions = cols.reshape(*cols.shape[:-1], prod(window.kernel), -1)
    adds = tuple(
        pair
        for t, tap in enumerate(taps(padded, window, dy.shape[1:-1]))
        for pair in in_phases(*_addition(tap, positions[..., t, :], groups), phases)
    )
    crop = ((dx, interior(padded, pads)),)
    return InputGradient((), cols, None, cols, adds, padded, crop)


def _columns(
    x: Array,
    window: Window,
    outputs: Shape,
    groups: int,
    phases: Shape,
    make: Callable[[Shape], Array],
) -> tuple[Array, Moves]:
    """Return the matrix (B*outputs, K*C) of the windows of `x`, and the copies that fill it."""
    batch, channels = x.shape[0], x.shape[-1]
    rows, positions = batch * prod(outputs), prod(window.kernel)
    if positions == prod(window.stride) == 1 and not phases and x.flags.c_contiguous:
        return _by_group(x.reshape(rows, channels), groups), ()
    if groups == 1 and channels <= FEW_CHANNELS:
        turned = make((positions * channels, rows))
        return turned.T, few_channel_moves(x, window, outputs, phases, turned, make)
    view = windows(x, window, outputs)
    if groups == 1:
        cols = make((rows, positions * channels))
        return cols, _in_order(view, cols.reshape(view.shape), phases)
    each = channels // groups  # phases are for convolutions without groups
    cols = make((groups, rows, positions * each))
    source = np.moveaxis(view.reshape(*view.shape[:-1], groups, each), -2, 0)
    return cols, ((cols.reshape(source.shape), source),)


def _in_order(natural: Array, ordered: Array, phases: Shape) -> Moves:
    """Return the copies (to, from) that bring cells from natural order to order of phase."""
    return merged((there, here) for here, there in in_phases(natural, ordered, phases))


def _by_group(matrix: Array, groups: int) -> Array:
    """Return (rows, C) itself, or the view (G, rows, C/G) of the columns of each group."""
    if groups == 1:
        return matrix
    return matrix.reshape(len(matrix), groups, -1).swapaxes(0, 1)


def _matrix(weight: Array, groups: int) -> Array:
    """Return the view (K*C, F) of a weight, or (G, K*C/G, F/G)."""
    return _by_group(weight.reshape(-1, weight.shape[-1]), groups)


def _turned(weight: Array, window: Window, groups: int) -> Array:
    """Return the view (G, *kernel, F/G, C/G): the kernel turned round, channels swapped.

    A kernel that is flipped going forward is not turned again.
    """
    turn = (slice(None, None, 1 if window.flip else -1),) * len(window.kernel)
    split = weight[turn].reshape(*weight.shape[:-1], groups, -1)
    return np.moveaxis(split, -2, 0).swapaxes(-1, -2)


def _addition(tap: Array, part: Array, groups: int) -> tuple[Array, Array]:
    """Return (tap, part) in one shape: of the padded dx, and of one kernel position's columns."""
    if groups == 1:
        return tap, part.reshape(tap.shape)
    split = tap.reshape(*tap.shape[:-1], groups, -1)
    return split, np.moveaxis(part.reshape(groups, *split.shape[:-2], -1), 0, -2)
