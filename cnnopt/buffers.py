"""The buffers of a plan: made once, aligned, counted; some share memory, turn by turn."""

from __future__ import annotations

import mmap
import sys
from contextlib import suppress
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnopt.arrays import Array, Shape

CACHE_LINE = 64

MAPPED = 128 << 10
"""Bytes from which a buffer is a mapping of its own: see `_mapped`."""

HUGE = 4 << 20
"""Bytes from which a mapping is to have large pages, as with NumPy's own arrays."""


class Lane:
    """Memory that arrays use in turn: none is needed any more when the next one is written."""

    def __init__(self) -> None:
        self._block: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.used = 0
        self.most = 0
        self.made = 0
        self.width = 0

    def take(self, size: int) -> tuple[NDArray[np.uint8], int]:
        """Return the next `size` bytes of the turn, and how many bytes were made for it."""
        start, self.used = self.used, self.used + -(-size // CACHE_LINE) * CACHE_LINE
        self.most = max(self.most, self.used)
        made = 0
        if self.used > len(self._block):
            # Arrays of turns before keep the old block, so it had better be wide enough at once.
            made = max(self.used, self.width)
            self.made += made
            self._block = _aligned(made)
        return self._block[start : start + size], made


class Buffers:
    """Makes the buffers of a plan, aligned to cache lines, and counts their bytes.

    Without lanes every buffer has memory of its own, and keeps what was last written to it.
    """

    def __init__(self, dtype: DTypeLike = np.float32, *, lanes: bool = False) -> None:
        self.dtype = np.dtype(dtype)
        self.nbytes = 0
        self._lanes: dict[str, Lane] | None = {} if lanes else None
        self._constants: dict[float, Array] = {}

    def __call__(self, shape: Shape, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Return an array of zeros, C-contiguous, of the plan's dtype unless another is given."""
        kind = self.dtype if dtype is None else np.dtype(dtype)
        size = prod(shape) * kind.itemsize
        self.nbytes += size
        return _aligned(size).view(kind).reshape(shape)

    @property
    def needed(self) -> int:
        """Bytes that the buffers take where lanes have their full width from the start.

        Less than `nbytes` where a lane has grown: arrays of turns before keep what it had.
        """
        if self._lanes is None:
            return self.nbytes
        return self.nbytes - sum(lane.made - lane.most for lane in self._lanes.values())

    def passing(self, lane: str, shape: Shape) -> NDArray[Any]:
        """Return an array whose content is lost when the next array of the same lane is written."""
        if self._lanes is None:
            return self(shape)
        turn = self._lanes.setdefault(lane, Lane())
        turn.used = 0
        return self._from(turn, shape, self.dtype)

    def scratch(self, shape: Shape, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Return an array for one call of a layer; between two calls its content is lost."""
        kind = self.dtype if dtype is None else np.dtype(dtype)
        if self._lanes is None:
            return self(shape, kind)
        return self._from(self._lanes.setdefault("scratch", Lane()), shape, kind)

    def widen(self, trial: Buffers) -> None:
        """Make lanes, when they are first used, as wide as a trial needed them."""
        if self._lanes is None or trial._lanes is None:
            return
        for name, lane in trial._lanes.items():
            own = self._lanes.setdefault(name, Lane())
            own.width = max(own.width, lane.most)

    def next_layer(self) -> None:
        """Begin a layer: its scratch may lie where the scratch of the one before lies."""
        if self._lanes is not None and "scratch" in self._lanes:
            self._lanes["scratch"].used = 0

    def apart(self) -> Buffers:
        """Return a maker without lanes, for a layer inside a layer; its bytes are `take`n later."""
        return Buffers(self.dtype) if self._lanes is not None else self

    def take(self, other: Buffers) -> None:
        """Count what another maker has made."""
        if other is not self:
            self.nbytes += other.nbytes

    def constant(self, value: float, shape: Shape) -> Array:
        """Return an array full of `value`, which nobody writes to."""
        size = prod(shape)
        found = self._constants.get(value)
        if found is None or size > found.size:
            self._constants[value] = found = self((size,))
            found.fill(value)
        return found[:size].reshape(shape)

    def _from(self, lane: Lane, shape: Shape, kind: np.dtype[Any]) -> NDArray[Any]:
        block, made = lane.take(prod(shape) * kind.itemsize)
        self.nbytes += made
        return block.view(kind).reshape(shape)


def _aligned(size: int) -> NDArray[np.uint8]:
    """Return zeros from a cache line on."""
    if size >= MAPPED and sys.platform == "linux":
        return _mapped(size)
    block = np.zeros(size + CACHE_LINE, np.uint8)
    start = -block.ctypes.data % CACHE_LINE
    return block[start : start + size]


def _mapped(size: int) -> NDArray[np.uint8]:
    """Return zeros that are taken from the system page by page, when they are first written, and
    given back when the array is forgotten.

    A plan tries chunks of many sizes and runs one. From glibc's heap, where NumPy's arrays come
    from once a large one has been freed, the trials' memory would not go back: it lies in holes
    between what is kept, and has been written, since what is made again in a hole is cleared.
    """
    try:
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"no memory for a buffer of {size} bytes") from error
    if size >= HUGE:
        with suppress(OSError):  # a kernel without large pages
            memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, np.uint8)
