"""What a split may know of the rows: labels, groups, order in time, official parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows


@dataclass(frozen=True, eq=False)
class Order:
    """Rows in order of time: each predicts a later sample from earlier ones.

    Attributes:
        origin: number of the last sample that a row's input sees, shape (N,): the moment at which
            it is predicted.
        last: number of the last sample that it needs, its target included, shape (N,).
    """

    origin: Rows
    last: Rows


@dataclass(frozen=True, eq=False)
class Examples:
    """All N rows of a data set, as a split sees them.

    Attributes:
        rows: how many there are.
        labels: class numbers, shape (N,), to stratify by; None for regression.
        groups: group numbers, shape (N,), such as writers or subjects; None where there are none.
        order: their place in time; None where there is none.
        official: rows of the parts that the makers fixed: `test`, `validation`.
    """

    rows: int
    labels: NDArray[Any] | None = None
    groups: NDArray[np.int64] | None = None
    order: Order | None = None
    official: Mapping[str, Rows] = field(default_factory=dict)

    def labels_of(self, rows: Rows) -> NDArray[Any] | None:
        """Return the labels of some rows."""
        return None if self.labels is None else self.labels[rows]
