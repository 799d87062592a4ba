"""The two types that every module speaks of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""An array of float32 (to train) or float64 (to check gradients)."""

Rows = NDArray[np.int64]
"""Row numbers of a data set, shape (n,)."""

Shape = tuple[int, ...]
"""A shape without the batch axis, channels last: (), (C,), (W, C), (H, W, C) or (D, H, W, C)."""
