"""What the folds of a cross-validation say together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.studies.fold_interval import Bounds, example_interval, mean_interval
from cnnopt.studies.fold_plan import Folds, facts_of
from cnnopt.studies.fold_runs import Measured
from cnnopt.studies.out_of_fold import Scores, pooled_value, scores_of


def estimate(data: Dataset, folds: Folds, measured: Measured, metric: str) -> dict[str, Any]:
    """Return mean, spread, interval and pooled value of one model over its folds.

    Args:
        data: the data set.
        folds: all folds.
        measured: the model on them.
        metric: what is compared.
    """
    config, results = measured.model.config, measured.results
    values = measured.values(metric)
    scores = scores_of(config, data, measured.predictions, metric)
    seed = config.dataset.split_seed
    over_examples = example_interval(scores, data, seed)
    bounds = mean_interval(str(config.cv.scheme), values, folds.ratio, over_examples, seed)
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
                "fit": result.get("fit"),
            }
            for place, result, split in zip(folds.places, results, folds.splits, strict=True)
        ],
        "diverged": sum(result["status"] == "diverged" for result in results),
        "mean": float(np.mean(values)),
        "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "interval": _ends(bounds),
        "interval_kind": bounds.kind,
        "pooled": _pooled(data, measured, metric, scores, over_examples),
    }


def notes_of(
    config: Config, data: Dataset, folds: Folds, measured: Sequence[Measured], metric: str
) -> list[str]:
    """Return what is worth saying beside the result: diverged folds, folds on which the metric is
    undefined, leakage allowed, the data's own notes.
    """
    notes = []
    for each in measured:
        diverged = [
            folds.label(place)
            for place, result in zip(folds.places, each.results, strict=True)
            if result["status"] == "diverged"
        ]
        if diverged:
            whose = f" of {each.model.name}" if each.model.name else ""
            notes.append(
                f"{len(diverged)} of {len(folds.places)} folds{whose} diverged "
                f"({', '.join(diverged)}) and are scored as the trivial predictor: the training "
                f"part's shares of the classes, or its mean."
            )
    if undefined := int(np.isnan(measured[0].values(metric)).sum()):
        notes.append(
            f"{metric} is undefined on {undefined} of {len(folds.places)} folds, and so is its "
            f"mean: their test parts have too few rows or classes. See the pooled value."
        )
    if config.cv.allow_leakage:
        notes.append(
            "cv.allow_leakage is true: where rows are in order of time, the future may have "
            "trained the past, and the result is then too good."
        )
    return notes + list(data.notes)


def _pooled(
    data: Dataset, measured: Measured, metric: str, scores: Scores | None, bounds: Bounds
) -> dict[str, Any]:
    predictions = measured.predictions
    value = (
        pooled_value(measured.model.config, data, predictions, metric)
        if scores is None
        else float(np.mean(scores.values))
    )
    n = len({row["row"] for row in predictions})
    return {"value": value, "interval": _ends(bounds), "interval_kind": bounds.kind, "n": n}


def _ends(bounds: Bounds) -> list[float] | None:
    return None if bounds.interval is None else list(bounds.interval)
