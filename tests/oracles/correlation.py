"""Convolution of any rank, one kernel position after another, each over the whole batch at once.

For shapes where the loops of `convolution` take too long, and equal to them: see
`test_correlation`. All sums are in float64.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from oracles.convolution import Form, Index, Pads, outputs


def _positions(
    extents: Index, kernel: Index, form: Form
) -> Iterator[tuple[Index, tuple[slice, ...]]]:
    """Yield (weight's position, the cells of the padded input that it meets)."""
    dilation = form.dilation or (1,) * len(kernel)
    counts = outputs(extents, kernel, form)
    for k in np.ndindex(*kernel):
        turned = tuple(extent - 1 - i for extent, i in zip(kernel, k, strict=True))
        cells = (
            slice(i * d, i * d + (n - 1) * s + 1, s)
            for i, d, s, n in zip(k, dilation, form.stride, counts, strict=True)
        )
        yield turned if form.flip else k, (slice(None), *cells)


def _padded(x: np.ndarray, pads: Pads) -> np.ndarray:
    return np.pad(x.astype(np.float64), ((0, 0), *pads, (0, 0)))


def convolve(x: np.ndarray, w: np.ndarray, stride: Index, pads: Pads, **more: Any) -> np.ndarray:
    """Return y (B, *outputs, F) of x (B, *extents, C) and w (*kernel, C/groups, F)."""
    form = Form(stride, pads, **more)
    shape = (len(x), *outputs(x.shape[1:-1], w.shape[:-2], form))
    parts = []
    for part, weight in zip(
        np.split(_padded(x, pads), form.groups, -1),
        np.split(w.astype(np.float64), form.groups, -1),
        strict=True,
    ):
        y = np.zeros((*shape, weight.shape[-1]))
        for k, cells in _positions(x.shape[1:-1], w.shape[:-2], form):
            y += part[cells] @ weight[k]
        parts.append(y)
    return np.concatenate(parts, -1)


def gradients(
    x: np.ndarray, w: np.ndarray, dy: np.ndarray, stride: Index, pads: Pads, **more: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return (dx, dw) for the upstream gradient dy (B, *outputs, F)."""
    form = Form(stride, pads, **more)
    extents, kernel = x.shape[1:-1], w.shape[:-2]
    inner = (slice(a, a + n) for (a, _), n in zip(pads, extents, strict=True))
    crop = (slice(None), *inner)
    every = tuple(range(dy.ndim - 1))
    found = []
    for part, weight, above in zip(
        np.split(_padded(x, pads), form.groups, -1),
        np.split(w.astype(np.float64), form.groups, -1),
        np.split(dy.astype(np.float64), form.groups, -1),
        strict=True,
    ):
        dx, dw = np.zeros(part.shape), np.zeros(weight.shape)
        for k, cells in _positions(extents, kernel, form):
            dx[cells] += above @ weight[k].T
            dw[k] = np.tensordot(part[cells], above, (every, every))
        found.append((dx[crop], dw))
    return np.concatenate([dx for dx, _ in found], -1), np.concatenate([dw for _, dw in found], -1)
