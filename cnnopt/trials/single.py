"""`train` and `resume`: one trial in a run folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnnopt.config import Config, dump_yaml, load_config, set_values
from cnnopt.config.schedules import OverTheBudget
from cnnopt.errors import CheckpointError, Diverged, UsageError
from cnnopt.files import write_atomic
from cnnopt.records import Record, RunFolder, blas_warning, create_run, load_run, open_run
from cnnopt.records.create import CONFIG
from cnnopt.records.run_folder import SUMMARY
from cnnopt.training.events import Snapshot, Warned
from cnnopt.trials.events import Listener, Plan, RunReady
from cnnopt.trials.outline import expected_seconds, outline, rough_time
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared, prepare_trial, run_trial
from cnnopt.trials.trial import Trial, digest, load_data, numerics

COMMAND = "train"


def train_config(
    config: Config,
    config_input: str,
    runs_dir: Path,
    *,
    threads: int,
    stop: Callable[[], bool],
    listener: Listener,
) -> Path:
    """Train once and return the run folder.

    Raises:
        ConfigError, DataError: before anything is written.
        Interrupted, Diverged: what was done until then is kept.
    """
    data = load_data(config)
    trial = prepare_trial(config, None, data)
    listener(Plan(_plan_lines(trial, threads)))
    resolved = config.resolved()
    identity = Trial(resolved).identity(data.fingerprint)
    meta = {
        "command": COMMAND,
        "seed": config.seed,
        "data": data.fingerprint,
        "numerics": list(numerics()),
    }
    with create_run(runs_dir, config.name, identity, resolved, config_input, meta) as run:
        listener(RunReady(run.path, data))
        _finish(trial, run, None, threads=threads, stop=stop, listener=listener)
    return run.path


def resume_training(
    folder: Path,
    *,
    epochs: int | None,
    threads: int,
    stop: Callable[[], bool],
    listener: Listener,
) -> None:
    """Go on with a run, to the same bits as if it had never stopped; or for longer.

    Args:
        epochs: train until so many epochs; None keeps the run's own budget.

    Raises:
        UsageError: the run is completed or diverged, or counts in steps.
        CheckpointError: it belongs to another data set, or is damaged.
        LockedError: another process is writing into it.
    """
    record = load_run(folder)
    config = _longer(record, epochs)
    data = load_data(config)
    if record.meta.get("data") != data.fingerprint:
        raise CheckpointError(
            f"{folder}: was trained on other data than `{config.dataset.name}` holds now. "
            f"Restore the data, or start anew with `cnnopt train`."
        )
    trial = prepare_trial(config, None, data)
    with open_run(folder) as run:
        listener(RunReady(folder, data))
        if run.meta.get("numerics") != list(numerics()):
            text = "The run was begun with other versions of cnnopt, NumPy or its BLAS: bits differ"
            listener(Warned(text))
            run.log(f"warning: {text}")
        checkpoint, warnings = run.checkpoint()
        for text in warnings:
            listener(Warned(text))
        if epochs is not None:
            _lengthen(run, config, data.fingerprint, 0 if checkpoint is None else checkpoint.rows)
            if isinstance(config.schedule, OverTheBudget):
                kind = config.schedule.kind
                text = f"The {kind} schedule follows the whole budget: the rate jumps back up"
                listener(Warned(text))
                run.log(f"warning: {text}")
        snapshot = None if checkpoint is None else checkpoint.snapshot
        if checkpoint is not None and checkpoint.rows in run.meta.get("lengthened", ()):
            # Early stopping begins its waiting anew where a run was made longer: it would stop
            # at once. Told from the folder, so that a kill changes nothing.
            numbers = {**checkpoint.snapshot.numbers, "patience_waited": 0}
            snapshot = Snapshot(checkpoint.snapshot.arrays, numbers)
        _finish(trial, run, snapshot, threads=threads, stop=stop, listener=listener)


def _lengthen(run: RunFolder, config: Config, fingerprint: str, rows: int) -> None:
    """Write into the folder that the run goes on for longer from `rows` rows of metrics on.

    The result before stays, as `summary-epochs-N.json`. A kill in between leaves either the old
    budget or the new one.
    """
    run.meta["lengthened"] = sorted({*run.meta.get("lengthened", ()), rows})
    trial = Trial(config.resolved()).identity(fingerprint)
    run.meta["identity"] = digest({"trial": trial, "lengthened": run.meta["lengthened"]})
    run.set_status("running")
    write_atomic(run.path / CONFIG, dump_yaml(config.resolved()))
    if (run.path / SUMMARY).exists():
        (run.path / SUMMARY).rename(run.path / f"summary-epochs-{rows}.json")


def _longer(record: Record, epochs: int | None) -> Config:
    """Return the run's config, with `epochs` for its budget where they are given."""
    folder = record.folder
    if record.status == "diverged":
        raise UsageError(
            f"{folder}: this run diverged and would again. Train anew with a smaller learning rate."
        )
    config = load_config(record.config)
    done = len(record.history.get("epoch", ()))
    if epochs is None:
        if record.status == "completed":
            raise UsageError(
                f"{folder}: this run is completed. Give --epochs N (more than {done}) to train "
                f"for longer."
            )
        return config
    if config.training.steps is not None:
        raise UsageError(
            f"{folder}: this run counts in steps ({config.training.steps}), --epochs does not "
            f"apply to it."
        )
    if epochs <= done:
        raise UsageError(
            f"--epochs: must be more than the {done} epochs that are done, got {epochs}."
        )
    return load_config(set_values(config.resolved(), [f"training.epochs={epochs}"]))


def _finish(
    trial: Prepared,
    run: RunFolder,
    snapshot: Snapshot | None,
    *,
    threads: int,
    stop: Callable[[], bool],
    listener: Listener,
) -> None:
    """Run the trial and write `summary.json`, also where it diverged."""
    if warning := blas_warning():
        listener(Warned(warning))
        run.log(f"warning: {warning}")
    try:
        result = run_trial(
            trial, run, threads=threads, stop=stop, listener=listener, snapshot=snapshot
        )
    except Diverged as error:
        run.write_summary(summary_head(run, COMMAND, "diverged") | {"error": str(error)})
        raise
    notes = {"notes": [*trial.data.notes, *trial.notes]}
    run.write_summary(summary_head(run, COMMAND, result.pop("status")) | result | notes)


def _plan_lines(trial: Prepared, threads: int) -> tuple[str, ...]:
    lines = outline(trial)
    try:
        seconds = expected_seconds(trial, threads)
    except Diverged:
        return lines  # the training itself is about to say so
    return (*lines, f"time      about {rough_time(seconds)} on {threads} thread(s)")
