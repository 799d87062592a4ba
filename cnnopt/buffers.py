"""The buffers of a plan: made once, aligned, counted."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnopt.arrays import Shape

CACHE_LINE = 64


class Buffers:
    """Makes the buffers of a plan, aligned to cache lines, and counts their bytes."""

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self.dtype = np.dtype(dtype)
        self.nbytes = 0

    def __call__(self, shape: Shape, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Return an array of zeros, C-contiguous, of the plan's dtype unless another is given."""
        kind = self.dtype if dtype is None else np.dtype(dtype)
        size = prod(shape) * kind.itemsize
        self.nbytes += size
        block = np.zeros(size + CACHE_LINE, np.uint8)
        start = -block.ctypes.data % CACHE_LINE
        return block[start : start + size].view(kind).reshape(shape)
