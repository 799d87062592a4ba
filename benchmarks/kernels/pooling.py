"""Max pooling: windows gathered and searched, against one axis after another."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Case, Version
from benchmarks.kernels.chunked import PASSES, Chunked
from cnnopt.arrays import Array, Shape
from cnnopt.kernels.windows import Window, taps
from cnnopt.layers import MaxPool

CHUNK = 16

PROBLEMS: tuple[tuple[Shape, MaxPool], ...] = (
    ((28, 28, 32), MaxPool((2, 2))),
    ((14, 14, 64), MaxPool((2, 2))),
    ((28, 28, 64), MaxPool((3, 3), (2, 2))),
    ((16, 16, 16, 8), MaxPool((2, 2, 2))),
)


def cases() -> list[Case]:
    """Return one case for each problem; all versions give the same bits, ties included."""
    return [_case(shape, pool) for shape, pool in PROBLEMS]


def _case(shape: Shape, pool: MaxPool) -> Case:
    generator = np.random.default_rng(0)
    # Rounded, so that ties occur: their gradient goes to the first winner.
    x = generator.standard_normal((CHUNK, *shape), np.float32).round(1)
    # Whole numbers, so that sums over windows that overlap have the same bits in any order.
    dy = generator.integers(-9, 9, (CHUNK, *pool.output_shape(shape))).astype(np.float32)
    versions = (
        GatheredWindows(pool, x, dy).version(),
        Chunked(pool, x, dy, ()).version("axis by axis"),
    )
    extents = " x ".join(map(str, (CHUNK, *shape)))
    problem = f"{extents}, {' x '.join(map(str, pool.kernel))}, stride {pool.windows.stride[0]}"
    return Case("max pooling", problem, 0.0, versions, PASSES)


class GatheredWindows:
    """Copies each window's cells next to each other and takes `argmax`."""

    def __init__(self, pool: MaxPool, x: Array, dy: Array) -> None:
        windows = pool.windows
        self._x, self._dy = x, dy
        self._window = Window(windows.kernel, windows.stride, (1,) * len(windows.kernel))
        self._outputs = pool.output_shape(x.shape[1:])[:-1]
        self._results: list[Array] = []

    def version(self) -> Version:
        """Return this as a version."""
        return Version("gathered windows", self.run, lambda: self._results)

    def run(self) -> None:
        """Make the passes of a step."""
        for _ in range(PASSES):
            cells = np.stack(taps(self._x, self._window, self._outputs))
            winner = cells.argmax(axis=0)
            y = np.take_along_axis(cells, winner[None], axis=0)[0]
            dx = np.zeros_like(self._x)
            for number, tap in enumerate(taps(dx, self._window, self._outputs)):
                tap += self._dy * (winner == number)
        self._results = [y, dx]
