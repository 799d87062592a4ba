"""`cv`: every fold is a trial; what they say together, with an honest interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.config import Config, set_values
from cnnopt.data import exact_duplicates, fit_scaler
from cnnopt.data.dataset import Dataset
from cnnopt.metrics import leading
from cnnopt.records.tables import read_table
from cnnopt.splits import Scheme, Split, apart, folds_of
from cnnopt.studies.baseline import baseline
from cnnopt.studies.out_of_fold import pooled
from cnnopt.studies.rows import result_row
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.trials.events import Plan
from cnnopt.trials.executor import Workforce
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.prediction import REFIT
from cnnopt.trials.result import summary_head
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
    data = load_data(config)
    config = _with_scheme(config, data)
    planned = plan_folds(config)
    # Whatever is wrong with a fold or the model is said before anything is written.
    trial = prepare_trial(config, planned[0].trial.fold, data)
    time = study_time(trial, len(planned), resources.force.workers, resources.threads)
    resources.listener(Plan((*outline(trial), _folds_line(config), *time)))
    options = {"refit": final}
    run = enter_study(
        COMMAND, config, config_input, options, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        results = runner.run("cross-validation", planned, meanwhile=_load_statistics)
        rows = [result_row(runner.identity(p), p, r) for p, r in zip(planned, results, strict=True)]
        run.write_table(RESULTS, rows)
        predictions = _predictions(runner, planned)
        run.write_table(PREDICTIONS, predictions)
        summary = _summary(config, data, planned, results, predictions, resources.force)
        run.write_summary(summary_head(run, COMMAND, "completed") | summary)
        if final:
            summary["refit"] = {
                "folder": REFIT,
                "status": runner.refit(_final(config, data), REFIT),
            }
            run.write_summary(summary_head(run, COMMAND, "completed") | summary)
    return run.path


def _final(config: Config, data: Dataset) -> Planned:
    """Return the training of the final model: on every row that the cross-validation used.

    There is no test part (an official one stays apart); the validation part remains, for
    selection and early stopping.
    """
    # Not the share that `dataset.test` may say: it would be drawn from the official rows too.
    test = "official" if "test" in data.official else "0"
    resolved = set_values(config.resolved(), [f"dataset.test={test}"])
    return Planned(Trial(resolved, tests=False), "final model, on all rows")


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
    scheme = "stratified" if data.classes else "k_fold"
    return config.model_copy(update={"cv": config.cv.model_copy(update={"scheme": scheme})})


def _load_statistics() -> None:
    """Load what the summary needs while the workers have enough to do: SciPy takes its time."""
    import cnnopt.statistics.intervals  # noqa: F401  (for its sake alone)


def _folds_line(config: Config) -> str:
    times = f", {config.cv.repeats} times" if config.cv.repeats > 1 else ""
    return f"folds     {config.cv.folds} folds, {config.cv.scheme}, shuffled{times}"


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
    force: Workforce,
) -> dict[str, Any]:
    from cnnopt.statistics import corrected_interval

    metric = leading(config.training.metrics, bool(data.classes))
    values = [result["metrics"]["test"][metric] for result in results]
    folds = [fold.trial.fold for fold in planned if fold.trial.fold is not None]
    splits = [split_of(config, fold, data) for fold in folds]
    ratio = np.mean([len(s.test) / (len(s.train) + len(s.validation)) for s in splits])
    sd = float(np.std(values, ddof=1))
    diverged = [p.label for p, r in zip(planned, results, strict=True) if r["status"] == "diverged"]
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
        "diverged": len(diverged),
        "mean": float(np.mean(values)),
        "sd": sd,
        "interval": list(corrected_interval(values, float(ratio))),
        "pooled": pooled(config, data, predictions, metric),
        "baseline": baseline(config, data, folds, metric, force),
        "audit": _audit(config, data, planned, results, splits),
        "notes": _notes(diverged, len(planned)) + list(data.notes),
    }


def _notes(diverged: Sequence[str], folds: int) -> list[str]:
    if not diverged:
        return []
    return [
        f"{len(diverged)} of {folds} folds diverged ({', '.join(diverged)}) and are scored as the "
        f"trivial predictor: the training part's shares of the classes, or its mean."
    ]


def _audit(
    config: Config,
    data: Dataset,
    planned: Sequence[Planned],
    results: Sequence[Mapping[str, Any]],
    splits: Sequence[Split],
) -> list[dict[str, Any]]:
    """Return what was looked for and found: twins across folds, scaling fitted outside a fold."""
    repeats = [_tests_of(config, data, repeat) for repeat in range(config.cv.repeats)]
    twins = sorted({pair for tests in repeats for pair in exact_duplicates(data.x, tests)})
    rows = sum(map(len, repeats[0]))
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
            "detail": f"rows {shown}" if twins else f"none among {rows:,} rows",
        },
        {
            "check": "scaling fitted outside the fold's training part",
            "found": len(wrong),
            "detail": ", ".join(wrong) if wrong else f"none of {len(splits)} folds",
        },
    ]


def _tests_of(config: Config, data: Dataset, repeat: int) -> list[Rows]:
    """Return the folds of one repetition."""
    official = config.dataset.validation == "official"
    watched = data.official.get("validation") if official else None
    return folds_of(
        data.rows,
        data.y if data.classes else None,
        scheme=cast(Scheme, config.cv.scheme),
        folds=config.cv.folds,
        repeat=repeat,
        split_seed=config.dataset.split_seed,
        official_test=apart(data.official.get("test"), watched),
        limit=config.dataset.limit,
    )
