"""Folds that leave out one: one row, or one group."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.errors import ConfigError, Fault
from cnnopt.splits.draw import class_codes


def leave_one_out(rows: int) -> list[Rows]:
    """Return the test rows of each fold: one row each, in order.

    Args:
        rows: number of examples n, at least 2.

    Raises:
        ConfigError: nothing would be left to train on.

    Example:
        >>> [fold.tolist() for fold in leave_one_out(3)]
        [[0], [1], [2]]
    """
    if rows < 2:
        rule = "leave_one_out needs at least 2 rows"
        raise ConfigError(Fault("cv.scheme", rule, str(rows), "Add data"))
    return list(np.arange(rows, dtype=np.int64)[:, None])


def leave_one_group_out(groups: NDArray[Any]) -> list[Rows]:
    """Return the test rows of each fold: one whole group each, in order of first appearance.

    Warning: scikit-learn's LeaveOneGroupOut has the same folds in the order of the groups' names;
    here another name for a group changes nothing.

    Args:
        groups: which group each row belongs to, by number or name, shape (n,).

    Raises:
        ConfigError: fewer than 2 groups.

    Example:
        >>> [fold.tolist() for fold in leave_one_group_out(np.array(["eve", "bob", "eve"]))]
        [[0, 2], [1]]
    """
    codes = class_codes(groups)
    number = int(codes.max(initial=-1)) + 1
    if number < 2:
        rule = "leave_one_group_out needs at least 2 groups"
        raise ConfigError(Fault("cv.scheme", rule, str(number), "Use scheme k_fold"))
    return [np.flatnonzero(codes == group) for group in range(number)]
