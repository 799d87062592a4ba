"""A part held out that no random draw of rows may make: of whole groups, or the last rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.errors import ConfigError, Fault
from cnnopt.splits.draw import class_codes, share_or_count
from cnnopt.splits.sides import Sides


def group_holdout(
    groups: NDArray[Any],
    amount: float,
    generator: np.random.Generator,
    path: str = "dataset.test",
) -> Sides:
    """Return whole groups, drawn at random until they have at least so many rows; and the others.

    A group is the last one drawn when the rows suffice, so there may be more rows than asked, by
    less than one group. A draw that would take all groups is drawn again.

    Args:
        groups: which group each row belongs to, by number or name, shape (n,).
        amount: a share of the rows in [0, 1), rounded up, or a count (int); 0 = none.
        generator: where the draw comes from.
        path: the setting that asks for it.

    Raises:
        ConfigError: no whole group would be left to train on.
    """
    codes = class_codes(groups)
    count = _count(amount, len(codes), path)
    if count == 0:
        return _sides(np.zeros(len(codes), dtype=bool))
    sizes = np.bincount(codes)
    most = len(codes) - int(sizes.min())
    if count > most:
        rule = f"must leave a whole group to train on: at most {most} rows, of {len(sizes)} groups"
        remedy = f"Use a count up to {most}, or a smaller share" if most else "Give more groups"
        raise ConfigError(Fault(path, rule, _given(amount, count), remedy))
    while True:
        order = generator.permutation(len(sizes))
        taken = int(np.searchsorted(np.cumsum(sizes[order]), count)) + 1
        if taken < len(sizes):
            return _sides(np.isin(codes, order[:taken]))


def last_block(rows: int, amount: float, path: str = "dataset.test") -> Sides:
    """Return the last rows, for rows in order of time, as the test side; all before train.

    Args:
        rows: number of rows n, in order of time.
        amount: a share of them in [0, 1), rounded up, or a count (int); 0 = none.
        path: the setting that asks for it.

    Raises:
        ConfigError: no row would be left to train on.

    Example:
        >>> last_block(5, 0.3)
        Sides(train=array([0, 1, 2]), test=array([3, 4]))
    """
    count = _count(amount, rows, path)
    return _sides(np.arange(rows) >= rows - count)


def _count(amount: float, rows: int, path: str) -> int:
    """Return the count that `amount` means of `rows`, less than all of them."""
    count = share_or_count(amount, rows)
    if not 0 <= count < rows:
        rule = f"must be a share in [0, 1) or a count below the {rows} rows"
        raise ConfigError(Fault(path, rule, str(amount), "Use 0.2"))
    return count


def _given(amount: float, count: int) -> str:
    """Word an amount with the rows it means."""
    return str(amount) if isinstance(amount, int) else f"{amount} ({count} rows)"


def _sides(tested: NDArray[np.bool_]) -> Sides:
    """Return the two sides of a mask over the rows."""
    return Sides(np.flatnonzero(~tested), np.flatnonzero(tested))
