"""Splits of rows that have nothing but labels, called in one line."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnopt import splits
from cnnopt.splits import Examples, Place, Scheme, Split, pool_of
from cnnopt.splits.names import SchemeName


def plain(rows: int, labels: Any = None, **official: Any) -> Examples:
    """Return examples; `official` holds rows of official parts by name."""
    return Examples(rows, labels, official=official)


def folds_of(
    rows: int,
    labels: Any,
    *,
    scheme: SchemeName,
    folds: int,
    repeat: int,
    split_seed: int,
    limit: int | None = None,
    **official: Any,
) -> list[np.ndarray]:
    """Return the test rows of each fold of a repetition."""
    examples = plain(rows, labels, **official)
    validation = "official" if "validation" in official else 0
    pool = pool_of(examples, validation=validation, split_seed=split_seed, limit=limit)
    sides = splits.folds_of(examples, Scheme(scheme, folds), pool, split_seed, repeat)
    return [side.test for side in sides]


def fold_split(
    rows: int,
    labels: Any,
    *,
    scheme: SchemeName,
    folds: int,
    repeat: int,
    index: int,
    limit: int | None = None,
    split_seed: int = 0,
    validation: Any = 0.1,
    validation_rows: Any = None,
    **official: Any,
) -> Split:
    """Return the three parts of a fold."""
    if validation_rows is not None:
        official["validation"] = validation_rows
    examples, kind = plain(rows, labels, **official), Scheme(scheme, folds)
    pool = pool_of(examples, validation=validation, split_seed=split_seed, limit=limit)
    sides = splits.folds_of(examples, kind, pool, split_seed, repeat)
    return splits.fold_split(
        examples, kind, sides, Place(repeat, index), split_seed=split_seed, validation=validation
    )


def holdout(rows: int, labels: Any = None, **settings: Any) -> Split:
    """Return one split; `official_test` and `official_validation` are rows of such parts."""
    parts = ("test", "validation")
    official = {
        part: settings.pop(f"official_{part}") for part in parts if f"official_{part}" in settings
    }
    return splits.holdout(plain(rows, labels, **official), **settings)
