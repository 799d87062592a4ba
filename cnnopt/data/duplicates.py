"""Exact duplicates across folds: the same example on both sides of a split is leakage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows


def exact_duplicates(x: NDArray[Any], groups: Sequence[Rows]) -> list[tuple[int, int]]:
    """Return pairs of equal rows of `x` that lie in different groups.

    Each row is paired at most once as the later one, with the lowest row equal to it in another
    group: the length of the list is the number of examples that have an earlier twin elsewhere.

    Args:
        x: inputs, shape (N, *shape). -0.0 equals 0.0.
        groups: row numbers of each fold or part, disjoint.

    Returns:
        Pairs (earlier row, later row), by the later row.

    Example:
        >>> exact_duplicates(np.array([[1], [2], [1]]), [np.array([0, 1]), np.array([2])])
        [(0, 2)]
    """
    group_of = {int(row): number for number, rows in enumerate(groups) for row in rows}
    pairs: list[tuple[int, int]] = []
    # Per digest, the lowest row of the first two groups seen: one of them is another group.
    seen: dict[bytes, list[int]] = {}
    for row in sorted(group_of):
        firsts = seen.setdefault(_digest(x[row]), [])
        other = next((first for first in firsts if group_of[first] != group_of[row]), None)
        if other is not None:
            pairs.append((other, row))
        if len(firsts) < 2 and all(group_of[first] != group_of[row] for first in firsts):
            firsts.append(row)
    return pairs


def equal_rows(x: NDArray[Any], rows: Rows) -> NDArray[np.int64]:
    """Return for each of `rows` the first of them that holds an equal example.

    Args:
        x: inputs or targets, shape (N, *shape). -0.0 equals 0.0.
        rows: row numbers, shape (n,).

    Returns:
        Row numbers, shape (n,): two entries agree exactly where the examples do.

    Example:
        >>> equal_rows(np.array([[1], [2], [1]]), np.array([0, 1, 2])).tolist()
        [0, 1, 0]
    """
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(_digest(x[row]), int(row)) for row in rows], dtype=np.int64)


def _digest(example: NDArray[Any]) -> bytes:
    """128 bits of BLAKE2b: two different examples never agree in practice."""
    values = example if example.dtype.kind != "f" else example + 0.0
    return hashlib.blake2b(np.ascontiguousarray(values).data, digest_size=16).digest()
