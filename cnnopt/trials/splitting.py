"""Which rows a trial trains on, validates with and tests: of the config's split, or of a fold."""

from __future__ import annotations

from collections.abc import Sequence

from cnnopt.arrays import Rows
from cnnopt.config import Config, load_config
from cnnopt.config.cv import with_scheme
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Fault
from cnnopt.splits import (
    Examples,
    Order,
    Place,
    Scheme,
    Sides,
    Split,
    check_scheme,
    fitting_scheme,
    fold_split,
    folds_of,
    holdout,
    pool_of,
)


def split_of(config: Config, place: Place | None, data: Dataset) -> Split:
    """Return the rows that train, validate and test.

    Args:
        config: its `cv` names a scheme where there is a place.
        place: which fold; None for the split that `dataset` asks for.
        data: the data set.

    Raises:
        ConfigError: the shares leave a part empty, or folds do not fit the rows.
    """
    if place is None:
        return _held_out(config, examples_of(data))
    return split_of_sides(config, place, data, sides_of(config, data, place.repeat))


def split_of_sides(config: Config, place: Place, data: Dataset, sides: Sequence[Sides]) -> Split:
    """Return the rows of a fold whose repetition has been split already.

    Args:
        config, place, data: as of `split_of`.
        sides: as `sides_of` returned them for the place's repetition.
    """
    settings = config.dataset
    return fold_split(
        examples_of(data),
        scheme_of(config),
        sides,
        place,
        split_seed=settings.split_seed,
        validation=settings.validation,
    )


def sides_of(config: Config, data: Dataset, repeat: int) -> list[Sides]:
    """Return what trains (inner validation included) and what is tested, of each fold.

    Args:
        config: its `cv` names a scheme.
        data: the data set.
        repeat: which repetition, from 0.
    """
    settings, examples = config.dataset, examples_of(data)
    pool = pool_of(
        examples,
        validation=settings.validation,
        split_seed=settings.split_seed,
        limit=settings.limit,
        kept=_kept(config, examples),
    )
    return folds_of(examples, scheme_of(config), pool, settings.split_seed, repeat)


def complete_cv(config: Config, data: Dataset) -> Config:
    """Return the config with the scheme that fits the data where it names none, checked.

    Raises:
        ConfigError: a scheme that is not for such data, or a setting that it has no use for.
    """
    examples = examples_of(data)
    cv = with_scheme(config.cv, config.cv.scheme or fitting_scheme(examples))
    # Loaded anew: what the text alone could not tell is judged with the scheme that now stands.
    complete = load_config(config.model_copy(update={"cv": cv}).resolved())
    name = config.dataset.name
    check_scheme(scheme_of(complete), examples, name, allow_leakage=cv.allow_leakage)
    if (kept := _kept(complete, examples)) is not None and not len(kept):
        rule = "has no effect: dataset.test is 0, there is no test part to keep"
        raise ConfigError(Fault("cv.keep_test", rule, "true", "Remove it, or set dataset.test"))
    return complete


def scheme_of(config: Config) -> Scheme:
    """Return the scheme of a config whose `cv` names one."""
    cv = config.cv
    assert cv.scheme is not None, "see complete_cv"
    return Scheme(cv.scheme, cv.folds or 1, cv.test, cv.window, cv.train, cv.gap, cv.shuffle)


def examples_of(data: Dataset) -> Examples:
    """Return what a split may know of a data set."""
    line = data.timeline
    order = None if line is None or not line.forecast else Order(line.origin, line.last)
    labels = data.y if data.classes else None
    return Examples(data.rows, labels, data.groups, order, data.official)


def _held_out(config: Config, examples: Examples) -> Split:
    settings = config.dataset
    return holdout(
        examples,
        test=settings.test,
        validation=settings.validation,
        split_seed=settings.split_seed,
        limit=settings.limit,
    )


def _kept(config: Config, examples: Examples) -> Rows | None:
    """Return the rows of `dataset.test`, where they are kept for the end."""
    return _held_out(config, examples).test if config.cv.keep_test else None
