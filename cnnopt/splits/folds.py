"""Cross-validation: the folds of a scheme, and a fold's three parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.errors import ConfigError, Fault
from cnnopt.randomness import Key, stream
from cnnopt.splits.chaining import forward_chaining
from cnnopt.splits.draw import but, share_or_count
from cnnopt.splits.examples import Examples
from cnnopt.splits.group_folds import group_k_fold
from cnnopt.splits.holding_out import (
    check_classes,
    check_train,
    limited,
    official_part,
    take,
    validation_part,
)
from cnnopt.splits.leaving_out import leave_one_group_out, leave_one_out
from cnnopt.splits.names import IN_TIME, OF_GROUPS
from cnnopt.splits.row_folds import k_fold, stratified
from cnnopt.splits.scheme import Scheme, inner_scheme
from cnnopt.splits.shuffling import shuffle_split
from cnnopt.splits.sides import Sides
from cnnopt.splits.split import Split
from cnnopt.splits.stratified_group_folds import stratified_group
from cnnopt.splits.time_order import before

DEFAULT_TEST = 0.2
"""The test part of `holdout` and `shuffle` where none is given."""


@dataclass(frozen=True)
class Place:
    """Which fold: of which repetition, and of which fold inside it where one is tuned in.

    Attributes:
        repeat: which shuffling, from 0.
        index: which fold, from 0.
        inner: which of `inner_folds` folds of its training part; None: the fold itself.
        inner_folds: how many these are.
    """

    repeat: int
    index: int
    inner: int | None = None
    inner_folds: int = 0


def pool_of(
    examples: Examples,
    *,
    validation: float | Literal["official"] = 0,
    split_seed: int = 0,
    limit: int | None = None,
    kept: Rows | None = None,
) -> Rows:
    """Return the rows that take part in cross-validation, ascending.

    An official test part takes none, nor does an official validation part that every fold is
    watched on.

    Args:
        examples: all rows.
        validation: as of `fold_split`.
        split_seed: of the limit's draw.
        limit: cross-validate only so many rows.
        kept: rows of a test part that is kept for the end, in place of the official one.
    """
    watched = official_part("validation", validation, examples)
    pool = but(np.arange(examples.rows, dtype=np.int64), watched)
    apart = examples.official.get("test") if kept is None else kept
    if apart is not None and len(apart):
        pool = but(pool, np.sort(apart))
    return pool if limit is None else limited(pool, examples, limit, split_seed)


def folds_of(
    examples: Examples, scheme: Scheme, pool: Rows, split_seed: int, *key: Key
) -> list[Sides]:
    """Return both sides of each fold, as row numbers of the data set.

    In order of time a training row whose target is not known yet when the first tested row is
    predicted is left out.

    Args:
        examples: all rows.
        scheme: how to split them.
        pool: the rows that take part, ascending.
        split_seed: which draw.
        key: what else names it: the repetition.

    Raises:
        ConfigError: the scheme does not fit the rows.
    """
    generator = stream(split_seed, "fold", *key)
    sides = _sides(examples, scheme, pool, generator)
    order = examples.order if scheme.kind in IN_TIME else None
    return [Sides(before(train, test, order), test) for train, test in sides]


def _sides(
    examples: Examples, scheme: Scheme, pool: Rows, generator: np.random.Generator
) -> list[Sides]:
    labels = examples.labels_of(pool)
    groups = None if examples.groups is None else examples.groups[pool]
    folds, rows = scheme.folds, len(pool)
    shuffled = generator if scheme.shuffle else None
    match scheme.kind:
        case "holdout":
            count = share_or_count(DEFAULT_TEST if scheme.test is None else scheme.test, rows)
            if not 0 < count < rows:
                rule, given = "must leave rows on both sides", f"{scheme.test} of {rows} rows"
                raise ConfigError(Fault("cv.test", rule, given, "Use 0.2"))
            test, train = take(pool, examples, count, generator, "cv.test")
            return [Sides(train, test)]
        case "shuffle":
            share = DEFAULT_TEST if scheme.test is None else scheme.test
            parts = shuffle_split(rows, labels, folds, share, generator)
            return [Sides(pool[train], pool[test]) for train, test in parts]
        case "forward_chaining":
            size = None if scheme.test is None else share_or_count(scheme.test, rows)
            parts = forward_chaining(
                rows, folds, test=size, gap=scheme.gap, window=scheme.window, train=scheme.train
            )
            return [Sides(pool[train], pool[test]) for train, test in parts]
        case "k_fold":
            tests = k_fold(rows, folds, shuffled)
        case "leave_one_out":
            tests = leave_one_out(rows)
        case "stratified":
            assert labels is not None
            tests = stratified(labels, folds, shuffled)
        case "group":
            assert groups is not None
            tests = group_k_fold(groups, folds, shuffled)
        case "stratified_group":
            assert labels is not None
            assert groups is not None
            tests = stratified_group(labels, groups, folds, shuffled)
        case "leave_one_group_out":
            assert groups is not None
            tests = leave_one_group_out(groups)
    return [Sides(but(pool, pool[test]), pool[test]) for test in tests]


def fold_split(
    examples: Examples,
    scheme: Scheme,
    sides: Sequence[Sides],
    place: Place,
    *,
    split_seed: int,
    validation: float | Literal["official"],
) -> Split:
    """Return one fold: its test part, an inner validation part, and what trains.

    The inner validation part (for early stopping and selection) is drawn from the fold's training
    part, never from its test part: of whole groups where the scheme keeps groups whole, the last
    block where time runs forward, stratified where there are labels.

    Args:
        examples: all rows.
        scheme: checked by `check_scheme`.
        sides: of all folds of the place's repetition, as `folds_of` makes them.
        place: which fold.
        split_seed: which draw.
        validation: a share in (0, 1) of the fold's training part, rounded up, or a count (int);
            or `official`: every fold is watched on that part.

    Raises:
        ConfigError: folds do not fit the rows, or a part is left empty.
    """
    train, test = sides[place.index]
    key: tuple[Key, ...] = (place.repeat, place.index)
    if place.inner is not None:
        inside = inner_scheme(scheme, examples, place.inner_folds)
        key = (*key, "inner")
        train, test = folds_of(examples, inside, train, split_seed, *key)[place.inner]
        key = (*key, place.inner)
    alike = _as_split(examples, scheme)
    if validation == "official":
        split = Split(train, official_part("validation", validation, examples), test)
    else:
        names = ("fold", *key, "validation")
        watched, rest = validation_part(train, alike, validation, split_seed, *names)
        split = Split(rest, watched, test)
    if examples.labels is not None and scheme.kind in ("stratified", "stratified_group"):
        check_classes(examples.labels, split.train, train)
    return check_train(split)


def _as_split(examples: Examples, scheme: Scheme) -> Examples:
    """Return the rows as the scheme sees them: one that mixes groups mixes them inside as well."""
    return Examples(
        examples.rows,
        examples.labels,
        examples.groups if scheme.kind in (*OF_GROUPS, "holdout") else None,
        examples.order if scheme.kind in IN_TIME else None,
    )
