"""Folders of cross-validations, filled with drawn but realistic numbers; and data with groups or
in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from drawn_folders import begin, best, epochs_of, guesses, summarise, write

from cnnopt.config import load_config
from cnnopt.config.packed import BUILT_IN
from cnnopt.data.dataset import Dataset
from cnnopt.data.digits import digits
from cnnopt.data.timeline import Timeline

Table = list[dict[str, Any]]
OTHER = "wide-net-with-dropout"
KINDS = {
    "stratified": "corrected: folds share training rows",
    "holdout": "bootstrap over examples",
    "leave_one_out": "bootstrap over examples",
    "leave_one_group_out": "bootstrap over groups",
    "forward_chaining": "bootstrap over blocks of time, rough",
}


def make_cv(
    folder: Path,
    k: int = 5,
    repeats: int = 1,
    *,
    scheme: str = "stratified",
    changes: Sequence[str] = (),
    compare: bool = False,
    tune: bool = False,
    diverged: Sequence[int] = (),
) -> Path:
    """A cross-validation of the digits: `changes` are the config's, `diverged` numbers of folds."""
    generator = np.random.default_rng(3)
    named = [f"cv.scheme={scheme}", f"cv.repeats={repeats}"]
    folds = f"cv.folds={k if scheme in ('stratified', 'forward_chaining') else 'null'}"
    config = load_config(BUILT_IN, [*named, folds, *changes])
    begin(folder, config.resolved())
    data = digits()
    results: Table = []
    if tune:
        results += [_inner(folder, generator, fold) for fold in range(k)]
    first = {"stage": "outer"} if tune else {}
    models = [config.name, OTHER] if compare else [""]
    measured = []
    for name in models:
        table, rows = _folds(folder, generator, k, repeats, name, diverged, scheme)
        measured.append(table)
        results += [({"model": name} if name else {}) | first | row for row in rows]
    write(folder, results, "results.csv")
    predictions = [
        ({"model": name} if name else {}) | row
        for name in models
        for fold in range(min(k, 10))
        for row in guesses(generator, data, range(fold, 1797, k), repeat=0, fold=fold)
    ]
    write(folder, predictions, "predictions.csv")
    estimates = [_estimate(table, scheme) for table in measured]
    baseline = generator.normal(0.988, 0.003, k * repeats).tolist()
    baselines = [{"name": "1-nearest-neighbour", "mean": 0.988, "folds": baseline}]
    more = {"compare": _compared(config.name, estimates)} if compare else {}
    summarise(
        folder, command="cv", metric="accuracy", scheme=scheme, **estimates[0],
        baselines=baselines, baseline=baselines[0], **more,
    )  # fmt: skip
    return folder


def _inner(folder: Path, generator: np.random.Generator, fold: int) -> dict[str, Any]:
    trial = f"inner-{fold}"
    write(folder / "trials" / trial, epochs_of(generator, 40))
    return {"trial": trial, "stage": "inner", "repeat": 0, "fold": fold, "status": "completed"}


def _folds(
    folder: Path, generator: np.random.Generator, k: int, repeats: int, name: str,
    diverged: Sequence[int], scheme: str,
) -> tuple[Table, Table]:  # fmt: skip
    """Write a model's trials; return its fold table and its rows of results.csv."""
    table, results = [], []
    worse = 0.004 if name == OTHER else 0.0
    tested = 1 if scheme == "leave_one_out" else 359
    for index in range(k * repeats):
        repeat, fold = divmod(index, k)
        trial = f"{name}{index:03d}-r{repeat}-f{fold}"
        rows = epochs_of(generator, int(generator.integers(16, 30)))
        if name:
            begin(folder / "trials" / trial, {"name": name, "loss": {"cross_entropy": {}}})
        write(folder / "trials" / trial, rows)
        chosen = best(rows)
        summarise(folder / "trials" / trial, best_epoch=chosen)
        test = float(np.round(generator.normal(0.9865 - worse, 0.005) * 359) / 359)
        if tested == 1:
            test = float(generator.random() < 0.97)
        status = "diverged" if index in diverged else "completed"
        last = rows[chosen - 1]
        train, watched = last["train_accuracy"], last["validation_accuracy"]
        table.append({
            "repeat": repeat, "fold": fold, "status": status, "n_train": 1294,
            "n_validation": 144, "n_test": tested, "best_epoch": chosen,
            "generalization_gap": train - watched,
            "metrics": {
                "train": {"accuracy": train},
                "validation": {"accuracy": watched},
                "test": {"accuracy": 0.1 if status == "diverged" else test},
            },
        })  # fmt: skip
        results.append({"trial": trial, "repeat": repeat, "fold": fold, "status": status})
    return table, results


def _estimate(table: Table, scheme: str) -> dict[str, Any]:
    values = [fold["metrics"]["test"]["accuracy"] for fold in table]
    mean = float(np.mean(values))
    return {
        "folds": table, "mean": mean, "sd": float(np.std(values, ddof=1)) if values[1:] else None,
        "interval": [mean - 0.0074, mean + 0.0074], "interval_kind": KINDS[scheme],
    }  # fmt: skip


