"""`range-test`: one training whose learning rate rises until the loss does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from math import isfinite, log10
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np

from cnnopt.build import Experiment
from cnnopt.config import Config
from cnnopt.errors import Diverged, Interrupted, UsageError
from cnnopt.network import Crew
from cnnopt.records import RunFolder, blas_warning, create_run
from cnnopt.training.events import StepDone, Stopped, Warned
from cnnopt.training.loop import Training
from cnnopt.trials.events import Listener, Plan, RunReady
from cnnopt.trials.outline import budget_of, outline
from cnnopt.trials.range_curve import (
    FEWEST_STEPS,
    Watch,
    geometric_rate,
    read,
    smoothed,
)
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import Trial, digest, load_data, numerics

COMMAND = "range-test"
TABLE = "range_test.csv"
EPOCHS, USUAL_STEPS = 2, 100


@dataclass(frozen=True)
class Range:
    """What rates to go through.

    Attributes:
        low: the first step's, above 0.
        high: the last step's, above `low`.
        steps: how many; None: two epochs' worth, at least 100.
    """

    low: float = 1e-6
    high: float = 10.0
    steps: int | None = None


@dataclass(frozen=True)
class Rising:
    """The learning rate itself, for an optimizer whose own is 1."""

    low: float
    high: float

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the rate of a step."""
        return geometric_rate(self.low, self.high, step, steps)


def check_range(wanted: Range) -> None:
    """Refuse rates that do not rise and too few steps.

    Raises:
        UsageError: one of them.
    """
    for name, rate in (("low", wanted.low), ("high", wanted.high)):
        if not (isfinite(rate) and rate > 0):
            raise UsageError(f"--{name}: must be a finite number above 0, got {rate:g}.")
    if wanted.low >= wanted.high:
        raise UsageError(
            f"--low: must be below --high, got {wanted.low:g} and {wanted.high:g}. "
            f"Use --low 1e-6 --high 10."
        )
    if wanted.steps is not None and wanted.steps < FEWEST_STEPS:
        raise UsageError(
            f"--steps: must be at least {FEWEST_STEPS}, got {wanted.steps}. Use 100 or more."
        )


def range_test(
    config: Config,
    config_input: str,
    runs_dir: Path,
    wanted: Range,
    *,
    threads: int,
    stop: Callable[[], bool],
    listener: Listener,
) -> Path:
    """Raise the rate step by step on the training part alone; return the run folder.

    Raises:
        UsageError, ConfigError, DataError: before anything is written.
        Interrupted: the table has the steps until then.
    """
    check_range(wanted)
    data = load_data(config)
    trial = prepare_trial(config, None, data)
    _, batches = budget_of(trial)
    steps = wanted.steps or max(USUAL_STEPS, EPOCHS * batches.per_pass)
    lines = outline(trial)[:-1]
    last = (
        f"training  {config.optimizer.kind}, rate from {wanted.low:g} to {wanted.high:g} in "
        f"{steps:,} steps, batches of {batches.size}, seed {config.seed}"
    )
    listener(Plan((*lines, last)))
    resolved, range_ = config.resolved(), asdict(replace(wanted, steps=steps))
    identity = digest({"trial": Trial(resolved).identity(data.fingerprint), "range": range_})
    meta = {
        "command": COMMAND,
        "seed": config.seed,
        "data": data.fingerprint,
        "numerics": list(numerics()),
        "range": range_,
    }
    with create_run(runs_dir, config.name, identity, resolved, config_input, meta) as run:
        listener(RunReady(run.path))
        if warning := blas_warning():
            listener(Warned(warning))
            run.log(f"warning: {warning}")
        rates = [geometric_rate(wanted.low, wanted.high, s + 1, steps) for s in range(steps)]
        watch = Watch(steps)
        try:
            why = _rise(trial, run, wanted, watch, threads, stop, listener)
        finally:
            _write_table(run, rates, watch.losses)
        run.write_summary(
            summary_head(run, COMMAND, "completed")
            | _result(rates, watch.losses, why)
            | {"notes": [*data.notes, *trial.notes]}
        )
    return run.path


def rising(experiment: Experiment, wanted: Range, steps: int) -> Experiment:
    """Return the experiment with the rising rate, and nothing that looks at rows of metrics."""
    training = experiment.training.model_copy(
        update={
            "steps": steps,
            "epochs": None,
            "evaluate_every": steps,
            "health": False,
            "fits": False,
        }
    )
    return replace(
        experiment,
        optimizer=replace(cast(Any, experiment.optimizer), learning_rate=1.0),
        schedule=Rising(wanted.low, wanted.high),
        plateau=None,
        stopping=None,
        average=None,
        training=training,
    )


def _rise(
    trial: Prepared,
    run: RunFolder,
    wanted: Range,
    watch: Watch,
    threads: int,
    stop: Callable[[], bool],
    listener: Listener,
) -> str:
    """Train until the last step or until the loss is too high, and return which it was.

    The row of metrics that training would make in the end is not waited for.
    """
    steps = watch.steps
    experiment = rising(trial.experiment, wanted, steps)
    task = replace(trial.task, parts={"train": trial.task.parts["train"]})
    with Crew(threads) as crew:
        training = Training(experiment, task, crew, None, stop)
        try:
            for event in training.events():
                listener(event)
                if isinstance(event, Stopped) and event.reason == "interrupted":
                    raise Interrupted(
                        f"Interrupted after step {event.step} of {steps}; {run.path / TABLE} has "
                        f"the steps until then. A range test is not gone on with: start it anew."
                    )
                if isinstance(event, StepDone):
                    if watch.take(event.loss):
                        return "too_high"
                    if event.step == steps:
                        break
        except Diverged as error:
            run.log(f"the range ended: {error}")
            return "not_finite"
    return "last_step"


def _write_table(run: RunFolder, rates: list[float], losses: list[float]) -> None:
    medians = smoothed(np.array(losses), len(rates)).tolist()
    found = zip(rates, losses, medians, strict=False)
    rows = [
        {"step": step, "learning_rate": rate, "loss": loss, "smoothed": median}
        for step, (rate, loss, median) in enumerate(found, 1)
    ]
    run.write_table(TABLE, rows)


def _result(rates: list[float], losses: list[float], why: str) -> dict[str, Any]:
    """Return the test's part of `summary.json`; a rate that the losses do not speak for is None."""
    made = len(losses)
    reading = read(np.array(losses), len(rates), log10(rates[-1] / rates[0]))
    # Of a loss that is not finite there is no row: it was met one step behind the last.
    ended = {"not_finite": made, "too_high": made - 1}.get(why)
    steepest = None if reading.steepest is None else rates[reading.steepest]
    return {
        "low": rates[0],
        "high": rates[-1],
        "planned_steps": len(rates),
        "steps": made,
        "lowest_loss_rate": None if reading.lowest is None else rates[reading.lowest],
        "steepest_rate": steepest,
        "fall_per_decade": None if reading.slope is None else -reading.slope,
        "suggested_rate": steepest,
        "diverged_at": None if ended is None else rates[ended],
        "ended_by": why,
    }
