"""How far a training or a study has come: what the events said so far, and the time left."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnopt.display.gap import Gap, gap_of
from cnnopt.display.words import numbers_of
from cnnopt.training.events import EpochDone, Event, Started, StepDone
from cnnopt.trials.events import StudyEvent, StudyStarted, TrialDone, TrialStarted

Clock = Callable[[], float]


@dataclass
class TrainingProgress:
    """State of one training, fed by `hear`.

    Attributes:
        clock: seconds since some instant; never runs backwards.
        started: the event that began it; None before.
        step: steps done.
        batch_loss: loss of the last batch.
        row: the newest row of metrics; empty before the first.
        gap_error: standard error of that row's gap.
        best: the row of metrics that is best so far; empty before the first.
    """

    clock: Clock
    started: Started | None = None
    step: int = 0
    batch_loss: float = math.nan
    row: Mapping[str, float] = field(default_factory=dict)
    gap_error: float | None = None
    best: Mapping[str, float] = field(default_factory=dict)
    _since: float = 0.0

    def hear(self, event: Event | StudyEvent) -> None:
        """Take note of an event; those of other kinds are passed over."""
        if isinstance(event, Started):
            self.started, self.step, self._since = event, event.step, self.clock()
            self.row, self.best = {}, {}
        elif isinstance(event, StepDone):
            self.step, self.batch_loss = event.step, event.loss
        elif isinstance(event, EpochDone):
            self.row, self.gap_error = event.row, event.gap_error
            self.best = event.row if event.best else self.best

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1; the last one when all are done."""
        if self.started is None:
            return 0
        return min(self.step // self.started.steps_per_epoch + 1, self.started.epochs)

    @property
    def batch(self) -> tuple[int, int]:
        """Batches done in the epoch under way, and how many it has."""
        if self.started is None:
            return 0, 0
        before = (self.epoch - 1) * self.started.steps_per_epoch
        return self.step - before, min(self.started.steps_per_epoch, self.started.steps - before)

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the whole budget will still take; None before the first step."""
        if self.started is None or self.step <= self.started.step:
            return None
        per_step = (self.clock() - self._since) / (self.step - self.started.step)
        return per_step * (self.started.steps - self.step)

    @property
    def gap(self) -> Gap | None:
        """The gap in the newest row; None without a validation part."""
        train, validation = part_of(self.row, "train"), part_of(self.row, "validation")
        return gap_of(train, validation, self.gap_error)


@dataclass
class StudyProgress:
    """State of a study, fed by `hear`.

    Attributes:
        clock: as for a training.
        started: the event that began it; None before.
        finished: trials finished, those of earlier calls included.
        running: labels of the trials under way, by index.
        done: the trials that ended in this call, oldest first.
    """

    clock: Clock
    started: StudyStarted | None = None
    finished: int = 0
    running: dict[int, str] = field(default_factory=dict)
    done: list[TrialDone] = field(default_factory=list)
    _workers: int = 1
    _since: float = 0.0

    def hear(self, event: Event | StudyEvent) -> None:
        """Take note of an event; those of other kinds are passed over."""
        if isinstance(event, StudyStarted):
            self.started, self.finished = event, event.finished
            self.running, self.done, self._workers = {}, [], 1
        elif isinstance(event, TrialStarted):
            self.running = {**self.running, event.index: event.label}
            self._workers = max(self._workers, len(self.running))
        elif isinstance(event, TrialDone):
            rest = {i: name for i, name in self.running.items() if i != event.index}
            self.running = rest
            self.finished += 1
            self.done = [*self.done, event]
            self._since = self.clock()

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the trials left will take, as long as those done; None before the first."""
        if self.started is None or not self.done:
            return None
        each = sum(trial.seconds for trial in self.done) / len(self.done)
        left = each * (self.started.trials - self.finished) / self._workers
        return max(0.0, left - (self.clock() - self._since))


def part_of(row: Mapping[str, Any], part: str) -> dict[str, float | None]:
    """Return the metrics of one part: `{"loss": ..., "accuracy": ...}` for `train`.

    Args:
        row: a row of a table, with columns like `train_loss`; or a trial's result, with `metrics`.
        part: `train`, `validation` or `test`.
    """
    if "metrics" in row:
        return numbers_of(row["metrics"].get(part))
    head = f"{part}_"
    names = {name: name.removeprefix(head) for name in row if name.startswith(head)}
    return {metric: row[name] for name, metric in names.items()}
