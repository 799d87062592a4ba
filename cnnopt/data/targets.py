"""From a column of labels or numbers to class numbers or targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.checks import check_finite, real_array
from cnnopt.data.faults import data_error
from cnnopt.data.settings import Task

_MANY = 50  # so many different integers in half as many rows again are no class numbers


def encode_targets(
    file: Path, place: str, y: NDArray[Any], task: Task | None
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return y as int64 class numbers (N,) and their names; or float64 targets (N, T) and ().

    Args:
        file, place: where y comes from, for messages.
        y: text, integers, booleans or floats, shape (N,) or (N, T).
        task: None decides: one column of integers, booleans or text is classes, all else targets.

    Raises:
        DataError: values are not finite, no whole numbers where classes are wanted, one-hot, no
            numbers where targets are wanted; or so many integers that the guess would be wild.
    """
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim not in (1, 2):
        rule = "must have shape (N,), or (N, T) for several targets"
        raise data_error(file, rule, given=f"shape {y.shape}", place=place)
    classes = task == "classification" or (task is None and y.ndim == 1 and y.dtype.kind in "biuUS")
    if not classes:
        targets = real_array(file, place, y).astype(np.float64).reshape(len(y), -1)
        check_finite(file, place, targets)
        return targets, ()
    if y.ndim == 2:
        raise data_error(
            file,
            "must be one class number per row",
            given=f"shape {y.shape}",
            place=place,
            remedy="Turn one-hot rows to numbers with y.argmax(axis=1)",
        )
    numbers, names = _encode_classes(file, place, y)
    if task is None and y.dtype.kind in "iu" and len(names) > max(_MANY, len(y) // 2):
        raise data_error(
            file,
            "looks like a quantity, not like classes",
            given=f"{len(names)} different integers in {len(y)} rows",
            place=place,
            remedy="Say dataset.task: regression, or classification",
        )
    return numbers, names


def _encode_classes(
    file: Path, place: str, y: NDArray[Any]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Number the classes in ascending order: by value where all are numbers, else by text."""
    if y.dtype.kind == "f":
        check_finite(file, place, y)
        if (y != np.rint(y)).any():
            value = y[y != np.rint(y)][0]
            rule = "class numbers must be whole"
            remedy = "Say dataset.task: regression"
            raise data_error(file, rule, given=str(value), place=place, remedy=remedy)
        y = y.astype(np.int64)
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8")
    if y.dtype.kind not in "biuU":
        raise data_error(
            file, "must hold class numbers or names", given=f"dtype {y.dtype}", place=place
        )
    names, numbers = np.unique(y, return_inverse=True)
    if len(names) == 1:
        rule = "must have at least two classes"
        raise data_error(file, rule, given=f"only {names[0]}", place=place)
    return numbers.astype(np.int64).reshape(-1), tuple(str(name) for name in names)
