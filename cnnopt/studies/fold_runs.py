"""Models run over the folds of a cross-validation: their trials and out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnopt.config import Config, load_config
from cnnopt.records.tables import read_table
from cnnopt.studies.fold_plan import Folds
from cnnopt.studies.rows import result_row
from cnnopt.studies.study import Planned, TrialRunner
from cnnopt.trials.running import PREDICTIONS
from cnnopt.trials.trial import Trial

Table = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Model:
    """One config that is cross-validated.

    Attributes:
        config: its settings, `cv` complete.
        name: what it is called where several are compared; else empty.
        chosen: by fold, the changes that were tuned for it; empty without tuning.
    """

    config: Config
    name: str = ""
    chosen: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, eq=False)
class Measured:
    """A model on all folds.

    Attributes:
        model: which.
        results: of its trials, by fold.
        rows: of `results.csv`.
        predictions: out of fold, rows of `predictions.csv`.
    """

    model: Model
    results: Sequence[Mapping[str, Any]]
    rows: Table
    predictions: Table

    def values(self, metric: str) -> list[float]:
        """Return a metric on the test part of each fold."""
        return [float(result["metrics"]["test"][metric]) for result in self.results]


def run_folds(
    runner: TrialRunner,
    models: Sequence[Model],
    folds: Folds,
    meanwhile: Callable[[], None] | None = None,
) -> list[Measured]:
    """Run every fold of every model, side by side, and return what came out.

    Raises:
        Interrupted, TrialsCrashed, WriteError: see `TrialRunner.run`.
    """
    planned = [_trials(model, folds) for model in models]
    everything = [trial for trials in planned for trial in trials]
    results = iter(runner.run("cross-validation", everything, meanwhile=meanwhile))
    measured = []
    for model, trials in zip(models, planned, strict=True):
        own = [next(results) for _ in trials]
        rows = [result_row(runner.identity(p), p, r) for p, r in zip(trials, own, strict=True)]
        predictions = [
            {**trial.row, **row}
            for trial in trials
            for row in read_table(runner.folder(trial) / PREDICTIONS)
        ]
        measured.append(Measured(model, own, rows, predictions))
    return measured


def _trials(model: Model, folds: Folds) -> list[Planned]:
    """Return the trials of a model, one per fold."""
    planned = []
    for number, place in enumerate(folds.places):
        config, row = model.config, {"repeat": place.repeat, "fold": place.index}
        first: dict[str, Any] = {"model": model.name} if model.name else {}
        if model.chosen:
            changes = model.chosen[number]
            config = load_config(config.resolved(), changes)
            first |= {"stage": "outer", **row, "inner": "", "tuned": " ".join(changes)}
        label = ", ".join(part for part in (model.name, folds.label(place)) if part)
        planned.append(Planned(Trial(config.resolved(), place), label, first | row))
    return planned
