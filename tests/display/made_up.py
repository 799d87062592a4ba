"""Made-up events and summaries, as training and studies would tell and write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnnopt.training.events import EpochDone, Event, Snapshot, Started, StepDone, Stopped, Warned
from cnnopt.trials.events import Plan, RunReady, StudyEvent, StudyStarted, TrialDone, TrialStarted

ROWS = {"train": 1258, "validation": 179, "test": 360}


class Clock:
    """A clock that goes on by `tick` seconds whenever a step is done."""

    def __init__(self, tick: float = 0.5) -> None:
        self.now = 100.0
        self.tick = tick

    def __call__(self) -> float:
        return self.now


def nothing() -> Snapshot:
    return Snapshot({}, {})


def row(
    epoch: int, step: int, *, validation: bool = True, regression: bool = False
) -> dict[str, float]:
    second = ("mae", 0.3 / epoch) if regression else ("accuracy", 1 - 0.1 / epoch)
    values: dict[str, float] = {
        "epoch": epoch,
        "step": step,
        "learning_rate": 1e-3,
        "batch_loss": 0.9 / epoch,
        "train_loss": 0.5 / epoch,
        f"train_{second[0]}": second[1],
    }
    if validation:
        values |= {"validation_loss": 0.6 / epoch, f"validation_{second[0]}": second[1] - 0.01}
    return values


def training(
    clock: Clock,
    *,
    epochs: int = 3,
    steps: int = 4,
    rows: dict[str, int] | None = None,
    **kind: bool,
) -> Iterator[Event | StudyEvent]:
    """Yield the events of a training whose second epoch is not the best."""
    yield Plan(("digits: 1,797 images", "Network: 9 layers, 10,186 parameters"))
    yield RunReady(Path("runs/one"))
    yield Started(0, epochs * steps, epochs, steps, ROWS if rows is None else rows, 10186)
    yield Warned("the first loss is 3.61, far from 2.30.")
    for epoch in range(1, epochs + 1):
        for step in range((epoch - 1) * steps + 1, epoch * steps + 1):
            clock.now += clock.tick
            yield StepDone(step, epoch, 2.0 / step)
        spent = {"train": 1.5, "evaluate": 0.5}
        values = row(epoch, epoch * steps, **kind)
        error = 0.02 if kind.get("validation", True) else None
        yield EpochDone(values, epoch != 2, spent, nothing, gap_error=error)
    yield Stopped("budget", epochs * steps, epochs, nothing)


def study(clock: Clock) -> Iterator[Event | StudyEvent]:
    """Yield the events of a study of four trials; one was finished before, one diverges."""
    yield Plan(("5 folds",))
    yield StudyStarted("cv", 4, 1)
    for index in (2, 3, 4):
        yield TrialStarted(index, f"fold {index}")
        clock.now += 10
        diverged = index == 3
        result: dict[str, Any] = {
            "epochs": 20,
            "best_epoch": 0 if diverged else 12,
            "metrics": {
                "train": {"loss": 0.0, "accuracy": 0.1 if diverged else 0.999},
                "validation": {"loss": 0.2, "accuracy": 0.1 if diverged else 0.97},
                "test": {"loss": 0.1, "accuracy": 0.1 if diverged else 0.985},
            },
        }
        yield TrialDone(
            index, f"fold {index}", "diverged" if diverged else "completed", 10.0, result
        )


def train_summary(**more: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "command": "train",
        "status": "completed",
        "seconds": 12.3,
        "metrics": {
            "train": {"loss": 0.0101, "accuracy": 0.9984},
            "validation": {"loss": 0.0599, "accuracy": 0.9832},
            "test": {"loss": 0.07, "accuracy": 0.9806},
        },
        "best_epoch": 14,
        "epochs": 20,
        "parameters": 10186,
        "generalization_gap": 0.0152,
        "generalization_gap_error": 0.0091,
        "fit": {"word": "fitting", "gap": 0.0152, "interval": [-0.0021, 0.034], "trivial": 0.9},
        "rows": {"train": 1258, "validation": 179, "test": 360},
        **more,
    }


def cv_summary(*, repeats: int = 1) -> dict[str, Any]:
    folds = [
        {
            "repeat": repeat,
            "fold": fold,
            "n_train": 1438,
            "n_validation": 144,
            "n_test": 359,
            "best_epoch": 12,
            "metrics": {
                "train": {"loss": 0.01, "accuracy": 1.0},
                "validation": {"loss": 0.1, "accuracy": 0.98},
                "test": {"loss": 0.1, "accuracy": 0.91 + fold / 100},
            },
        }
        for repeat in range(repeats)
        for fold in range(5)
    ]
    return {
        "command": "cv",
        "status": "completed",
        "metric": "accuracy",
        "folds": folds,
        "mean": 0.93,
        "sd": 0.0158,
        "interval": [0.9, 0.96],
        "pooled": {"value": 0.931, "interval": [0.92, 0.94]},
        "baseline": {
            "name": "1-nearest-neighbour",
            "folds": [0.981, 0.982, 0.983, 0.984, 0.985] * repeats,
            "mean": 0.983,
        },
        "audit": [
            {"check": "exact duplicates across folds", "found": 2, "detail": "rows 3 = 7, 4 = 9"},
            {"check": "scaling", "found": 0, "detail": "fitted on each fold's training part"},
        ],
        "notes": ["The rows come in blocks by writer."],
    }


def comparison_summary() -> dict[str, Any]:
    def arm(name: str, rate: float, mean: float, *, edge: bool = False) -> dict[str, Any]:
        tried = [
            {"learning_rate": rate, "value": mean, "status": "completed"},
            {"learning_rate": 10 * rate, "value": None, "status": "diverged"},
        ]
        return {
            "name": name,
            "settings": {"learning_rate": rate},
            "learning_rate": rate,
            "n": 10,
            "mean": mean,
            "sd": 0.003,
            "median": mean,
            "interval": [mean - 0.002, mean + 0.002],
            "best": mean + 0.004,
            "diverged": 0,
            "defaults": {"mean": mean - 0.02},
            "common": {"mean": mean - 0.01},
            "seconds": 33.0,
            "epochs_to_target": 7.25,
            "steps_to_target": 3625.0,
            "sensitivity": tried,
            "edge": edge,
        }

    return {
        "command": "compare-optimizers",
        "status": "completed",
        "metric": "accuracy",
        "common_rate": 0.01,
        "optimizers": [arm("sgd", 0.3, 0.97, edge=True), arm("adam", 0.003, 0.98)],
        "pairs": [
            {
                "a": "adam",
                "b": "sgd",
                "difference": 0.01,
                "interval": [0.005, 0.015],
                "p": 0.0003,
                "p_adjusted": 0.0009,
                "verdict": "adam is better than sgd by 1.00 points (0.50 to 1.50)",
            }
        ],
        "notes": ["sgd: the best rate, 0.3, is on the edge of its grid."],
        "verdict": "adam is better than sgd by 1.0 points (0.5 to 1.5).",
    }
