"""`cv`: every fold is a trial; what they say together, with an honest interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.config import Config, set_values
from cnnopt.data import exact_duplicates, fit_scaler, make_part, one_nearest_neighbour
from cnnopt.data.dataset import Dataset
from cnnopt.metrics import for_task
from cnnopt.randomness import stream
from cnnopt.records import RunFolder
from cnnopt.records.tables import read_table
from cnnopt.splits import Scheme, Split, folds_of
from cnnopt.statistics import bootstrap_interval, corrected_interval
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study, result_row
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline
from cnnopt.trials.refit import refit
from cnnopt.trials.running import PREDICTIONS, prepare_trial
from cnnopt.trials.trial import Fold, Trial, load_data, split_of

COMMAND = "cv"


def cross_validate(
    config: Config,
    config_input: str,
    resources: Resources,
    *,
    final: bool = False,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Cross-validate and return the study's folder.

    Args:
        config: the base config; `config.cv` says which folds.
        config_input: its text as given.
        resources: where and how.
        final: then train the final model on all rows, in the study's folder `refit`.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        ConfigError: folds that do not fit the data.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    started = perf_counter()
    data = load_data(config)
    config = _with_scheme(config, data)
    planned = plan_folds(config)
    # Whatever is wrong with a fold or the model is said before anything is written.
    trial = prepare_trial(config, planned[0].trial.fold, data)
    resources.listener(Plan((*outline(trial), _folds_line(config))))
    options = {"refit": final}
    run = enter_study(
        COMMAND, config, config_input, options, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        results = runner.run("cross-validation", planned)
        rows = [result_row(runner.identity(p), p, r) for p, r in zip(planned, results, strict=True)]
        run.write_table(RESULTS, rows)
        predictions = _predictions(runner, planned)
        run.write_table(PREDICTIONS, predictions)
        summary = _summary(config, data, planned, results, predictions)
        if final:
            refit(config, data, run.path / "refit", resources.threads, stop=resources.stop)
            summary["refit"] = "refit"
        seconds = perf_counter() - started
        run.write_summary(_head(run, seconds) | summary)
    return run.path


def plan_folds(config: Config) -> list[Planned]:
    """Return the trials: all folds of all repetitions."""
    resolved = config.resolved()
    scheme, folds = cast(Scheme, config.cv.scheme), config.cv.folds
    return [
        Planned(
            Trial(resolved, Fold(scheme, folds, repeat, index)),
            f"fold {index + 1}" if config.cv.repeats == 1 else f"fold {repeat + 1}.{index + 1}",
            {"repeat": repeat, "fold": index},
        )
        for repeat in range(config.cv.repeats)
        for index in range(folds)
    ]


def _with_scheme(config: Config, data: Dataset) -> Config:
    """Return the config with the scheme that fits the data where it names none."""
    if config.cv.scheme is not None:
        return config
    from cnnopt.config import load_config

    scheme = "stratified" if data.classes else "k_fold"
    return load_config(set_values(config.resolved(), [f"cv.scheme={scheme}"]))


def _folds_line(config: Config) -> str:
    times = f", {config.cv.repeats} times" if config.cv.repeats > 1 else ""
    return f"folds     {config.cv.folds} folds, {config.cv.scheme}, shuffled{times}"


def _head(run: RunFolder, seconds: float) -> dict[str, Any]:
    return {
        "schema": 1,
        "command": COMMAND,
        "status": "completed",
        "seconds": seconds,
        "folder": str(run.path),
    }


def _predictions(runner: TrialRunner, planned: Sequence[Planned]) -> list[dict[str, Any]]:
    """Return all out-of-fold predictions, as the folds wrote them."""
    return [
        {**fold.row, **row}
        for fold in planned
        for row in read_table(runner.folder(fold) / PREDICTIONS)
    ]


def _summary(
    config: Config,
    data: Dataset,
    planned: Sequence[Planned],
    results: Sequence[Mapping[str, Any]],
    predictions: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    metric = "accuracy" if data.classes else "loss"
    values = [result["metrics"]["test"][metric] for result in results]
    splits = [split_of(config, fold.trial.fold, data) for fold in planned]
    ratio = np.mean([len(s.test) / (len(s.train) + len(s.validation)) for s in splits])
    sd = float(np.std(values, ddof=1))
    return {
        "metric": metric,
        "scheme": config.cv.scheme,
        "folds": [
            {
                **fold.row,
                "status": result["status"],
                "n_train": len(split.train),
                "n_validation": len(split.validation),
                "n_test": len(split.test),
                "best_epoch": result["best_epoch"],
                "metrics": result["metrics"],
                "generalization_gap": result.get("generalization_gap"),
            }
            for fold, result, split in zip(planned, results, splits, strict=True)
        ],
        "mean": float(np.mean(values)),
        "sd": sd,
        "interval": list(corrected_interval(values, float(ratio))),
        "pooled": _pooled(config, data, predictions),
        "baseline": _baseline(config, data, splits, metric),
        "audit": _audit(config, data, planned, results, splits),
        "notes": list(data.notes),
    }


def _pooled(
    config: Config, data: Dataset, predictions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the metric over all out-of-fold predictions, repetitions averaged per example."""
    scores: dict[int, list[float]] = {}
    for row in predictions:
        if data.classes:
            score = float(row["target"] == row["predicted"])
        else:
            outputs = range(data.outputs)
            pairs = [(float(row[f"target_{k}"]), float(row[f"predicted_{k}"])) for k in outputs]
            score = float(np.mean([(t - p) ** 2 for t, p in pairs]))
        scores.setdefault(int(row["row"]), []).append(score)
    examples = [float(np.mean(scores[row])) for row in sorted(scores)]
    generator = stream(config.dataset.split_seed, "pooled_interval")
    interval = bootstrap_interval(examples, generator=generator)
    return {"value": float(np.mean(examples)), "interval": list(interval), "n": len(examples)}


