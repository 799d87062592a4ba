"""Small trainings, run to their end or stopped on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.build import Experiment, build
from cnnopt.config import load_config
from cnnopt.data.dataset import Part
from cnnopt.network import Crew
from cnnopt.training.events import EpochDone, Event, Snapshot, StepDone, Stopped
from cnnopt.training.loop import Training
from cnnopt.training.task import Task

LINEAR: list[Any] = [{"dense": "classes"}]
MLP: list[Any] = [{"dense": 6}, "tanh", {"dropout": 0.3}, {"dense": "classes"}]


def experiment(
    *, shape: tuple[int, ...] = (4,), outputs: int = 3, classification: bool = True, **keys: Any
) -> Experiment:
    """Return what a config on blobs describes; `keys` are those of the config."""
    config = {
        "name": "small",
        "dataset": {"name": "npz", "path": "nowhere.npz"},
        "model": MLP,
        "loss": "cross_entropy" if classification else "squared_error",
        "optimizer": {"adam": {"learning_rate": 0.02}},
        "training": {"epochs": 4, "batch_size": 8},
    }
    return build(load_config(config | keys), shape, outputs, classification)


def part(rows: int, seed: int, *, shape: tuple[int, ...] = (4,), outputs: int = 3) -> Part:
    """Return blobs, one a class, that overlap."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(outputs, *shape))
    labels = generator.integers(outputs, size=rows)
    x = centres[labels] + generator.normal(size=(rows, *shape))
    return Part(x.astype(np.float32), labels, np.arange(rows))


def task(train: int = 30, validation: int = 12, **form: Any) -> Task:
    """Return 30 examples to train on: 3 batches of 8 and one of 6; and a validation part."""
    parts = {"train": part(train, 1, **form)}
    if validation:
        parts["validation"] = part(validation, 2, **form)
    return Task(parts, classification=True)


def misleading(rows: int = 24) -> Task:
    """Return a task whose validation labels are wrong: the longer, the worse."""
    train = part(30, 1)
    other = part(rows, 2)
    return Task({"train": train, "validation": Part(other.x, (other.y + 1) % 3, other.rows)}, True)


@dataclass(frozen=True)
class Ran:
    """A training that is over, and all that it told."""

    training: Training
    events: Sequence[Event]
    snapshots: Sequence[Snapshot]  # of every EpochDone, taken as it came

    @property
    def rows(self) -> list[dict[str, float]]:
        return [dict(e.row) for e in self.events if isinstance(e, EpochDone)]

    @property
    def losses(self) -> list[float]:
        return [e.loss for e in self.events if isinstance(e, StepDone)]

    @property
    def end(self) -> Stopped:
        last = self.events[-1]
        assert isinstance(last, Stopped)
        return last

    @property
    def weights(self) -> Array:
        return self.training.state.weights


def run(
    chosen: Experiment,
    data: Task,
    *,
    snapshot: Snapshot | None = None,
    stop: Callable[[], bool] = lambda: False,
    threads: int = 1,
) -> Ran:
    with Crew(threads) as crew:
        training = Training(chosen, data, crew, snapshot, stop)
        events: list[Event] = []
        snapshots: list[Snapshot] = []
        for event in training.events():
            events.append(event)
            if isinstance(event, EpochDone):
                snapshots.append(event.snapshot())
        return Ran(training, events, snapshots)


def stop_after(steps: int) -> Callable[[], bool]:
    """Return a `stop` that says so when it is asked after so many steps."""
    asked = -1

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= steps

    return stop
