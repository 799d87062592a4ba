"""k-fold cross-validation: plain and stratified folds, and a fold's three parts."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.errors import ConfigError, Fault
from cnnopt.randomness import stream
from cnnopt.splits.draw import but, class_codes
from cnnopt.splits.holding_out import (
    check_classes,
    limited,
    official_part,
    validation_part,
)
from cnnopt.splits.split import Split, no_rows

Scheme = Literal["stratified", "k_fold"]


def k_fold(rows: int, folds: int, generator: np.random.Generator | None) -> list[Rows]:
    """Return the test rows of each fold: disjoint, covering, sizes differ by at most 1.

    Args:
        rows: number of examples n.
        folds: 2 <= folds <= n.
        generator: shuffles; None: folds are blocks of neighbouring rows.

    Raises:
        ConfigError: fewer than 2 folds, or more than rows.

    Example:
        >>> [fold.tolist() for fold in k_fold(5, 2, None)]
        [[0, 1, 2], [3, 4]]
    """
    _check_folds(folds, rows, f"the {rows} rows")
    order = np.arange(rows) if generator is None else generator.permutation(rows)
    return [np.sort(part).astype(np.int64) for part in np.array_split(order, folds)]


def stratified(
    labels: NDArray[Any], folds: int, generator: np.random.Generator | None
) -> list[Rows]:
    """Return the test rows of each fold with the classes' ratios kept.

    The rows are sorted by class and dealt like cards, so sizes of folds differ by at most 1 and so
    do the counts of a class in them. Classes are known by first appearance: relabelling changes
    nothing.

    Args:
        labels: a label per row, shape (n,).
        folds: at least 2, at most the rows of the smallest class.
        generator: shuffles within classes; None: each class goes to the folds in order of rows.

    Raises:
        ConfigError: fewer than 2 folds, or more than the smallest class has rows.
    """
    codes = class_codes(labels)
    sizes = np.bincount(codes)
    names = labels[np.sort(np.unique(labels, return_index=True)[1])]
    smallest = int(np.argmin(sizes))
    of_class = f"the rows of the smallest class (number {names[smallest]}: {sizes[smallest]} rows)"
    _check_folds(folds, int(sizes[smallest]), of_class)
    by_class = np.argsort(codes, kind="stable")
    # Which folds the cards of each class went to, then put in order within the class.
    dealt = np.arange(len(codes)) % folds
    within = dealt[np.lexsort((dealt, codes[by_class]))]
    if generator is not None:
        starts = np.cumsum(sizes) - sizes
        for start, size in zip(starts, sizes, strict=True):
            within[start : start + size] = generator.permutation(within[start : start + size])
    fold_of = np.empty(len(codes), dtype=np.int64)
    fold_of[by_class] = within
    return [np.flatnonzero(fold_of == fold).astype(np.int64) for fold in range(folds)]


def folds_of(
    rows: int,
    labels: NDArray[Any] | None,
    *,
    scheme: Scheme,
    folds: int,
    repeat: int,
    split_seed: int,
    official_test: Rows | None = None,
    limit: int | None = None,
) -> list[Rows]:
    """Return the test rows of each fold of one repetition, shuffled by `split_seed`.

    Args:
        rows: number of examples N.
        labels: class numbers, shape (N,); None for regression.
        scheme: stratified (needs labels) or k_fold.
        folds: number of folds.
        repeat: which repetition, from 0; each shuffles anew.
        split_seed: which draw.
        official_test: rows that take no part: no fold has them, nothing is trained on them.
        limit: cross-validate only so many of the other rows.

    Raises:
        ConfigError: folds do not fit the rows; stratified without classes.
    """
    pool = np.arange(rows, dtype=np.int64)
    if official_test is not None and len(official_test):
        pool = but(pool, official_test)
    if limit is not None:
        pool = limited(pool, labels, limit, split_seed)
    generator = stream(split_seed, "fold", repeat)
    if scheme == "k_fold":
        return [pool[fold] for fold in k_fold(len(pool), folds, generator)]
    if labels is None:
        rule = "stratified needs classes, and this data set has targets"
        raise ConfigError(Fault("cv.scheme", rule, scheme, "Use k_fold"))
    return [pool[fold] for fold in stratified(labels[pool], folds, generator)]


def fold_split(
    rows: int,
    labels: NDArray[Any] | None,
    *,
    scheme: Scheme,
    folds: int,
    repeat: int,
    index: int,
    split_seed: int,
    validation: float | Literal["official"],
    official_test: Rows | None = None,
    official_validation: Rows | None = None,
    limit: int | None = None,
) -> Split:
    """Return fold `index`: its test part, an inner validation part, and what trains.

    The inner validation part (for early stopping and selection) is drawn from the fold's training
    part, never from its test part; stratified where there are labels.

    Args:
        rows, labels, scheme, folds, repeat, split_seed, official_test, limit: as in `folds_of`.
        index: which fold, 0 <= index < folds.
        validation: a share in (0, 1) of the fold's training part, rounded up, or a count (int);
            or `official`: every fold is watched on that part.
        official_validation: its rows; then no fold has them. Give None where they are to be
            pooled with the others.

    Raises:
        ConfigError: folds do not fit the rows, or a part is left empty.
    """
    watched = official_part("validation", validation, official_validation)
    tests = folds_of(
        rows,
        labels,
        scheme=scheme,
        folds=folds,
        repeat=repeat,
        split_seed=split_seed,
        official_test=apart(official_test, watched),
        limit=limit,
    )
    side = np.sort(np.concatenate([fold for i, fold in enumerate(tests) if i != index]))
    key = ("fold", repeat, index, "validation")
    inner, train = (
        (watched, side)
        if validation == "official"
        else validation_part(side, labels, validation, split_seed, *key)
    )
    if labels is not None and scheme == "stratified":
        check_classes(labels, train, side)
    return Split(train=train, validation=inner, test=tests[index])


def apart(*parts: Rows | None) -> Rows:
    """Return the rows of all official parts that take no part in the folds."""
    given = [part for part in parts if part is not None]
    return np.unique(np.concatenate(given)) if given else no_rows()


def _check_folds(folds: int, most: int, of_what: str) -> None:
    """Raise unless 2 <= folds <= most."""
    if folds < 2:
        rule = "must be at least 2: one fold leaves nothing to train on"
        raise ConfigError(Fault("cv.folds", rule, str(folds), "Use 5 or 10"))
    if folds > most:
        remedy = f"Use at most {most}" if most > 1 else "Merge or drop the class"
        raise ConfigError(Fault("cv.folds", f"must not exceed {of_what}", str(folds), remedy))
