"""Depthwise convolution: one kernel position after another, on all channels at once.

A group of one channel is too narrow for matrix products; multiplying and adding is faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.kernels.windows import Pads, Window, interior, padded_shape, taps
from cnnopt.layers.base import Wires


@dataclass(frozen=True, slots=True)
class TapSpace:
    """What a depthwise convolution needs for one chunk; K is the number of kernel positions.

    Each channel stands in the padded input once for each of its filters, m = F/C times.
    """

    x: Array  # (B, *extents, C)
    y: Array  # (B, *outputs, F)
    dx: Array | None  # (B, *extents, C)
    dy: Array | None  # (B, *outputs, F)
    inside: tuple[Array, ...]  # m views (B, *extents, C): where x is copied to, if it has to be
    taps: tuple[Array, ...]  # K views (B, *outputs, F)
    row: Array  # (K, last output extent, F): the weights, repeated so that products run on
    product: Array  # (B, *outputs, F): scratch
    ones: Array  # (1, B*outputs)
    padded: Array | None  # (B, *padded extents, F): dx with its padding, or dx itself
    back_taps: tuple[Array, ...]  # K views of it
    crops: tuple[Array, ...]  # m views (B, *extents, C) of it whose sum is dx, if it is not dx


def plan_taps(wires: Wires, window: Window, pads: Pads, make: Buffers) -> TapSpace:
    """Lay out the padded input and gradient, and the views of each kernel position."""
    x, y, dx, dy = wires.x, wires.y, wires.dx, wires.dy
    channels, filters, outputs = x.shape[-1], y.shape[-1], y.shape[1:-1]
    shape = (*padded_shape(x.shape, pads)[:-1], filters)
    direct = shape == x.shape
    padded = x if direct else make(shape)
    total = None if dx is None else dx if direct else make(shape)
    return TapSpace(
        x=x,
        y=y,
        dx=dx,
        dy=dy,
        inside=() if direct else _by_multiple(interior(padded, pads), channels),
        taps=tuple(taps(padded, window, outputs)),
        row=make((prod(window.kernel), outputs[-1], filters)),
        product=make(y.shape),
        ones=_ones(y.size // filters if dy is not None else 0, make),
        padded=total,
        back_taps=() if total is None else tuple(taps(total, window, outputs)),
        crops=() if direct or total is None else _by_multiple(interior(total, pads), channels),
    )


def taps_forward(s: TapSpace, weight: Array) -> None:
    """y = the sum over kernel positions of what they meet times their weight."""
    for target in s.inside:
        np.copyto(target, s.x)
    np.copyto(s.row, weight.reshape(len(s.row), 1, -1))
    np.multiply(s.taps[0], s.row[0], out=s.y)
    for tap, row in zip(s.taps[1:], s.row[1:], strict=True):
        np.multiply(tap, row, out=s.product)
        np.add(s.y, s.product, out=s.y)


def taps_backward(s: TapSpace, gradient: Array) -> None:
    """dW[k] = the sum of dy times what position k met; dx gets dy·W[k] where it met it."""
    assert s.dy is not None  # a plan for training
    product2 = s.product.reshape(s.ones.shape[1], -1)
    for tap, total in zip(s.taps, gradient.reshape(len(s.row), 1, -1), strict=True):
        np.multiply(tap, s.dy, out=s.product)
        np.matmul(s.ones, product2, out=total)
    if s.dx is None or s.padded is None:
        return
    s.padded.fill(0)
    for total, row in zip(s.back_taps, s.row, strict=True):
        np.multiply(s.dy, row, out=s.product)
        np.add(total, s.product, out=total)
    if s.crops:
        np.copyto(s.dx, s.crops[0])
        for crop in s.crops[1:]:
            np.add(s.dx, crop, out=s.dx)


def _by_multiple(x: Array, channels: int) -> tuple[Array, ...]:
    """Return, for each of the filters of a channel, the view (B, *extents, C) of all channels'."""
    return tuple(
        x[..., start :: x.shape[-1] // channels] for start in range(x.shape[-1] // channels)
    )


def _ones(count: int, make: Buffers) -> Array:
    ones = make((1, count))
    ones.fill(1)
    return ones
