"""Tiny problems for cross-validation: plain rows, rows in groups, and a series in time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from small_problems import problem, rows_of

from cnnopt.api import Run
from cnnopt.config import Config, load_config
from cnnopt.data.dataset import Dataset
from cnnopt.studies.fold_plan import Folds, plan_folds
from cnnopt.trials.splitting import complete_cv
from cnnopt.trials.trial import load_data

LINEAR = [{"dense": "classes"}]
QUICK = {"epochs": 2, "batch_size": 16}
RATES = {"optimizer.adam.learning_rate": ["0.001", "0.1"]}
OVER_FOLDS = "corrected: folds share training rows"
OVER_EXAMPLES = "bootstrap over examples"
OVER_GROUPS = "bootstrap over groups"
OVER_BLOCKS = "bootstrap over blocks of time, rough"
"""The words for each kind of interval; they are in verdicts, too."""
SUBJECTS = ("anna", "ben", "cleo", "dora", "emil", "fritz")


def points(rows: int, classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs (rows, 4) and labels, as many of each class, that the first input tells of."""
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.arange(rows) % classes)
    x = generator.normal(size=(rows, 4))
    x[:, 0] += labels
    return x, labels


def plain(path: Path, rows: int = 60, **changes: Any) -> dict[str, Any]:
    """Return a problem of two classes, and write its data."""
    x, labels = points(rows)
    np.savez(path, x=x, y=labels)
    return problem(path, **{"model": LINEAR, "training": QUICK} | changes)


def members(rows: int) -> np.ndarray:
    """Return the number of the subject of each row: the later, the more rows."""
    return np.repeat(np.arange(6), np.arange(1, 7) * rows // 21)


def grouped(path: Path, **changes: Any) -> dict[str, Any]:
    """Return a problem of 84 rows of six subjects, who have 4, 8 ... 24 rows each."""
    x, labels = points(84)
    names = np.array(SUBJECTS)[members(84)]
    np.savez(path, x=x, y=labels, who=names)
    dataset = {"groups": "who"} | changes.pop("dataset", {})
    return problem(path, **{"model": LINEAR, "training": QUICK, "dataset": dataset} | changes)


def series(path: Path, samples: int = 66, horizon: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a problem of a noisy wave with a moment each year, windows of 5; write its data."""
    wave = np.sin(np.arange(samples) / 3) + np.random.default_rng(0).normal(0, 0.1, samples)
    lines = [f"{1900 + moment},{value:.6f}" for moment, value in enumerate(wave)]
    path.write_text("\n".join(["year,value", *lines]) + "\n")
    dataset = {"name": "series", "time": "year", "target": "value", "window": 5}
    dataset |= {"horizon": horizon} | changes.pop("dataset", {})
    own = {"model": ["flatten", {"dense": 1}], "loss": "squared_error", "training": QUICK}
    return problem(path, **own | {"dataset": dataset} | changes)


def rows_tested(study: Run) -> list[list[int]]:
    """Return the rows of `predictions.csv` by fold, of a study without repetitions."""
    rows = rows_of(study.folder, "predictions.csv")
    numbers = range(len(study.summary["folds"]))
    return [[row["row"] for row in rows if row["fold"] == number] for number in numbers]


def planned(given: dict[str, Any], *changes: str) -> tuple[Config, Dataset, Folds]:
    """Return the config with its scheme, its data and its folds."""
    config = load_config(given, changes)
    data = load_data(config)
    config = complete_cv(config, data)
    return config, data, plan_folds(config, data)


def looked_for(study: Run, what: str) -> dict[str, Any]:
    """Return the entry of the audit whose check begins with `what`."""
    (found,) = (entry for entry in study.summary["audit"] if entry["check"].startswith(what))
    return dict(found)
