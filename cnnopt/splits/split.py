"""A split: which rows train, validate and test. Disjoint, sorted row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cnnopt.arrays import Rows


def no_rows() -> Rows:
    """Return the rows of an empty part."""
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers per part, each ascending; no row is in two parts.

    Attributes:
        train: rows to train on, never empty.
        validation: rows for early stopping and selection; may be empty.
        test: rows used once, at the end; may be empty.
    """

    train: Rows
    validation: Rows = field(default_factory=no_rows)
    test: Rows = field(default_factory=no_rows)

    def parts(self) -> Mapping[str, Rows]:
        """Return the parts that have rows, in the order train, validation, test."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: rows for name, rows in named.items() if len(rows)}
