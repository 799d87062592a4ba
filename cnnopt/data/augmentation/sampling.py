"""Examples read at places between their cells: linear in each axis, the background outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array

BLOCK = 12_288
"""Cells that are read at a time, so that everything stays in the second-level cache."""


class Sampler:
    """Reads the examples of a batch at other places, block by block, in memory that it keeps.

    Between cells the value is linear in each axis. Outside is background, towards which the
    cells at the border fade over one cell (what SciPy calls `grid-constant`). At a cell's own
    place the result is the cell, bit for bit.
    """

    def __init__(self, x: Array, low: Array) -> None:
        """Prepare to read and to overwrite a batch.

        Args:
            x: examples (B, *S, C), contiguous.
            low: the background, (C,).
        """
        self._x = x
        shape, channels = x.shape[1:-1], x.shape[-1]
        self._run = run = max(1, min(len(x), BLOCK // prod(shape)))
        wide = tuple(extent + 3 for extent in shape)
        self._strides = [prod(wide[axis + 1 :]) for axis in range(len(shape))]
        # One cell of background before each axis and two behind, which nothing overwrites.
        self._padded = np.empty((run, *wide, channels), x.dtype)
        self._padded[...] = low
        self._inner = self._padded[(slice(None), *(slice(1, extent + 1) for extent in shape))]
        self._first = np.arange(run, dtype=np.intp).reshape(run, *[1] * len(shape)) * prod(wide)
        self._index = np.empty((run, *shape), np.intp)
        self._cell = np.empty_like(self._index)
        self._whole = np.empty((run, *shape), x.dtype)
        self._beyond = [np.empty_like(self._whole) for _ in shape]
        self._far = [np.empty((run, *shape, channels), x.dtype) for _ in shape]

    def blocks(self) -> Iterator[slice]:
        """Yield the examples that are read together."""
        for start in range(0, len(self._x), self._run):
            yield slice(start, min(start + self._run, len(self._x)))

    def read(self, block: slice, places: Sequence[Array]) -> None:
        """Replace the examples of a block by what they are at other places.

        Args:
            block: one of `blocks()`.
            places: for each axis of S, counted in cells from the first: (b, *S).
        """
        part = self._x[block]
        self._inner[: len(part)] = part
        index = self._locate(places, len(part))
        ends = (slice(len(part)), Ellipsis)
        beyond = [each[ends] for each in self._beyond]
        far = [each[ends] for each in self._far]
        flat: Array = self._padded.reshape(-1, part.shape[-1])
        if part.shape[-1] == 1:  # numbers instead of rows of one number
            flat, part, far = flat[:, 0], part[..., 0], [each[..., 0] for each in far]
        else:
            beyond = [each[..., None] for each in beyond]
        self._blend(flat, index, beyond, far, part)

    def _locate(self, places: Sequence[Array], examples: int) -> NDArray[np.intp]:
        """Return the padded cell at or before each place; how far behind it is left in `_beyond`.

        A padded cell stands one further along each axis than the cell itself.
        """
        index, cell = self._index[:examples], self._cell[:examples]
        whole = self._whole[:examples]
        index[...] = self._first[:examples] + sum(self._strides)
        shape = self._x.shape[1:-1]
        for place, extent, stride, kept in zip(
            places, shape, self._strides, self._beyond, strict=True
        ):
            beyond = kept[:examples]
            np.clip(place, -1, extent, out=beyond)
            np.floor(beyond, out=whole)
            np.subtract(beyond, whole, out=beyond)
            np.copyto(cell, whole, casting="unsafe")
            if stride > 1:
                np.multiply(cell, stride, out=cell)
            np.add(index, cell, out=index)
        return index

    def _blend(
        self,
        flat: Array,
        index: NDArray[np.intp],
        beyond: Sequence[Array],
        far: Sequence[Array],
        out: Array,
        axis: int = 0,
        offset: int = 0,
    ) -> None:
        """Write the cells at `index + offset`, mixed along the axes from `axis` on, into `out`."""
        if axis == len(beyond):
            np.take(flat[offset:], index, axis=0, out=out, mode="clip")
            return
        self._blend(flat, index, beyond, far, out, axis + 1, offset)
        further = far[axis]
        self._blend(flat, index, beyond, far, further, axis + 1, offset + self._strides[axis])
        np.subtract(further, out, out=further)
        np.multiply(further, beyond[axis], out=further)
        np.add(out, further, out=out)
