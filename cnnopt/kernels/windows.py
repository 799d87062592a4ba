"""Windows that slide over the spatial axes of a channels-last array, in any dimension."""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnopt.arrays import Array, Shape

Pads = tuple[tuple[int, int], ...]
"""Cells added before and after each spatial axis."""


def output_extents(extents: Shape, kernel: Shape, stride: Shape, pads: Pads) -> Shape:
    """Return how many positions a window has along each axis: (n + before + after - K)//S + 1.

    The result is 0 or less where the window does not fit.
    """
    return tuple(
        (n + sum(pad) - k) // s + 1
        for n, k, s, pad in zip(extents, kernel, stride, pads, strict=True)
    )


def same_pads(extents: Shape, kernel: Shape, stride: Shape) -> Pads:
    """Return the padding that makes each output extent ceil(n / stride).

    Where an odd number of cells is needed, the extra one is at the end, as in TensorFlow and
    Keras; PyTorch's `padding="same"` does the same but knows stride 1 only.
    """
    needed = (
        max((-(-n // s) - 1) * s + k - n, 0)
        for n, k, s in zip(extents, kernel, stride, strict=True)
    )
    return tuple((total // 2, total - total // 2) for total in needed)


def interior(padded: Array, pads: Pads) -> Array:
    """Return the view of `padded` (B, *extents, C) without its padding."""
    inner = (slice(a, n - b) for (a, b), n in zip(pads, padded.shape[1:-1], strict=True))
    return padded[(slice(None), *inner)]


def taps(x: Array, kernel: Shape, stride: Shape, extents: Shape) -> list[Array]:
    """Return one view per kernel position, in row-major order, each (B, *extents, C).

    View t holds what kernel position t meets at every output position.
    """
    return [
        x[
            (
                slice(None),
                *(
                    slice(start, start + (n - 1) * s + 1, s)
                    for start, s, n in zip(position, stride, extents, strict=True)
                ),
            )
        ]
        for position in product(*map(range, kernel))
    ]


def windows(x: Array, kernel: Shape, stride: Shape, extents: Shape) -> Array:
    """Return the view (B, *extents, *kernel[:-1], K_last * C) of all windows of `x`.

    The last kernel axis and the channels are one contiguous run, so that copying the view moves
    whole runs (`x` has to be contiguous).
    """
    batch, channels = x.shape[0], x.shape[-1]
    steps = x.strides[1:-1]
    return np.lib.stride_tricks.as_strided(
        x,
        (batch, *extents, *kernel[:-1], kernel[-1] * channels),
        (
            x.strides[0],
            *(step * s for step, s in zip(steps, stride, strict=True)),
            *steps[:-1],
            x.strides[-1],
        ),
    )
