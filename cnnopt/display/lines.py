"""One plain line per epoch or trial, for logs and pipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnnopt.display.progress import Clock, StudyProgress, TrainingProgress, part_of
from cnnopt.display.words import count, duration, label, left, measure, number, short
from cnnopt.training.events import EpochDone, Event, Stopped, Warned
from cnnopt.trials.events import (
    Plan,
    RunReady,
    StudyEvent,
    StudyNote,
    StudyStarted,
    TrialDone,
    TrialStarted,
)

HEAD = 10  # columns of the word that a line of the plan begins with
ENDINGS = {
    "budget": "",
    "early_stopping": "Stopped early: no better epoch within the patience of early stopping.",
    "interrupted": "",
    "diverged": "",
}


class Lines:
    """A listener that writes lines.

    Args:
        write: takes one line, without its end.
        clock: seconds since some instant.
        verbose: write more figures, and a line when a trial starts.
    """

    def __init__(self, write: Callable[[str], None], clock: Clock, *, verbose: bool) -> None:
        self.write = write
        self.verbose = verbose
        self.training = TrainingProgress(clock)
        self.study = StudyProgress(clock)

    def __call__(self, event: Event | StudyEvent) -> None:
        """Write what the event says, if that is worth a line."""
        self.training.hear(event)
        self.study.hear(event)
        for line in self._lines(event):
            self.write(line)

    def _lines(self, event: Event | StudyEvent) -> list[str]:
        notice = notice_lines(event)
        if notice:
            return notice
        match event:
            case StudyStarted():
                return [study_line(event)]
            case TrialStarted() if self.verbose:
                return [f"trial {event.index}, {event.label}: started"]
            case TrialDone():
                return [trial_line(self.study, event, verbose=self.verbose)]
            case EpochDone() if self.study.started is None:
                return [epoch_line(self.training, event, verbose=self.verbose)]
            case _:
                return []


def notice_lines(event: Event | StudyEvent) -> list[str]:
    """Return the lines of those events that are said in the same words on every display."""
    match event:
        case Plan():
            return list(event.lines)
        case RunReady():
            return [f"{'run':{HEAD}}{event.folder}"]
        case Warned():
            return [f"warning: {event.message}"]
        case StudyNote():
            return [event.text]
        case Stopped():
            return [ENDINGS[event.reason]] if ENDINGS[event.reason] else []
        case _:
            return []


def epoch_line(progress: TrainingProgress, event: EpochDone, *, verbose: bool) -> str:
    """Return `epoch 3 of 20: loss 0.2134 (validation 0.2505), accuracy ..., best so far, ...`."""
    row, started = event.row, progress.started
    train, validation = part_of(row, "train"), part_of(row, "validation")
    parts = []
    for metric, value in train.items():
        text = f"{label(metric)} {measure(metric, value)}"
        if metric in validation:
            text += f" (validation {measure(metric, validation[metric])})"
        parts.append(text)
    if "penalty" in row:
        parts.append(f"penalty {number(row['penalty'])}")
    if progress.gap is not None:
        parts.append(f"gap {progress.gap.text} ({progress.gap.word})")
    if event.best and validation:
        parts.append("best so far")
    if verbose:
        parts.append(f"step {int(row['step'])}")
        parts.append(f"batch loss {number(row['batch_loss'])}")
        parts.append(f"learning rate {short(row['learning_rate'])}")
        parts.append(f"took {duration(sum(event.seconds.values()))}")
    total = started.epochs if started else int(row["epoch"])
    if started and progress.step < started.steps:
        parts.append(left(progress.seconds_left))
    width = len(str(total))
    return f"epoch {int(row['epoch']):{width}d} of {total}: " + ", ".join(filter(None, parts))


def study_line(event: StudyStarted) -> str:
    """Return `cv: 5 trials, 2 of them finished before`."""
    text = f"{event.command}: {count(event.trials, 'trial')}"
    return text + (f", {event.finished} of them finished before" if event.finished else "")


def trial_line(progress: StudyProgress, event: TrialDone, *, verbose: bool) -> str:
    """Return `trial 3 of 5, fold 3: accuracy 98.33 % on test, ..., took 4.1 s, about 8 s left`."""
    total = progress.started.trials if progress.started else event.index
    if event.status == "completed":
        parts = results(event.result, all_metrics=verbose)
        best = event.result.get("best_epoch")
        if best:
            parts.append(f"best epoch {int(best)} of {int(event.result.get('epochs') or best)}")
    else:
        # A diverged trial is scored as the trivial predictor; that number would mislead here.
        parts = [event.status]
    parts.append(f"took {duration(event.seconds)}")
    if progress.finished < total:
        parts.append(left(progress.seconds_left))
    return f"trial {progress.finished} of {total}, {event.label}: " + ", ".join(parts)


def results(result: Mapping[str, Any], *, all_metrics: bool) -> list[str]:
    """Return the metrics of a trial: `accuracy 97.20 % on validation, 98.10 % on test`."""
    found: dict[str, list[str]] = {}
    for part in ("train", "validation", "test") if all_metrics else ("validation", "test"):
        metrics = {name: v for name, v in part_of(result, part).items() if v is not None}
        where = "training" if part == "train" else part
        for name, value in (metrics if all_metrics else headline(metrics)).items():
            found.setdefault(name, []).append(f"{measure(name, value)} on {where}")
    return [f"{label(name)} {', '.join(values)}" for name, values in found.items()]


def headline(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return the one metric that speaks for the others: accuracy if there is one, else loss."""
    for name in ("accuracy", "loss"):
        if name in metrics:
            return {name: metrics[name]}
    return {}
