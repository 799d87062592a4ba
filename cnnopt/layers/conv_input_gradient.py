"""The input gradient of a convolution by columns, at stride 1 or for kernels that are flipped.

The others are in `conv_strided`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.moves import merged
from cnnopt.kernels.windows import Pads, Window, in_phases, interior, padded_shape, taps
from cnnopt.layers.conv_matrices import Moves, as_matrix, by_group, columns, cut_small
from cnnopt.layers.conv_strided import StridedGradient, plan_strided

FLIP_UP_TO = 3
"""Kernel extent up to which the input gradient is itself taken as a convolution of dy."""


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


def plan_input_gradient(
    dx: Array,
    dy: Array,
    window: Window,
    pads: Pads,
    groups: int,
    phases: Shape,
    cols: Array,
    make: Buffers,
) -> InputGradient | StridedGradient:
    """Choose how dx is made and make room for it; `cols` are the forward pass's columns."""
    dx2 = by_group(dx.reshape(-1, dx.shape[-1]), groups)
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
        dcols, gather = columns(
            padded, slide, dx.shape[1:-1], groups, (), make.scratch, make.scratch
        )
        widths = dy.shape[-1] // groups, dx.shape[-1] // groups
        flipped = make.scratch((groups, *window.kernel, *widths))
        moves = (*merged(in_phases(interior(padded, turned), dy, phases)), *gather)
        if groups == 1:
            dcols, dx2 = cut_small(dcols, dx2)
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


def input_gradient(s: InputGradient, window: Window, groups: int, weight: Array, dy: Array) -> None:
    """Overwrite dx, when dW has been taken.

    Args:
        s: what was planned.
        window: the kernel's window.
        groups: parts of the channels.
        weight: (*kernel, C/G, F).
        dy: as a matrix (rows, F), or one for each group.
    """
    for target, source in s.gather:
        np.copyto(target, source)
    if s.flipped is not None:
        np.copyto(s.flipped, _turned(weight, window, groups))
        kernels = s.flipped.reshape(groups, -1, s.flipped.shape[-1])
        np.matmul(s.cols, kernels if s.cols.ndim > 2 else kernels[0], out=s.out)
        return
    np.matmul(dy, as_matrix(weight, groups).swapaxes(-1, -2), out=s.out)
    if s.padded is not None:
        s.padded.fill(0)
        for total, part in s.adds:
            total += part
        for target, source in s.crop:
            np.copyto(target, source)


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
