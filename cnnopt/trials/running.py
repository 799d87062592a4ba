"""`run_trial`: from a trial and a run folder to a result in the folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.build import Experiment, build
from cnnopt.config import Config
from cnnopt.config.training import Best
from cnnopt.data.dataset import Dataset, Part
from cnnopt.data.parts import prepare
from cnnopt.data.scaling import Scaler
from cnnopt.errors import ConfigError, Diverged, Interrupted
from cnnopt.losses import class_weights
from cnnopt.network import Crew
from cnnopt.records import RunFolder
from cnnopt.records.epochs import METRICS
from cnnopt.records.tables import read_history
from cnnopt.splits import Place
from cnnopt.training.events import Snapshot, Stopped
from cnnopt.training.gap import gap_error
from cnnopt.training.loop import Training
from cnnopt.training.task import Task, measure, measure_classes
from cnnopt.training.value_error import value_error
from cnnopt.trials.events import Listener
from cnnopt.trials.fit_word import as_summary, fit_of
from cnnopt.trials.label_noise import with_label_noise
from cnnopt.trials.result import (
    PER_CLASS,
    generalization_gap,
    prediction_rows,
    trivial_output,
)
from cnnopt.trials.schedule_check import check_schedule
from cnnopt.trials.splitting import split_of
from cnnopt.trials.turning import turned

PREDICTIONS = "predictions.csv"


@dataclass(frozen=True)
class Prepared:
    """A trial that is ready to run: nothing about it can be refused any more.

    Attributes:
        config: its settings.
        fold: its fold, or None.
        data: the data set.
        task: the parts, scaled.
        scaler: as fitted on the training part.
        experiment: network, loss, optimizer ...
        tests: whether the test part is looked at in the end.
        notes: what was done to the data and is worth saying beside a result.
    """

    config: Config
    fold: Place | None
    data: Dataset
    task: Task
    scaler: Scaler
    experiment: Experiment
    tests: bool = True
    notes: tuple[str, ...] = ()


def prepare_trial(
    config: Config, fold: Place | None, data: Dataset, *, tests: bool = True
) -> Prepared:
    """Split and scale the data and build the network.

    Raises:
        ConfigError: parts left empty, layers that do not fit, a loss that does not, a schedule
            that is longer than the training; each with its place in the config's file.
    """
    try:
        return _prepare(config, fold, data, tests)
    except ConfigError as error:
        raise ConfigError(*map(config.located, error.faults)) from error


def _prepare(config: Config, fold: Place | None, data: Dataset, tests: bool) -> Prepared:
    classification = bool(data.classes)
    experiment = build(config, data.input_shape, data.outputs, classification)
    split = split_of(config, fold, data)
    parts, scaler = prepare(data, split.parts(), config.dataset.scale, config.dataset.sort)
    check_schedule(config, len(parts["train"]))
    notes: tuple[str, ...] = ()
    if (noise := experiment.label_noise) is not None:
        parts["train"], note = with_label_noise(parts["train"], noise, data, experiment.split_seed)
        notes = (note,)
    weights = experiment.class_weights
    by_class = None if weights is None else class_weights(weights, parts["train"].y, data.outputs)
    task = Task(parts, classification, by_class)
    return Prepared(config, fold, data, task, scaler, experiment, tests, notes)


def run_trial(
    trial: Prepared,
    run: RunFolder,
    *,
    threads: int,
    stop: Callable[[], bool],
    listener: Listener,
    snapshot: Snapshot | None = None,
) -> dict[str, Any]:
    """Train, select, test once, and write all of it into the folder.

    Args:
        trial: what to run.
        run: the folder, held by this process.
        threads: of the engine; they change no bit of the result.
        stop: asked after every batch; True saves the state and raises `Interrupted`.
        listener: told everything that happens.
        snapshot: where to go on from.

    Returns:
        The trial's part of `summary.json`: status, metrics, selection, best_epoch, turned, epochs,
        steps, parameters, generalization_gap and its standard error, rows. `predictions.csv` is
        written,
        `summary.json` is left to the caller, who knows the command.

    Raises:
        Interrupted: `stop` said so; the state is saved.
        Diverged: loss or gradient became NaN or infinite; the last good checkpoint is kept.
    """
    run.extra = _facts_of(trial)
    with Crew(threads) as crew:
        training = Training(trial.experiment, trial.task, crew, snapshot, stop)
        end = None
        try:
            for event in training.events():
                run.record(event)
                listener(event)
                if isinstance(event, Stopped):
                    end = event
        except Diverged as error:
            run.log(f"diverged: {error}")
            raise
        if end is None or end.reason == "interrupted":
            raise Interrupted(
                f"Interrupted after step {training.state.step} of {training.budget.steps}; "
                f"everything up to there is saved. Go on with: {resume_command(run.path)}"
            )
        measured = _measured(trial, training.training_sample)
        result = _write_result(trial, run, measured, training.outputs)
        return {
            "status": "completed",
            **result,
            "best_epoch": training.selected_row,
            "turned": turned(read_history(run.path / METRICS)),
            "epochs": training.budget.row_of(training.state.step),
            "steps": training.state.step,
        }


def diverged_result(trial: Prepared, run: RunFolder, error: Diverged) -> dict[str, Any]:
    """Return the result of a diverged trial of a study, scored by the trivial predictor.

    `predictions.csv` is written as of any other trial.
    """
    task, outputs = trial.task, trial.data.outputs
    row = trivial_output(task.parts["train"], outputs, task.classification)
    if (outputs := trial.experiment.network.output_shape[0]) < len(row):
        row = row[1:] - row[:1]  # one output for two classes: the difference of their logits
    measured = _measured(trial, task.training_sample(trial.experiment.split_seed))
    result = _write_result(
        trial, run, measured, lambda part: np.broadcast_to(row, (len(part), outputs))
    )
    return {"status": "diverged", "error": str(error), **result, "best_epoch": 0, "epochs": 0}


def resume_command(folder: Path) -> str:
    """Return the command that goes on with the run in `folder`."""
    import shlex

    return f"cnnopt resume {shlex.quote(str(folder))}"


def _measured(trial: Prepared, training_sample: Part) -> dict[str, Part]:
    """Return the parts on which the result is measured."""
    left_out = {"train"} if trial.tests else {"train", "test"}
    others = {name: part for name, part in trial.task.parts.items() if name not in left_out}
    return {"train": training_sample} | others


def _write_result(
    trial: Prepared, run: RunFolder, measured: Mapping[str, Part], predict: Callable[[Part], Array]
) -> dict[str, Any]:
    """Measure all parts, and write the predictions on test (else validation, else training)."""
    shown = next(name for name in ("test", "validation", "train") if name in measured)
    metrics: dict[str, Mapping[str, Any]] = {}
    outputs_of: dict[str, Array] = {}
    for name, part in measured.items():
        outputs = outputs_of[name] = predict(part)
        chosen, names = trial.experiment.metrics, trial.data.classes
        values: dict[str, Any] = measure(outputs, part, trial.task, trial.experiment.loss, chosen)
        if by_class := measure_classes(outputs, part, trial.task, chosen, names):
            values[PER_CLASS] = by_class
        metrics[name] = values
        if name == shown:
            rows = prediction_rows(outputs, part, name, trial.data.classes)
            run.write_table(PREDICTIONS, rows)
    select = trial.config.training.select
    metric = select.metric if isinstance(select, Best) else "loss"
    where = "validation" if "validation" in metrics else "train"
    selection: dict[str, Any] = {"metric": metric, "value": metrics[where][metric]}
    if not trial.tests:  # it tunes: how sure its value is counts
        selection["error"] = value_error(
            metric,
            selection["value"],
            outputs_of[where],
            measured[where],
            trial.task,
            trial.experiment.loss,
        )
    fit = fit_of(
        measured, outputs_of, trial.task, trial.experiment.loss,
        by_class="accuracy" in metrics["train"], seed=trial.experiment.split_seed,
    )  # fmt: skip
    return {
        "metrics": metrics,
        "fit": None if fit is None else as_summary(fit),
        "selection": selection,
        "generalization_gap": generalization_gap(metrics),
        "generalization_gap_error": gap_error(
            measured, outputs_of, metrics, trial.task, trial.experiment.loss
        ),
        "parameters": trial.experiment.network.parameters,
        "rows": {name: len(part) for name, part in trial.task.parts.items()},
    }


def _facts_of(trial: Prepared) -> dict[str, Any]:
    """Return what a checkpoint says besides its state: enough to predict with it."""
    slots = trial.experiment.network.layout.slots
    return {
        "parameters": [
            {"name": s.name, "shape": list(s.parameter.shape), "offset": s.start} for s in slots
        ],
        "scaler": trial.scaler.to_json(),
        "classes": list(trial.data.classes),
        "input_shape": list(trial.data.input_shape),
        "outputs": trial.data.outputs,
        "value_range": trial.data.value_range,
        "columns": list(trial.data.columns),
        "selected": _selected(trial),
    }


def _selected(trial: Prepared) -> str:
    """Return the array of a checkpoint that holds the weights to predict with."""
    if trial.config.training.select.kind == "best" and "validation" in trial.task.parts:
        return "best_weights"
    return "weights" if trial.experiment.average is None else "average"
