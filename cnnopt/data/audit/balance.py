"""The classes of each part: do their shares differ by more than chance, and is one missing?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.audit.finding import Finding, few, number
from cnnopt.data.audit.sides import Parts
from cnnopt.data.dataset import Dataset

LEVEL = 0.01
"""Chance that parts drawn at random are remarked on at all."""

FEWEST = 5.0
"""Rows of a class that each part must expect (Cochran 1954), for the test to hold."""


def class_balance(data: Dataset, parts: Parts) -> Finding:
    """Look for classes whose shares differ between the parts: a remark.

    For each class, Pearson's chi-square test of its rows against all others over the parts, at
    the level 0.01 over the number of classes (Bonferroni), where each part expects five rows of it
    or more; and whether a part has no row of it at all.

    Args:
        data: the data set.
        parts: row numbers per part.
    """
    check = "classes out of balance"
    if not data.classes:
        return Finding(check, 0, "does not apply: the data have targets, no classes", False)
    counts = np.stack([np.bincount(data.y[rows], minlength=len(data.classes))
                       for rows in parts.values()])  # (parts, classes)  # fmt: skip
    sizes = counts.sum(axis=1)
    chance = chances(counts)
    present = counts.sum(axis=0) > 0
    missing = (counts == 0) & present
    told = [
        _sentence(data.classes[k], list(parts), counts[:, k], sizes, missing[:, k])
        for k in range(len(data.classes))
        if missing[:, k].any() or chance[k] < LEVEL / max(1, int(present.sum()))
    ]
    if not told:
        looked = number(int(present.sum()), "class", "classes")
        return Finding(check, 0, f"none of {looked} in {number(len(parts), 'part')}", False)
    return Finding(check, len(told), few(told), False)


def chances(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each class how likely its counts differ so much by chance; NaN where untested.

    Args:
        counts: rows of each class in each part, shape (P, K).
    """
    from scipy.special import chdtrc

    sizes, totals = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
    expected = sizes * totals / sizes.sum()  # (P, K)
    others = sizes - expected
    fit = (np.minimum(expected, others) >= FEWEST).all(axis=0) & (len(counts) > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (counts - expected) ** 2 * (1 / expected + 1 / others)
    return np.where(fit, chdtrc(max(1, len(counts) - 1), terms.sum(axis=0)), np.nan)


def _sentence(
    name: str,
    parts: list[str],
    counts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    missing: NDArray[np.bool_],
) -> str:
    """Return `'cat' missing from test`, or `'cat' 10.0 % of train, 25.0 % of test`."""
    if missing.any():
        where = " and ".join(part for part, gone in zip(parts, missing, strict=True) if gone)
        return f"'{name}' missing from {where}"
    shares = (
        f"{100 * n / size:.1f} % of {part}"
        for part, n, size in zip(parts, counts, sizes, strict=True)
    )
    return f"'{name}' " + " and ".join(shares)
