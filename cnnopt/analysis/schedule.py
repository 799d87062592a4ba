"""The learning rate over a training, before it is trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cnnopt.config import Config
from cnnopt.config.schedules import Plateau
from cnnopt.optimizers.schedules import Schedule
from cnnopt.trials.outline import budget_of
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

MOST_LOOKED_AT = 20_000
"""Steps whose rate is computed: all of them in most trainings, else so many, evenly spread."""

MOST_IN_JSON = 200


@dataclass(frozen=True)
class Moment:
    """A step and its learning rate."""

    step: int
    learning_rate: float


@dataclass(frozen=True)
class ScheduleDescription:
    """A schedule over the steps that a config trains.

    Attributes:
        name: of the config.
        schedule: its word in the config.
        warmup: epochs of the warm-up.
        steps: of the whole training.
        steps_per_epoch: of a pass over the training part.
        start: the first step.
        peak: the first of the steps with the highest rate.
        end: the last step.
        plateau: the settings by which validation lowers the rate; None where it does not. The
            rates here are those before it does.
        moments: all steps, or many evenly spread ones, the first and the last among them.
    """

    name: str
    schedule: str
    warmup: float
    steps: int
    steps_per_epoch: int
    start: Moment
    peak: Moment
    end: Moment
    plateau: dict[str, Any] | None
    moments: tuple[Moment, ...]

    @property
    def epochs(self) -> float:
        """Passes over the training part; need not be whole."""
        return self.steps / self.steps_per_epoch

    def to_json(self) -> dict[str, Any]:
        """Return all of it, JSON-ready; of `moments` at most 200, the peak among them."""
        found = {"command": "describe"} | asdict(self)
        del found["moments"]
        places = spread(len(self.moments), MOST_IN_JSON - 1)
        kept = {self.moments[place - 1].step: self.moments[place - 1] for place in places}
        kept[self.peak.step] = self.peak
        ordered = sorted(kept.values(), key=lambda moment: moment.step)
        found["epochs"] = self.epochs
        found["step"] = [moment.step for moment in ordered]
        found["learning_rate"] = [moment.learning_rate for moment in ordered]
        return found


def describe_schedule(config: Config) -> ScheduleDescription:
    """Describe the learning rate of what `config` would train; the data set is read.

    Raises:
        ConfigError, DataError: as when it is trained.
    """
    trial = prepare_trial(config, None, load_data(config))
    budget, batches = budget_of(trial)
    chosen = config.schedule
    moments = tuple(
        Moment(step, config.optimizer.learning_rate * factor)
        for step, factor in _factors(trial.experiment.schedule, budget.steps, batches.per_pass)
    )
    return ScheduleDescription(
        name=config.name,
        schedule=chosen.kind,
        warmup=chosen.warmup,
        steps=budget.steps,
        steps_per_epoch=batches.per_pass,
        start=moments[0],
        peak=max(moments, key=lambda moment: moment.learning_rate),
        end=moments[-1],
        plateau=chosen.model_dump(exclude={"kind", "warmup"})
        if isinstance(chosen, Plateau)
        else None,
        moments=moments,
    )


def _factors(schedule: Schedule, steps: int, per_pass: int) -> Iterator[tuple[int, float]]:
    for step in spread(steps, MOST_LOOKED_AT):
        yield step, schedule.at(step, steps, per_pass)


def spread(count: int, most: int) -> list[int]:
    """Return the numbers from 1 to `count`, or `most` of them, evenly spread, with both ends.

    Example:
        >>> spread(3, 5), spread(101, 5)
        ([1, 2, 3], [1, 26, 51, 76, 101])
    """
    if count <= most:
        return list(range(1, count + 1))
    return [1 + (count - 1) * place // (most - 1) for place in range(most)]
