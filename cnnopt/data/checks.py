"""What every array from a file must be: real, finite, with rows, and with a channel axis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.blocks import row_blocks
from cnnopt.data.faults import data_error

FLOAT32_MAX = float(np.finfo(np.float32).max)
_RANGES = {"u1": 255.0, "u2": 65535.0}


def real_array(file: Path, place: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` in this machine's byte order (bool as int8) if it holds real numbers.

    Raises:
        DataError: text, dates, complex numbers or records.
    """
    if array.dtype.kind == "b":
        return array.astype(np.int8)  # and not uint8, which would look like pixels up to 255
    if array.dtype.kind not in "iuf":
        raise data_error(
            file,
            "must hold real numbers",
            given=f"dtype {array.dtype}",
            place=place,
            remedy="Turn it to numbers before saving",
        )
    if array.dtype.itemsize > 8:
        return array.astype(np.float64)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def check_finite(file: Path, place: str, array: NDArray[Any]) -> None:
    """Raise at the first row with NaN, infinity, or a number that float32 cannot hold.

    Raises:
        DataError: names that row (from 0), the value, and how many rows are so.
    """
    if array.dtype.kind != "f" or not array.size:
        return
    bad: list[int] = []
    for block in row_blocks(len(array), array.size // len(array)):
        usable = np.abs(array[block]) <= FLOAT32_MAX  # False for NaN as well
        if not usable.all():
            rows = ~usable.reshape(len(usable), -1).all(axis=1)
            bad.extend((np.flatnonzero(rows) + block.start).tolist())
    if not bad:
        return
    row = array[bad[0]].reshape(-1)
    value = row[~(np.abs(row) <= FLOAT32_MAX)][0]
    raise data_error(
        file,
        "must hold finite numbers that fit float32",
        given=f"{value} in row {bad[0]} ({len(bad)} of {len(array)} rows are so)",
        place=place,
        remedy="Fill the gaps or leave those rows out before saving",
    )


def with_channels(x: NDArray[Any], dimensions: int | None = None) -> NDArray[Any]:
    """Return `x` with a channel axis: where it has none, one of length 1 is added.

    Args:
        x: inputs, rows first.
        dimensions: axes in space, between rows and channels; None: values (N,) and grey images
            (N, H, W) get an axis, all else has one.
    """
    bare = x.ndim in (1, 3) if dimensions is None else x.ndim == dimensions + 1
    return x[..., None] if bare else x


def range_of(dtype: np.dtype[Any]) -> float | None:
    """Return the highest value of 8- and 16-bit images, None for any other dtype."""
    return _RANGES.get(f"{dtype.kind}{dtype.itemsize}")
