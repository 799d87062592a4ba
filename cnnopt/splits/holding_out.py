"""One split into train, validation and test, drawn by `split_seed`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.errors import ConfigError, Fault
from cnnopt.randomness import Key, stream
from cnnopt.splits.draw import but, draw, share_or_count
from cnnopt.splits.examples import Examples
from cnnopt.splits.held_apart import group_holdout, last_block
from cnnopt.splits.split import Split, no_rows
from cnnopt.splits.time_order import before

TEST, VALIDATION = "dataset.test", "dataset.validation"


def holdout(
    examples: Examples,
    *,
    test: float | Literal["official"],
    validation: float | Literal["official"],
    split_seed: int,
    limit: int | None = None,
) -> Split:
    """Return a split: stratified where there are labels, of whole groups where there are groups,
    the last rows of all where they are in order of time.

    Shares and counts are of all rows that are to be split: all but an official test part that is
    in use. Three independent draws make the test part, the limit and the validation part, so
    another `validation` leaves the test part as it is. Rows in order of time are not drawn: the
    test part is the last block, the validation part the block before it, and what would not be
    known when a part is predicted is left out before it.

    Args:
        examples: all rows.
        test: a share in (0, 1), rounded up; a count (int; 0 = no test part); or `official`.
            Unless `official`, the official part is pooled with all other rows.
        validation: a share in (0, 1), rounded up, or a count (int; 0 = no validation part); or
            `official`. Unless `official`, such a part is pooled with the training rows.
        split_seed: which draw.
        limit: keep only so many rows beside the test part; a validation share shrinks with them.

    Raises:
        ConfigError: `official` without such a part; the parts leave no training rows, or none of
            some class.

    Example:
        >>> {k: len(v) for k, v in
        ...  holdout(Examples(10), test=0.2, validation=1, split_seed=0).parts().items()}
        {'train': 7, 'validation': 1, 'test': 2}
    """
    rows = examples.rows
    watched = official_part("validation", validation, examples)
    everything = but(np.arange(rows, dtype=np.int64), watched)
    side, test_rows = _test_part(everything, examples, test, split_seed)
    if validation == "official":
        return _checked(
            Split(limited(side, examples, limit or len(side), split_seed), watched, test_rows),
            examples,
        )
    pool = rows - len(test_rows) if test == "official" else rows
    validation_rows = share_or_count(validation, pool)
    if limit is not None and limit < len(side):
        if not isinstance(validation, int):
            validation_rows = -(-validation_rows * limit // len(side))
        side = limited(side, examples, limit, split_seed)
    if validation_rows >= len(side):
        raise _nothing_left(rows, test, validation, limit)
    generator = stream(split_seed, "validation")
    drawn, train = take(side, examples, validation_rows, generator, VALIDATION)
    drawn = before(drawn, test_rows, examples.order)
    train = before(train, np.concatenate([drawn, test_rows]), examples.order)
    return _checked(Split(train=train, validation=drawn, test=test_rows), examples)


def take(
    rows: Rows, examples: Examples, count: int, generator: np.random.Generator, path: str
) -> tuple[Rows, Rows]:
    """Return about `count` of `rows` and the others, as the kind of the data wants it.

    The last ones where rows are in order of time; whole groups where there are groups, at least
    `count` rows in all; else exactly `count`, stratified where there are labels.

    Args:
        rows: row numbers, ascending.
        examples: all rows.
        count: below the number of `rows`.
        generator: where a draw comes from.
        path: the setting that asks for it, for messages.
    """
    if examples.order is None and examples.groups is None:
        return draw(rows, examples.labels, count, generator)
    if examples.order is not None:
        sides = last_block(len(rows), count, path)
    else:
        assert examples.groups is not None
        sides = group_holdout(examples.groups[rows], count, generator, path)
    return rows[sides.test], rows[sides.train]


def official_part(name: Literal["test", "validation"], setting: object, examples: Examples) -> Rows:
    """Return the rows of an official part where the setting says `official`, else none.

    Raises:
        ConfigError: the data set has no such part.
    """
    if setting != "official":
        return no_rows()
    official = examples.official.get(name)
    if official is None or not len(official):
        rule, remedy = f"this data set has no official {name} part", "Use a share such as 0.2"
        raise ConfigError(Fault(f"dataset.{name}", rule, "official", remedy))
    return np.sort(official)


def limited(rows: Rows, examples: Examples, limit: int, split_seed: int) -> Rows:
    """Return `limit` of `rows`, ascending; the last ones where rows are in order of time.

    Else they are drawn: one of each class at least where `limit` allows; single rows, not groups.
    """
    if limit >= len(rows):
        return rows
    if examples.order is not None:
        return rows[len(rows) - limit :]
    _, kept = draw(rows, examples.labels, len(rows) - limit, stream(split_seed, "limit"))
    return kept


def validation_part(
    side: Rows, examples: Examples, validation: float, split_seed: int, *key: Key
) -> tuple[Rows, Rows]:
    """Return the validation part of `side` (a share or count of its rows) and what trains.

    Raises:
        ConfigError: no row would be left to train on.
    """
    count = share_or_count(validation, len(side))
    if count >= len(side):
        raise _nothing_left(len(side), None, validation, None)
    drawn, train = take(side, examples, count, stream(split_seed, *key), VALIDATION)
    return drawn, before(train, drawn, examples.order)


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


def check_train(split: Split) -> Split:
    """Return the split where it has rows to train on.

    Raises:
        ConfigError: it has none: all lie too near to the rows that they would lead to.
    """
    if not len(split.train):
        rule = "no row to train on is known before the tested ones"
        remedy = "Make the parts smaller, or dataset.window and dataset.horizon shorter"
        raise ConfigError(Fault("dataset", rule, "", remedy))
    return split


def _checked(split: Split, examples: Examples) -> Split:
    if examples.labels is not None:
        check_classes(examples.labels, split.train, np.arange(examples.rows))
    return check_train(split)


def _test_part(
    everything: Rows,
    examples: Examples,
    test: float | Literal["official"],
    split_seed: int,
) -> tuple[Rows, Rows]:
    """Return the training side and the test part of the rows that may be in either."""
    if test == "official":
        test_rows = official_part("test", test, examples)
        return but(everything, test_rows), test_rows
    count = share_or_count(test, len(everything))
    if count >= len(everything):
        raise _nothing_left(len(everything), test, 0, None)
    if count == 0:
        return everything, no_rows()
    test_rows, side = take(everything, examples, count, stream(split_seed, "test"), TEST)
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
