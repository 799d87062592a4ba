"""The predictions of a classifier, as its `predictions.csv` holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PREFIX = "p_"


@dataclass(frozen=True)
class Guesses:
    """What a classifier said of n examples.

    Attributes:
        classes: the K classes' names.
        part: `test`, `validation`, or `out-of-fold` for a cross-validation.
        rows: rows of the data set, shape (n,).
        target: true class numbers, shape (n,).
        predicted: predicted class numbers, shape (n,).
        probabilities: shape (n, K).
    """

    classes: tuple[str, ...]
    part: str
    rows: NDArray[np.int64]
    target: NDArray[np.int64]
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float64]


def read_guesses(rows: Sequence[dict[str, str]]) -> Guesses | None:
    """Return the rows of `predictions.csv` as arrays; None for a regression or without rows."""
    if not rows:
        return None
    columns = [name for name in rows[0] if name.startswith(_PREFIX)]
    if not columns:
        return None
    classes = tuple(name.removeprefix(_PREFIX) for name in columns)
    numbers = {name: index for index, name in enumerate(classes)}
    return Guesses(
        classes=classes,
        part="out-of-fold" if "fold" in rows[0] else rows[0]["part"],
        rows=np.array([int(row["row"]) for row in rows]),
        target=np.array([numbers[row["target"]] for row in rows]),
        predicted=np.array([numbers[row["predicted"]] for row in rows]),
        probabilities=np.array([[float(row[name]) for name in columns] for row in rows]),
    )
