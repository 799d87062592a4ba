"""`cv --tune`: nested cross-validation. Settings are chosen inside each fold's training part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from cnnopt.config import Config, load_config
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Fault
from cnnopt.metrics import higher_is_better
from cnnopt.splits import Place
from cnnopt.splits.names import CORRECTED
from cnnopt.studies.fold_plan import Folds
from cnnopt.studies.same_measure import check_measure
from cnnopt.studies.study import Planned
from cnnopt.studies.variants import placed
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.splitting import split_of
from cnnopt.trials.trial import Trial, decisive, digest

TUNE = "--tune"
FIXED = ("dataset", "cv", "seed")
"""Sections that no fold may choose for itself: the folds would not be the same any more."""

Changes = tuple[str, ...]


def candidates_of(tune: Mapping[str, Sequence[str]]) -> list[Changes]:
    """Return all combinations of values, each as changes of the config."""
    return list(product(*([f"{path}={v}" for v in values] for path, values in tune.items())))


def check_tuning(
    config: Config,
    tune: Mapping[str, Sequence[str]],
    folds: Folds,
    inner_folds: int,
    data: Dataset,
) -> None:
    """Raise where values that are tried make no config, or training parts no inner folds.

    Raises:
        ConfigError: said with the changes that lead to it, or with the fold.
    """
    if not tune:
        return
    for path, values in tune.items():
        if path.strip().split(".")[0] in FIXED:
            rule = "cannot be tuned: every fold must have the same data, folds and seed"
            raise ConfigError(Fault(TUNE, rule, path, "Tune the model or its training"))
        if not values:
            raise ConfigError(Fault(TUNE, "must have values to try", path, ""))
    for place in folds.places:
        for inside in _inner_places(place, inner_folds):
            with placed(f"inside {folds.label(place)}", {"cv.folds": "--inner-folds"}):
                split_of(config, inside, data)
    first = _inner_places(folds.places[0], inner_folds)[0]
    same: dict[str, Changes] = {}
    for changes in candidates_of(tune):
        said = " ".join(changes)
        with placed(f"{TUNE} {said}"):
            tried = load_config(config.resolved(), changes)
            check_measure(config, tried, bool(data.classes), said)
            prepare_trial(tried, first, data)
        if (earlier := same.setdefault(digest(decisive(tried.resolved())), changes)) != changes:
            given = f"{' '.join(earlier)} and {said}, which are the same"
            raise ConfigError(Fault(TUNE, "must have different values", given, "Remove one"))


def _inner_places(place: Place, inner_folds: int) -> list[Place]:
    return [replace(place, inner=inner, inner_folds=inner_folds) for inner in range(inner_folds)]


def inner_trials(
    config: Config, tune: Mapping[str, Sequence[str]], folds: Folds, inner_folds: int
) -> list[Planned]:
    """Return the trials that choose: by fold, by candidate, by inner fold; none without tuning."""
    if not tune:
        return []
    candidates = {
        changes: load_config(config.resolved(), changes) for changes in candidates_of(tune)
    }
    return [
        Planned(
            Trial(settings.resolved(), inside),
            ", ".join([f"{folds.label(place)}, inner {inner + 1}", *changes]),
            {
                "stage": "inner",
                "repeat": place.repeat,
                "fold": place.index,
                "inner": inner,
                "tuned": " ".join(changes),
            },
        )
        for place in folds.places
        for changes, settings in candidates.items()
        for inner, inside in enumerate(_inner_places(place, inner_folds))
    ]


def choose(
    tune: Mapping[str, Sequence[str]],
    folds: Folds,
    results: Sequence[Mapping[str, Any]],
    metric: str,
) -> list[tuple[Changes, float]]:
    """Return for each fold the changes with the best mean over its inner folds, and that mean.

    One that diverged on any inner fold is never chosen before one that did not. Inner folds on
    which the metric is undefined (the AUC of rows of one class) are left out of the means: it is
    undefined there for all that is tried.

    Args:
        tune: what was tried.
        folds: the outer folds.
        results: of `inner_trials`, in their order.
        metric: what decides.
    """
    candidates = candidates_of(tune)
    shape = (len(folds.places), len(candidates), -1)
    values = np.array([r["metrics"]["test"][metric] for r in results]).reshape(shape)
    stable = np.array([r["status"] != "diverged" for r in results]).reshape(shape).all(axis=2)
    counts = np.isfinite(values).sum(axis=2)
    sums = np.where(np.isfinite(values), values, 0.0).sum(axis=2)
    means = np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
    score = means if higher_is_better(metric) else -means
    best = np.where(stable & (counts > 0), score, -np.inf).argmax(axis=1)
    return [(candidates[i], float(means[fold, i])) for fold, i in enumerate(best)]


def summary(
    config: Config,
    folds: Folds,
    chosen: Sequence[tuple[Changes, float]],
    outer: Sequence[float],
    metric: str,
) -> dict[str, Any]:
    """Return what was chosen, how stable that is, and how much too good the inner values were.

    The optimism is the mean of inner minus outer values, counted as an advantage: positive where
    the values that the settings were chosen by promise more than the outer folds hold.

    Args:
        config: the model's, its `cv` complete.
        folds: the outer folds.
        chosen: by fold, changes and their inner mean.
        outer: by fold, the metric on its test part.
        metric: its name.
    """
    from cnnopt.statistics import corrected_interval

    sign = 1.0 if higher_is_better(metric) else -1.0
    inner = [mean for _, mean in chosen]
    gains = [sign * (i - o) for i, o in zip(inner, outer, strict=True)]
    counts = Counter(" ".join(changes) for changes, _ in chosen)
    interval = corrected_interval(gains, folds.ratio) if config.cv.scheme in CORRECTED else None
    return {
        "chosen": [
            {"repeat": place.repeat, "fold": place.index, "settings": list(changes), "inner": mean}
            for place, (changes, mean) in zip(folds.places, chosen, strict=True)
        ],
        "times_chosen": dict(counts.most_common()),
        "inner_mean": float(np.mean(inner)),
        "optimism": float(np.mean(gains)),
        "optimism_interval": None if interval is None else list(interval),
    }
