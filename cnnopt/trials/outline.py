"""What will be trained, in a few lines, said before it starts; with the time it will take."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from cnnopt.config.settings import fields_of
from cnnopt.errors import Diverged
from cnnopt.network import Crew
from cnnopt.training.batches import Batches
from cnnopt.training.budget import Budget
from cnnopt.training.stepper import Stepper
from cnnopt.trials.running import Prepared

TIMED_STEPS = 4
"""Steps made on throw-away weights to tell how long one takes: the quickest counts."""


def outline(trial: Prepared) -> tuple[str, ...]:
    """Return lines about data, model and training."""
    data, settings, experiment = trial.data, trial.config.dataset, trial.experiment
    form = "x".join(map(str, data.input_shape)) or "1"
    what = f"{len(data.classes)} classes" if data.classes else f"{data.outputs} target(s)"
    parts = ", ".join(f"{name} {len(part):,}" for name, part in trial.task.parts.items())
    network = experiment.network
    kinds = " > ".join(entry.kind for entry in trial.config.model)
    budget, batches = budget_of(trial)
    optimizer, schedule = trial.config.optimizer, trial.config.schedule.kind
    return (
        f"data      {settings.name}: {data.rows:,} examples of {form}, {what}; "
        f"{parts} (split seed {settings.split_seed})",
        f"model     {kinds}",
        f"          {network.parameters:,} parameters, "
        f"{network.multiply_adds / 1e6:.2f} M multiply-additions an example",
        f"training  {optimizer.kind} {optimizer.learning_rate:g}, {schedule} rate, "
        f"batches of {batches.size}, {budget.steps:,} steps in {budget.rows} rows of metrics, "
        f"seed {trial.config.seed}",
        *_regularizers(trial),
    )


def _regularizers(trial: Prepared) -> tuple[str, ...]:
    """Return the line that names them, each with its settings where they are not the usual ones."""
    texts = []
    for entry in trial.config.regularizers:
        main = getattr(entry, entry.main, None) if entry.main else None
        others = [
            f"{name} {_plain(value)}"
            for name, field in fields_of(type(entry)).items()
            if name != entry.main
            and (value := getattr(entry, name)) != field.get_default()
            and value is not None
        ]
        texts.append(" ".join([entry.kind, *([] if main is None else [_plain(main)]), *others]))
    notes = [f"          {note}" for note in trial.notes]
    return (*([f"          regularizers: {', '.join(texts)}"] if texts else []), *notes)


def _plain(value: object) -> str:
    if isinstance(value, tuple):  # of names, or of entries that are named themselves
        return ", ".join(str(getattr(each, "kind", each)) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


@dataclass(frozen=True)
class Pace:
    """How long a training takes.

    Attributes:
        step: seconds of a step.
        row: seconds of measuring for a row of metrics.
    """

    step: float
    row: float


def expected_seconds(trial: Prepared, threads: int) -> float:
    """Return about how long the training will take, from a few steps on throw-away weights."""
    budget, _ = budget_of(trial)
    pace = measure_pace(trial, threads)
    return pace.step * budget.steps + pace.row * budget.rows


def measure_pace(trial: Prepared, threads: int) -> Pace:
    """Time a few steps on throw-away weights.

    Raises:
        Diverged: these steps did already.
    """
    budget, batches = budget_of(trial)
    train = trial.task.parts["train"]
    measured = 2 * len(trial.task.parts.get("validation", ()))
    with Crew(threads) as crew:
        stepper = Stepper(trial.experiment, train, batches, budget.steps, crew)
        seconds = []
        for step in range(1, min(TIMED_STEPS, budget.steps) + 1):
            started = perf_counter()
            stepper.step(step)
            seconds.append(perf_counter() - started)
    # A forward pass is a third of a step.
    return Pace(min(seconds), min(seconds) * measured / batches.size / 3)


def rough_time(seconds: float) -> str:
    """Return a time as people say it: `40 s`, `12 min`, `1.5 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def study_time(trial: Prepared, trials: int, jobs: int, threads: int) -> tuple[str, ...]:
    """Return the line that says how long a study of so many trials like this one takes."""
    try:
        seconds = expected_seconds(trial, threads) * -(-trials // jobs)
    except Diverged:
        return ()
    what = f"{jobs} worker(s)" if threads == 1 else f"{jobs} worker(s) of {threads} threads"
    return (f"time      about {rough_time(seconds)} for {trials} trials on {what}",)


def budget_of(trial: Prepared) -> tuple[Budget, Batches]:
    """Return the budget of a trial, and the batches that its training part makes."""
    settings = trial.config.training
    examples = len(trial.task.parts["train"])
    size = examples if settings.batch_size == "full" else settings.batch_size
    batches = Batches(examples, size, settings.shuffle, trial.config.seed)
    return Budget.of(settings, batches.per_pass), batches
