"""One split into train, validation and test, drawn by `split_seed`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.errors import ConfigError, Fault
from cnnopt.randomness import Key, stream
from cnnopt.splits.draw import but, draw, share_or_count
from cnnopt.splits.split import Split, no_rows


def holdout(
    rows: int,
    labels: NDArray[Any] | None,
    *,
    test: float | Literal["official"],
    validation: float | Literal["official"],
    split_seed: int,
    official_test: Rows | None = None,
    official_validation: Rows | None = None,
    limit: int | None = None,
) -> Split:
    """Return a split, stratified where there are labels.

    Shares and counts are of all rows that are to be split: all but an official test part that is
    in use. Three independent draws make the test part, the limit and the validation part, so
    another `validation` leaves the test part as it is.

    Args:
        rows: number of examples N.
        labels: class numbers, shape (N,), to stratify by; None for regression.
        test: a share in (0, 1), rounded up; a count (int; 0 = no test part); or `official`.
            Unless `official`, the official part is pooled with all other rows.
        validation: a share in (0, 1), rounded up, or a count (int; 0 = no validation part); or
            `official`. Unless `official`, such a part is pooled with the training rows.
        split_seed: which draw.
        official_test: rows of the official test part, if the data set has one.
        official_validation: those of the official validation part.
        limit: keep only so many rows beside the test part; a validation share shrinks with them.

    Raises:
        ConfigError: `official` without such a part; the parts leave no training rows, or none of
            some class.

    Example:
        >>> {k: len(v) for k, v in
        ...  holdout(10, None, test=0.2, validation=1, split_seed=0).parts().items()}
        {'train': 7, 'validation': 1, 'test': 2}
    """
    watched = official_part("validation", validation, official_validation)
    everything = but(np.arange(rows, dtype=np.int64), watched)
    side, test_rows = _test_part(everything, labels, test, split_seed, official_test)
    if validation == "official":
        split = Split(limited(side, labels, limit or len(side), split_seed), watched, test_rows)
        if labels is not None:
            check_classes(labels, split.train, np.arange(rows))
        return split
    pool = rows - len(test_rows) if test == "official" else rows
    validation_rows = share_or_count(validation, pool)
    if limit is not None and limit < len(side):
        if not isinstance(validation, int):
            validation_rows = -(-validation_rows * limit // len(side))
        side = limited(side, labels, limit, split_seed)
    if validation_rows >= len(side):
        raise _nothing_left(rows, test, validation, limit)
    drawn, train = draw(side, labels, validation_rows, stream(split_seed, "validation"))
    split = Split(train=train, validation=drawn, test=test_rows)
    if labels is not None:
        check_classes(labels, split.train, np.arange(rows))
    return split


def official_part(
    name: Literal["test", "validation"], setting: object, official: Rows | None
) -> Rows:
    """Return the rows of an official part where the setting says `official`, else none.

    Raises:
        ConfigError: the data set has no such part.
    """
    if setting != "official":
        return no_rows()
    if official is None or not len(official):
        rule, remedy = f"this data set has no official {name} part", "Use a share such as 0.2"
        raise ConfigError(Fault(f"dataset.{name}", rule, "official", remedy))
    return np.sort(official)


def limited(rows: Rows, labels: NDArray[Any] | None, limit: int, split_seed: int) -> Rows:
    """Return `limit` of `rows`, one of each class at least where `limit` allows; ascending."""
    if limit >= len(rows):
        return rows
    _, kept = draw(rows, labels, len(rows) - limit, stream(split_seed, "limit"))
    return kept


def validation_part(
    rows: Rows, labels: NDArray[Any] | None, validation: float, split_seed: int, *key: Key
) -> tuple[Rows, Rows]:
    """Return the validation part of `rows` (a share or count of them) and the others.

    Raises:
        ConfigError: no row would be left to train on.
    """
    count = share_or_count(validation, len(rows))
    if count >= len(rows):
        raise _nothing_left(len(rows), None, validation, None)
    return draw(rows, labels, count, stream(split_seed, *key))


def check_classes(labels: NDArray[Any], train: Rows, rows: Rows) -> None:
    """Raise where the training part lacks a class that stands in `rows`.

    Raises:
        ConfigError: more classes than training rows, or a class without one.
    """
    classes = len(set(labels[rows].tolist()))
    learnt = len(set(labels[train].tolist()))
    if classes == learnt:
        return
    if classes > len(train):
        rule = "there are more classes than samples to train on"
        given = f"{classes} classes and {len(train)} training rows"
    else:
        rule = "the training part must have a row of every class"
        given = f"{learnt} of {classes} classes in {len(train)} training rows"
    remedy = "Make dataset.test and dataset.validation smaller (or dataset.limit larger)"
    raise ConfigError(Fault("dataset", rule, given, remedy))


def _test_part(
    everything: Rows,
    labels: NDArray[Any] | None,
    test: float | Literal["official"],
    split_seed: int,
    official_test: Rows | None,
) -> tuple[Rows, Rows]:
    """Return the training side and the test part of the rows that may be in either."""
    if test == "official":
        test_rows = official_part("test", test, official_test)
        return but(everything, test_rows), test_rows
    count = share_or_count(test, len(everything))
    if count >= len(everything):
        raise _nothing_left(len(everything), test, 0, None)
    if count == 0:
        return everything, no_rows()
    test_rows, side = draw(everything, labels, count, stream(split_seed, "test"))
    return side, test_rows


def _nothing_left(
    rows: int, test: float | str | None, validation: float, limit: int | None
) -> ConfigError:
    """Word the fault of parts that leave no row to train on."""
    settings = {"test": test, "validation": validation, "limit": limit}
    given = ", ".join(f"{name} {value}" for name, value in settings.items() if value is not None)
    return ConfigError(
        Fault(
            "dataset",
            "test and validation must leave rows to train on (shares: test + validation < 1)",
            f"{given} of {rows} rows",
            "Make them smaller",
        )
    )
