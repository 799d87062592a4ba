"""Convolution of any rank by loops over output cells and kernel positions.

No padded copy is made: a position outside the input is left out of the sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

Index = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Form:
    """How the kernel moves; one number, or one (before, after), for each axis."""

    stride: Index
    pads: Pads
    dilation: Index = ()
    groups: int = 1
    flip: bool = False

    def spans(self, kernel: Index) -> list[int]:
        dilation = self.dilation or (1,) * len(kernel)
        return [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]


def outputs(extents: Index, kernel: Index, form: Form) -> Index:
    """Return how often the kernel fits along each axis, by counting."""
    return tuple(
        len(range(0, n + before + after - span + 1, s))
        for n, span, s, (before, after) in zip(
            extents, form.spans(kernel), form.stride, form.pads, strict=True
        )
    )


def meetings(extents: Index, kernel: Index, form: Form) -> Iterator[tuple[Index, Index, Index]]:
    """Yield (output cell, weight's position, input cell) for each product of the convolution."""
    dilation = form.dilation or (1,) * len(kernel)
    for o in product(*map(range, outputs(extents, kernel, form))):
        for k in product(*map(range, kernel)):
            cell = tuple(
                o[a] * form.stride[a] + k[a] * dilation[a] - form.pads[a][0]
                for a in range(len(extents))
            )
            if all(0 <= c < n for c, n in zip(cell, extents, strict=True)):
                turned = tuple(extent - 1 - i for extent, i in zip(kernel, k, strict=True))
                yield o, turned if form.flip else k, cell


def channels_of(x: np.ndarray, w: np.ndarray, groups: int) -> Iterator[tuple[int, int, int]]:
    """Yield (filter, channel, the weight's place for it) of all that belong to one group."""
    each = x.shape[-1] // groups
    filters = w.shape[-1] // groups
    for group in range(groups):
        for f, c in product(range(filters), range(each)):
            yield group * filters + f, group * each + c, c


def convolve(x: np.ndarray, w: np.ndarray, stride: Index, pads: Pads, **more: Any) -> np.ndarray:
    """Return y (B, *outputs, F) of x (B, *extents, C) and w (*kernel, C/groups, F)."""
    form = Form(stride, pads, **more)
    extents, kernel = x.shape[1:-1], w.shape[:-2]
    y = np.zeros((len(x), *outputs(extents, kernel, form), w.shape[-1]))
    for o, k, cell in meetings(extents, kernel, form):
        for b in range(len(x)):
            for f, c, place in channels_of(x, w, form.groups):
                y[(b, *o, f)] += x[(b, *cell, c)] * w[(*k, place, f)]
    return y


def gradients(
    x: np.ndarray, w: np.ndarray, dy: np.ndarray, stride: Index, pads: Pads, **more: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return (dx, dw) for the upstream gradient dy (B, *outputs, F)."""
    form = Form(stride, pads, **more)
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for o, k, cell in meetings(x.shape[1:-1], w.shape[:-2], form):
        for b in range(len(x)):
            for f, c, place in channels_of(x, w, form.groups):
                dx[(b, *cell, c)] += dy[(b, *o, f)] * w[(*k, place, f)]
                dw[(*k, place, f)] += dy[(b, *o, f)] * x[(b, *cell, c)]
    return dx, dw
