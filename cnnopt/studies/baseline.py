"""What a model has to beat, on the folds of a cross-validation: simple methods without training.

One nearest neighbour; for series the last value, the last value of the same season, and a linear
autoregression on the same window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.config import Config, load_config
from cnnopt.data import fit_scaler, make_part, one_nearest_neighbour
from cnnopt.data.dataset import Dataset, Part
from cnnopt.splits import Place
from cnnopt.studies.out_of_fold import value_of
from cnnopt.trials.executor import Job
from cnnopt.trials.splitting import split_of
from cnnopt.trials.trial import checked_data

NEIGHBOUR = "1-nearest-neighbour"
LINEAR = "linear autoregression"


def baseline_jobs(config: Config, data: Dataset, places: Sequence[Place], metric: str) -> list[Job]:
    """Return the jobs that measure the baselines, one per fold."""
    resolved = config.resolved()
    return [
        Job(f"{place.repeat}.{place.index}", on_fold, (resolved, data.fingerprint, place, metric))
        for place in places
    ]


def baselines(by_fold: Sequence[Mapping[str, float]]) -> list[dict[str, Any]]:
    """Return each baseline's value on each fold, and their mean.

    The first is the one that the data's kind is usually compared with.

    Args:
        by_fold: what the jobs returned.
    """
    return [
        {
            "name": name,
            "folds": [values[name] for values in by_fold],
            "mean": float(np.mean([values[name] for values in by_fold])),
        }
        for name in by_fold[0]
    ]


def on_fold(
    resolved: Mapping[str, Any],
    fingerprint: str,
    place: Place,
    metric: str,
    *,
    stop: Callable[[], bool],  # not asked: one search cannot go on from its middle
) -> dict[str, float]:
    """Return the metric of each baseline on a fold; they see its whole training part.

    Args:
        resolved: the config, as `Config.resolved()` gives it.
        fingerprint: of the study's data.
        place: which fold.
        metric: its name.
        stop: as of all jobs.

    Raises:
        DataError: the data are no longer those that the study began with.
    """
    config = load_config(resolved)
    data = checked_data(config, fingerprint)
    split = split_of(config, place, data)
    known = np.sort(np.concatenate([split.train, split.validation]))
    scaler = fit_scaler(config.dataset.scale, data.x[known], data.value_range)
    train, test = make_part(data, known, scaler), make_part(data, split.test, scaler)
    guesses = _forecasts(data, train, test) if data.ordered else _neighbour(train, test)
    return {name: _value(config, data, metric, guess, test.y) for name, guess in guesses.items()}


def linear_forecast(train: Part, test: Part) -> NDArray[np.float64]:
    """Return least-squares predictions (n, T) from all values of the window, and a constant.

    Of equally good weights the smallest are taken, as where a window has more values than there
    are rows.
    """
    x, known = _with_constant(test.x), _with_constant(train.x)
    weights = np.linalg.lstsq(known, train.y.astype(np.float64), rcond=None)[0]
    forecast: NDArray[np.float64] = x @ weights
    return forecast


def _neighbour(train: Part, test: Part) -> dict[str, NDArray[Any]]:
    return {NEIGHBOUR: one_nearest_neighbour(train.x, train.y, test.x)}


def _forecasts(data: Dataset, train: Part, test: Part) -> dict[str, NDArray[Any]]:
    assert data.timeline is not None
    naive = {name: values[test.rows] for name, values in data.timeline.naive.items()}
    return {**naive, LINEAR: linear_forecast(train, test)}


def _with_constant(x: NDArray[Any]) -> NDArray[np.float64]:
    flat = x.reshape(len(x), -1).astype(np.float64)
    return np.concatenate([flat, np.ones((len(flat), 1))], axis=1)


def _value(
    config: Config, data: Dataset, metric: str, guess: NDArray[Any], targets: NDArray[Any]
) -> float:
    """Return the metric of class numbers (n,) or targets (n, T).

    NaN for log_loss: a neighbour gives no probabilities.
    """
    if metric == "log_loss":
        return float("nan")
    outputs = np.eye(data.outputs)[guess] if data.classes else guess.astype(np.float64)
    return value_of(config, data, metric, outputs, targets)
