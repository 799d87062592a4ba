"""Windows that slide over the spatial axes of a channels-last array, in any dimension."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from cnnopt.arrays import Array, Shape

Pads = tuple[tuple[int, int], ...]
"""Cells added before and after each spatial axis."""


@dataclass(frozen=True)
class Window:
    """A window and how it moves; each tuple has one number for each spatial axis.

    Attributes:
        kernel: positions of the window.
        stride: cells between two windows.
        dilation: cells between two positions of a window.
        flip: whether positions count from the window's end.
    """

    kernel: Shape
    stride: Shape
    dilation: Shape
    flip: bool = False

    @property
    def spans(self) -> Shape:
        """Cells from the first to the last position, both included: (K - 1)·dilation + 1."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True))


def phase_places(extent: int, phases: int) -> list[tuple[slice, slice]]:
    """Return where the cells of each phase lie, in natural order and in order of phase.

    In order of phase come first the cells 0, S, 2S, …, then 1, S + 1, …: what a window that moves
    by S cells meets at one of its positions is then one run.

    Example:
        >>> phase_places(5, 2)
        [(slice(0, 5, 2), slice(0, 3, None)), (slice(1, 5, 2), slice(3, 5, None))]
    """
    counts = [len(range(phase, extent, phases)) for phase in range(phases)]
    starts = [sum(counts[:phase]) for phase in range(phases)]
    return [
        (slice(phase, extent, phases), slice(start, start + count))
        for phase, (start, count) in enumerate(zip(starts, counts, strict=True))
        if count
    ]


def in_phases(natural: Array, ordered: Array, phases: Shape) -> list[tuple[Array, Array]]:
    """Return the views of two arrays (B, *extents, ...) that hold the same cells, phase by phase.

    Args:
        natural: in natural order.
        ordered: in order of phase along each axis.
        phases: S of each axis; none for natural order.
    """
    places = [phase_places(natural.shape[1 + a], s) for a, s in enumerate(phases)]
    return [
        (
            natural[(slice(None), *(one for one, _ in cells))],
            ordered[(slice(None), *(other for _, other in cells))],
        )
        for cells in product(*places)
    ]


def output_extents(extents: Shape, spans: Shape, stride: Shape, pads: Pads) -> Shape:
    """Return how many places a window has along each axis: (n + before + after - span)//S + 1.

    The result is 0 or less where the window does not fit.
    """
    return tuple(
        (n + sum(pad) - k) // s + 1
        for n, k, s, pad in zip(extents, spans, stride, pads, strict=True)
    )


def same_pads(extents: Shape, spans: Shape, stride: Shape) -> Pads:
    """Return the padding that makes each output extent ceil(n / stride).

    Where an odd number of cells is needed, the extra one is at the end, as in TensorFlow and
    Keras; PyTorch's `padding="same"` does the same but knows stride 1 only.
    """
    needed = (
        max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(extents, spans, stride, strict=True)
    )
    return tuple((total // 2, total - total // 2) for total in needed)


def padded_shape(shape: Shape, pads: Pads) -> Shape:
    """Return the shape (B, *extents, C) with the padding around it."""
    extents = (n + sum(pad) for n, pad in zip(shape[1:-1], pads, strict=True))
    return (shape[0], *extents, shape[-1])


def interior(padded: Array, pads: Pads) -> Array:
    """Return the view of `padded` (B, *extents, C) without its padding."""
    inner = (slice(a, n - b) for (a, b), n in zip(pads, padded.shape[1:-1], strict=True))
    return padded[(slice(None), *inner)]


def taps(x: Array, window: Window, outputs: Shape) -> list[Array]:
    """Return one view per kernel position, in row-major order, each (B, *outputs, C).

    View t holds what kernel position t meets at every output cell.
    """
    views = [
        x[
            (
                slice(None),
                *(
                    slice(place * d, place * d + (n - 1) * s + 1, s)
                    for place, d, s, n in zip(
                        position, window.dilation, window.stride, outputs, strict=True
                    )
                ),
            )
        ]
        for position in product(*map(range, window.kernel))
    ]
    return views[::-1] if window.flip else views


def windows(x: Array, window: Window, outputs: Shape) -> Array:
    """Return the view (B, *outputs, *kernel, C) of all windows of `x`.

    Where nothing is dilated or flipped, the last kernel axis and the channels are one run of
    memory, which a copy of the view moves at once.
    """
    steps = x.strides[1:-1]
    view = np.lib.stride_tricks.as_strided(
        x,
        (x.shape[0], *outputs, *window.kernel, x.shape[-1]),
        (
            x.strides[0],
            *(step * s for step, s in zip(steps, window.stride, strict=True)),
            *(step * d for step, d in zip(steps, window.dilation, strict=True)),
            x.strides[-1],
        ),
    )
    kernel_axes = range(1 + len(outputs), view.ndim - 1)
    return np.flip(view, tuple(kernel_axes)) if window.flip else view