def _baseline(
    config: Config, data: Dataset, splits: Sequence[Split], metric: str
) -> dict[str, Any]:
    """Return one nearest neighbour on the same folds; it sees a fold's whole training part."""
    values = []
    for split in splits:
        known = np.sort(np.concatenate([split.train, split.validation]))
        scaler = fit_scaler(config.dataset.scale, data.x[known], data.value_range)
        train, test = make_part(data, known, scaler), make_part(data, split.test, scaler)
        guess = one_nearest_neighbour(train.x, train.y, test.x)
        if data.classes:
            accuracy = for_task(classification=True)["accuracy"]()
            accuracy.update(np.eye(data.outputs)[guess], test.y)
            values.append(accuracy.compute())
        else:
            values.append(float(np.mean(np.square(guess.astype(np.float64) - test.y))))
    return {"name": "1-nearest-neighbour", "folds": values, "mean": float(np.mean(values))}


def _audit(
    config: Config,
    data: Dataset,
    planned: Sequence[Planned],
    results: Sequence[Mapping[str, Any]],
    splits: Sequence[Split],
) -> list[dict[str, Any]]:
    """Return what was looked for and found: twins across folds, scaling fitted outside a fold."""
    tests = _tests_of(config, data)
    twins = exact_duplicates(data.x, tests)
    shown = ", ".join(f"{a} = {b}" for a, b in twins[:3])
    wrong = []
    for fold, result, split in zip(planned, results, splits, strict=True):
        expected = fit_scaler(config.dataset.scale, data.x[split.train], data.value_range)
        if expected.to_json() != result["scaler"]:
            wrong.append(fold.label)
    return [
        {
            "check": "exact duplicates across folds",
            "found": len(twins),
            "detail": f"rows {shown}" if twins else f"none among {sum(map(len, tests)):,} rows",
        },
        {
            "check": "scaling fitted outside the fold's training part",
            "found": len(wrong),
            "detail": ", ".join(wrong) if wrong else f"none of {len(splits)} folds",
        },
    ]


def _tests_of(config: Config, data: Dataset) -> list[Rows]:
    """Return the folds of the first repetition."""
    return folds_of(
        data.rows,
        data.y if data.classes else None,
        scheme=cast(Scheme, config.cv.scheme),
        folds=config.cv.folds,
        repeat=0,
        split_seed=config.dataset.split_seed,
        official_test=data.official.get("test"),
        limit=config.dataset.limit,
    )