def _compared(name: str, estimates: Sequence[dict[str, Any]]) -> dict[str, Any]:
    difference = estimates[0]["mean"] - estimates[1]["mean"]
    kind, n = estimates[0]["interval_kind"], len(estimates[0]["folds"])
    return {
        "a": name, "b": OTHER, "n": n, "difference": difference, "interval_kind": kind,
        "interval": [difference - 0.005, difference + 0.005], "p": 0.2, "other": estimates[1],
        "verdict": f"{name} and {OTHER} are not distinguishable: {100 * difference:.2f} points "
        f"(-0.10 to 0.90), paired on the same {n} folds; {kind}.",
    }  # fmt: skip


def series(rows: int = 900, *, window: int = 24) -> Dataset:
    """Monthly values with a cycle of eleven years, to be forecast 12 months ahead."""
    generator = np.random.default_rng(6)
    t = np.arange(rows + window + 11)
    values = 80 * (1 + np.sin(2 * np.pi * t / 132)) * (1 + 0.3 * np.sin(t / 200))
    values += generator.normal(0, 8, len(t))
    first = np.arange(rows)
    x = values[first[:, None] + np.arange(window)][:, :, None]
    line = Timeline(
        series=np.zeros(rows, dtype=np.int64), first=first, origin=first + window - 1,
        last=first + window + 11, forecast=True, period=132,
        times=tuple(f"{1749 + m // 12}-{m % 12 + 1:02}" for m in first + window + 11),
    )  # fmt: skip
    y = np.append(values, 0.0)[line.last][:, None]
    return Dataset("sunspots", x, y, timeline=line)


def make_series_cv(
    folder: Path, k: int = 5, changes: Sequence[str] = (), baselines: int = 3
) -> Path:
    """Forward chaining over `series`, with what it is compared with."""
    generator = np.random.default_rng(7)
    cv = {"scheme": "forward_chaining", "folds": k}
    resolved = load_config({
        "name": "sunspots-cnn", "dataset": {"name": "regression", "validation": 0.15}, "cv": cv,
        "model": ["flatten", {"dense": 1}], "loss": "squared_error", "optimizer": "adam",
    }, changes).resolved()  # fmt: skip
    begin(folder, resolved)
    table, results = [], []
    for fold in range(k):
        trial, losses = f"f{fold}", np.exp(-0.3 * np.arange(1, 13)) * 4000 + 300 + 90 * fold
        rows = [
            {"epoch": e, "step": e * 9, "train_loss": loss, "train_mae": loss**0.5,
             "validation_loss": 1.2 * loss, "validation_mae": 1.1 * loss**0.5}
            for e, loss in enumerate(losses.tolist(), start=1)
        ]  # fmt: skip
        write(folder / "trials" / trial, rows)
        summarise(folder / "trials" / trial, best_epoch=12)
        mae = rows[-1]["train_mae"]
        table.append({
            "repeat": 0, "fold": fold, "status": "completed", "n_train": 150 * (fold + 1),
            "n_test": 150, "generalization_gap": rows[-1]["validation_loss"] - losses[-1],
            "metrics": {
                "train": {"loss": losses[-1], "mae": mae},
                "validation": {"loss": 1.2 * losses[-1], "mae": 1.1 * mae},
                "test": {"loss": 1.4 * losses[-1], "mae": 1.25 * mae},
            },
        })  # fmt: skip
        results.append({"trial": trial, "repeat": 0, "fold": fold, "status": "completed"})
    write(folder, results, "results.csv")
    named = {"last value": 47.0, "seasonal last value": 45.5, "linear autoregression": 26.2}
    found = [
        {"name": name, "mean": mean, "folds": generator.normal(mean, 3, k).tolist()}
        for name, mean in named.items()
    ][:baselines]
    summarise(
        folder, command="cv", metric="mae", scheme="forward_chaining", folds=table,
        mean=25.0, sd=3.1, interval=[21.9, 28.8], interval_kind=KINDS["forward_chaining"],
        baselines=found, baseline=found[0],
    )  # fmt: skip
    return folder


def grouped(rows: int = 1200, groups: int = 8) -> Dataset:
    """Windows of movements: rows of a person stand together, four kinds of movement."""
    generator = np.random.default_rng(8)
    owners = np.sort(generator.integers(0, groups, rows))
    y = np.minimum(3, (generator.random(rows) * 4 * (1 + owners / groups) / 2).astype(np.int64))
    names = tuple(f"person {index + 1}" for index in range(groups))
    kinds = ("standing", "walking", "climbing stairs", "lying down")
    x = np.zeros((rows, 16, 3), dtype=np.float32)
    return Dataset("watch", x, y, kinds, groups=owners, group_names=names)
