"""The two sides of a split: what is known when something is tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cnnopt.arrays import Rows

Parts = Mapping[str, Rows]
"""Row numbers per part: `train`, and `validation` and `test` where there are any."""


class Sides(NamedTuple):
    """Rows that are known, and rows that are tested then; disjoint, neither is empty.

    Attributes:
        known: rows that weights, settings or the moment to stop were chosen by.
        tested: rows that tell how good the choice is.
    """

    known: Rows
    tested: Rows


def sides_of(parts: Parts) -> list[Sides]:
    """Return training against validation, and both of them against test, where they are there."""
    known, found = parts["train"], []
    for name in ("validation", "test"):
        tested = parts.get(name, known[:0])
        if len(tested):
            found.append(Sides(known, tested))
            known = np.concatenate([known, tested])
    return found


def tested_rows(sides: Sequence[Sides]) -> Rows:
    """Return all rows that are tested, ascending, each once."""
    return np.unique(np.concatenate([_NONE, *(side.tested for side in sides)]))


def all_rows(sides: Sequence[Sides]) -> Rows:
    """Return all rows that take part, ascending, each once."""
    return np.unique(np.concatenate([_NONE, *(rows for side in sides for rows in side)]))


def members(sides: Sequence[Sides], rows: Rows) -> Iterator[Sides]:
    """Yield the sides, cut down to those of `rows`; sides that are left empty are left out."""
    for side in sides:
        known = side.known[np.isin(side.known, rows)]
        tested = side.tested[np.isin(side.tested, rows)]
        if len(known) and len(tested):
            yield Sides(known, tested)


_NONE: Rows = np.empty(0, dtype=np.int64)
