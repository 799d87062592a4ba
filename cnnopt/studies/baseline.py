"""One nearest neighbour on the folds of a cross-validation: what a model has to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cnnopt.config import Config, load_config
from cnnopt.data import fit_scaler, make_part, one_nearest_neighbour
from cnnopt.data.dataset import Dataset
from cnnopt.studies.out_of_fold import neighbour_value
from cnnopt.trials.executor import Job, Workforce
from cnnopt.trials.trial import Fold, checked_data, split_of


def baseline(
    config: Config, data: Dataset, folds: Sequence[Fold], metric: str, force: Workforce
) -> dict[str, Any]:
    """Return the baseline's value on each fold, and their mean; the workers share the folds."""
    resolved = config.resolved()
    jobs = [
        Job(f"{fold.repeat}.{fold.index}", on_fold, (resolved, data.fingerprint, fold, metric))
        for fold in folds
    ]
    values = force.results(jobs)
    return {"name": "1-nearest-neighbour", "folds": values, "mean": float(np.mean(values))}


def on_fold(
    resolved: Mapping[str, Any],
    fingerprint: str,
    fold: Fold,
    metric: str,
    *,
    stop: Callable[[], bool],  # not asked: one search cannot go on from its middle
) -> float:
    """Return the metric of one nearest neighbour on a fold; it sees the whole training part.

    Args:
        resolved: the config, as `Config.resolved()` gives it.
        fingerprint: of the study's data.
        fold: which one.
        metric: its name.
        stop: as of all jobs.

    Raises:
        DataError: the data are no longer those that the study began with.
    """
    config = load_config(resolved)
    data = checked_data(config, fingerprint)
    split = split_of(config, fold, data)
    known = np.sort(np.concatenate([split.train, split.validation]))
    scaler = fit_scaler(config.dataset.scale, data.x[known], data.value_range)
    train, test = make_part(data, known, scaler), make_part(data, split.test, scaler)
    guess = one_nearest_neighbour(train.x, train.y, test.x)
    return neighbour_value(config, data, metric, guess, test)
