"""What the folds of a cross-validation say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.studies.fold_interval import Bounds, example_interval, mean_interval
from cnnopt.studies.fold_plan import Folds, facts_of
from cnnopt.studies.out_of_fold import Scores, pooled_value, scores_of

Predictions = Sequence[Mapping[str, Any]]
Results = Sequence[Mapping[str, Any]]


def estimate(
    config: Config, data: Dataset, folds: Folds, results: Results, predictions: Predictions,
    metric: str,
) -> dict[str, Any]:
    """Return mean, spread, interval and pooled value of one model over its folds.

    Args:
        config: the model's config, its `cv` complete.
        data: the data set.
        folds: all folds.
        results: of their trials, in the same order.
        predictions: out of fold, rows of `predictions.csv`.
        metric: what is compared.
    """
    values = [result["metrics"]["test"][metric] for result in results]
    scores = scores_of(config, data, predictions, metric)
    over_examples = example_interval(scores, data, config.dataset.split_seed)
    bounds = mean_interval(str(config.cv.scheme), values, folds.ratio, over_examples)
    return {
        "folds": [
            {
                "repeat": place.repeat,
                "fold": place.index,
                "status": result["status"],
                **facts_of(split, data),
                "best_epoch": result["best_epoch"],
                "metrics": result["metrics"],
                "generalization_gap": result.get("generalization_gap"),
            }
            for place, result, split in zip(folds.places, results, folds.splits, strict=True)
        ],
        "diverged": sum(result["status"] == "diverged" for result in results),
        "mean": float(np.mean(values)),
        "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "interval": _ends(bounds),
        "interval_kind": bounds.kind,
        "pooled": _pooled(config, data, predictions, metric, scores, over_examples),
    }


def diverged_note(folds: Folds, results: Results) -> list[str]:
    """Return a sentence about diverged folds, where there are any."""
    diverged = [
        folds.label(place)
        for place, result in zip(folds.places, results, strict=True)
        if result["status"] == "diverged"
    ]
    if not diverged:
        return []
    return [
        f"{len(diverged)} of {len(results)} folds diverged ({', '.join(diverged)}) and are scored "
        f"as the trivial predictor: the training part's shares of the classes, or its mean."
    ]


def _pooled(
    config: Config,
    data: Dataset,
    predictions: Predictions,
    metric: str,
    scores: Scores | None,
    bounds: Bounds,
) -> dict[str, Any]:
    value = (
        pooled_value(config, data, predictions, metric)
        if scores is None
        else float(np.mean(scores.values))
    )
    n = len({row["row"] for row in predictions})
    return {"value": value, "interval": _ends(bounds), "interval_kind": bounds.kind, "n": n}


def _ends(bounds: Bounds) -> list[float] | None:
    return None if bounds.interval is None else list(bounds.interval)
