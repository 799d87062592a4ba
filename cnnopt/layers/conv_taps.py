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

    x: Array  # (B, *extents, C, 1)
    y: Array  # (B, *outputs, F)
    dx: Array | None  # (B, *extents, C)
    dy: Array | None  # (B, *outputs, F)
    inside: Array | None  # (B, *extents, C, m): where x is copied to; None where x serves itself
    taps: tuple[Array, ...]  # K views (B, *outputs, F)
    row: Array  # (K, last output extent, F): the weights, repeated so that products run on
    product: Array  # (B, *outputs, F): scratch
    ones: Array  # (1, B*outputs)
    padded: Array | None  # (B, *padded extents, F): dx with its padding, or dx itself
    back_taps: tuple[Array, ...]  # K views of it
    crop: Array | None  # (B, *extents, C, m): its part that makes dx; None where it is dx


def plan_taps(wires: Wires, window: Window, pads: Pads, make: Buffers) -> TapSpace:
    """Lay out the padded input and gradient, and the views of each kernel position."""
    x, y, dx, dy = wires.x, wires.y, wires.dx, wires.dy
    channels, filters, outputs = x.shape[-1], y.shape[-1], y.shape[1:-1]
    shape = (*padded_shape(x.shape, pads)[:-1], filters)
    direct = shape == x.shape
    split = (*x.shape[:-1], channels, filters // channels)
    padded = x if direct else make(shape)
    total = None if dx is None else dx if direct else make(shape)
    return TapSpace(
        x=x[..., None],
        y=y,
        dx=dx,
        dy=dy,
        inside=None if direct else interior(padded, pads).reshape(split),
        taps=tuple(taps(padded, window, outputs)),
        row=make((prod(window.kernel), outputs[-1], filters)),
        product=make(y.shape),
        ones=_ones(y.size // filters if dy is not None else 0, make),
        padded=total,
        back_taps=() if total is None else tuple(taps(total, window, outputs)),
        crop=None if direct or total is None else interior(total, pads).reshape(split),
    )


def taps_forward(s: TapSpace, weight: Array) -> None:
    """y = the sum over kernel positions of what they meet times their weight."""
    if s.inside is not None:
        np.copyto(s.inside, s.x)
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
    if s.crop is not None:
        np.add.reduce(s.crop, axis=-1, out=s.dx)


def _ones(count: int, make: Buffers) -> Array:
    ones = make((1, count))
    ones.fill(1)
    return ones
