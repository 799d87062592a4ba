"""From a column of group names to group numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.faults import data_error


def encode_groups(file: Path, place: str, groups: NDArray[Any]) -> tuple[Rows, tuple[str, ...]]:
    """Return group numbers int64 (N,) and the groups' names in the order of their numbers.

    Args:
        file, place: where the groups come from, for messages.
        groups: integers or text, shape (N,) or (N, 1); numbered by value, or by text.

    Raises:
        DataError: another shape or type, or only one group.

    Example:
        >>> encode_groups(Path("a.npz"), "who", np.array(["bo", "al", "bo"]))
        (array([1, 0, 1]), ('al', 'bo'))
    """
    if groups.ndim == 2 and groups.shape[1] == 1:
        groups = groups[:, 0]
    if groups.ndim != 1:
        rule = "must be one group per row, shape (N,)"
        raise data_error(file, rule, given=f"shape {groups.shape}", place=place)
    if groups.dtype.kind == "S":
        groups = np.char.decode(groups, "utf-8")
    if groups.dtype.kind not in "biuU":
        rule = "groups must be integers or text"
        raise data_error(file, rule, given=f"dtype {groups.dtype}", place=place)
    names, numbers = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        rule, remedy = "must hold at least two groups", "Leave dataset.groups out"
        raise data_error(file, rule, given=f"only {names[0]}", place=place, remedy=remedy)
    return numbers.astype(np.int64).reshape(-1), tuple(str(name) for name in names)
