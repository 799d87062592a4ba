"""Convolution: textbook im2col, the planned product over columns, and the bilinear way.

Forward and both gradients, as `network` runs them: chunks of 16 examples, eight of them a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from benchmarks.kernels.case import Case, Version
from benchmarks.kernels.chunked import PASSES, Chunked
from cnnopt.arrays import Array, Shape
from cnnopt.kernels.windows import Window, interior, padded_shape, taps, windows
from cnnopt.layers import Conv

CHUNK = 16

TOLERANCE = 2e-5
"""Of float32 sums that are taken in another way."""

PROBLEMS: tuple[tuple[Shape, Conv], ...] = (
    ((28, 28, 1), Conv(32, (5, 5), padding="same")),
    ((28, 28, 1), Conv(16, (3, 3), padding="same")),
    ((32, 32, 3), Conv(64, (5, 5))),
    ((14, 14, 16), Conv(32, (3, 3), padding="same")),
    ((14, 14, 32), Conv(64, (5, 5), padding="same")),
    ((16, 16, 32), Conv(64, (3, 3), padding="same")),
    ((8, 8, 64), Conv(128, (3, 3), padding="same")),
    ((13, 13, 64), Conv(96, (3, 3))),
    ((8, 8, 8, 8), Conv(16, (3, 3, 3), padding="same")),
    ((20, 25), Conv(25, (3,), (2,), ((1, 1),))),
)


def cases() -> list[Case]:
    """Return one case for each problem."""
    return [_case(x, conv) for x, conv in PROBLEMS]


def _case(shape: Shape, conv: Conv) -> Case:
    generator = np.random.default_rng(0)
    x = generator.standard_normal((CHUNK, *shape), np.float32)
    dy = generator.standard_normal((CHUNK, *conv.output_shape(shape)), np.float32)
    (parameter,) = conv.parameters(shape)
    weight = generator.standard_normal(parameter.shape, np.float32)
    exact = Conv(conv.filters, conv.kernel, conv.stride, conv.padding, exact=True)
    versions = [
        TextbookColumns(conv, x, dy, weight).version(),
        Chunked(exact, x, dy, (weight,)).version("columns"),
    ]
    choice = conv.choice(shape, PASSES * CHUNK)
    if choice is not None and choice.algorithms:
        versions.append(Chunked(conv, x, dy, (weight,)).version("bilinear"))
    extents = " x ".join(map(str, (CHUNK, *shape)))
    kernel = " x ".join(map(str, conv.kernel))
    stride = f", stride {conv.stride[0]}" if max(conv.stride) > 1 else ""
    problem = f"{extents}, {kernel} to {conv.filters}{stride}"
    return Case("convolution", problem, TOLERANCE, tuple(versions), PASSES)


@dataclass(frozen=True)
class Layout:
    """Shapes of a convolution: what is padded, where the kernel meets it."""

    window: Window
    pads: tuple[tuple[int, int], ...]
    outputs: Shape


class TextbookColumns:
    """Copies all windows into a matrix, multiplies, and adds dy·Wᵀ back window by window."""

    def __init__(self, conv: Conv, x: Array, dy: Array, weight: Array) -> None:
        self._x, self._dy, self._weight = x, dy, weight
        extents = x.shape[1:]
        self._layout = Layout(conv.window, conv.pads(extents), conv.output_shape(extents)[:-1])
        self._results: list[Array] = []

    def version(self) -> Version:
        """Return this as a version."""
        return Version("textbook im2col", self.run, lambda: self._results)

    def run(self) -> None:
        """Make the passes of a step."""
        total = np.zeros_like(self._weight)
        for _ in range(PASSES):
            y, dx, dw = self._once()
            total += dw
        self._results = [y, dx, total]

    def _once(self) -> tuple[Array, Array, Array]:
        x, layout = self._x, self._layout
        padded = np.zeros(padded_shape(x.shape, layout.pads), x.dtype)
        interior(padded, layout.pads)[...] = x
        rows = len(x) * prod(layout.outputs)
        cols = windows(padded, layout.window, layout.outputs).reshape(rows, -1)
        weight = self._weight.reshape(-1, self._weight.shape[-1])
        dy = self._dy.reshape(rows, -1)
        y = (cols @ weight).reshape(self._dy.shape)
        dw = (cols.T @ dy).reshape(self._weight.shape)
        dcols = (dy @ weight.T).reshape(*self._dy.shape[:-1], prod(layout.window.kernel), -1)
        dpadded = np.zeros_like(padded)
        for position, tap in enumerate(taps(dpadded, layout.window, layout.outputs)):
            tap += dcols[..., position, :]
        return y, interior(dpadded, layout.pads), dw
