"""A training that costs nothing and forgets nothing: every number depends on all steps before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.errors import Interrupted
from cnnopt.files import sha256
from cnnopt.randomness import stream
from cnnopt.records.checkpoint import ARRAYS, Checkpoint, steps
from cnnopt.records.create import create_run
from cnnopt.records.read import find_unfinished
from cnnopt.records.run_folder import CHECKPOINTS, RunFolder, open_run
from cnnopt.training.events import (
    EpochDone,
    Event,
    LayerHealth,
    Snapshot,
    Started,
    StepDone,
    Stopped,
)

PARAMETERS = 7
STEPS_PER_EPOCH = 3
IDENTITY = "0123456789abcdef"
CONFIG = {"name": "fake", "seed": 3, "optimizer": {"adam": {"learning_rate": 1e-05}}}


def begin() -> tuple[dict[str, Array], dict[str, Any]]:
    """State before the first step."""
    weights = stream(3, "weights").standard_normal(PARAMETERS).astype(np.float32)
    arrays: dict[str, Array] = {
        "weights": weights,
        "slot.velocity": np.zeros(PARAMETERS, np.float32),
        "best_weights": weights.copy(),
    }
    return arrays, {"step": 0, "epoch": 0, "sum": 0.0, "best": float("inf"), "best_epoch": 0}


def training(
    state: Checkpoint | None, epochs: int, stop: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    """Yield the events of a training that goes on from `state`."""
    arrays, numbers = begin()
    if state is not None:
        arrays = {name: array.copy() for name, array in state.snapshot.arrays.items()}
        numbers = dict(state.snapshot.numbers)
    budget = epochs * STEPS_PER_EPOCH

    def snapshot() -> Snapshot:
        return Snapshot({name: array.copy() for name, array in arrays.items()}, dict(numbers))

    yield Started(numbers["step"], budget, epochs, STEPS_PER_EPOCH, {"train": 9}, PARAMETERS)
    while numbers["step"] < budget:
        if stop():
            yield Stopped("interrupted", numbers["step"], 0, snapshot)
            raise Interrupted("stopped")
        numbers["step"] += 1
        noise = stream(3, "noise", numbers["step"]).standard_normal(PARAMETERS)
        arrays["slot.velocity"] = np.float32(0.9) * arrays["slot.velocity"] + noise.astype("f4")
        arrays["weights"] = np.float32(0.99) * arrays["weights"] - arrays["slot.velocity"]
        loss = float(np.square(arrays["weights"], dtype=np.float64).mean())
        numbers["sum"] += loss
        yield StepDone(numbers["step"], numbers["epoch"] + 1, loss)
        if numbers["step"] % STEPS_PER_EPOCH == 0:
            yield end_epoch(arrays, numbers, loss, snapshot)
    yield Stopped("budget", numbers["step"], numbers["best_epoch"], snapshot)


def end_epoch(
    arrays: dict[str, Array],
    numbers: dict[str, Any],
    loss: float,
    snapshot: Callable[[], Snapshot],
) -> EpochDone:
    """Account for a finished epoch."""
    numbers["epoch"] += 1
    row = {
        "epoch": numbers["epoch"],
        "step": numbers["step"],
        "learning_rate": 1e-05,
        "batch_loss": numbers["sum"] / STEPS_PER_EPOCH,
        "train_loss": loss,
    }
    numbers["sum"] = 0.0
    best = loss < numbers["best"]
    if best:
        numbers |= {"best": loss, "best_epoch": numbers["epoch"]}
        arrays["best_weights"] = arrays["weights"].copy()
    health = (LayerHealth("dense_1", loss, 1e-3, None), LayerHealth("relu_1", None, None, 0.25))
    return EpochDone(row, best, {"train": 0.1, "evaluate": 0.2}, snapshot, health)


def write_run(
    runs_dir: Path, epochs: int, stop: Callable[[], bool] = lambda: False, **settings: float
) -> Path:
    """Do what a command does: go on with the unfinished run or begin one, to the end."""
    found = find_unfinished(runs_dir, IDENTITY) if runs_dir.exists() else None
    if found:
        run = open_run(found, **settings)
    else:
        run = create_run(runs_dir, "fake", IDENTITY, CONFIG, "name: fake\n", {}, **settings)
    with run:
        run.extra = {"classes": ["0", "1"], "scaler": {"mean": [0.1]}}
        state, _ = run.checkpoint()
        last = follow(run, training(state, epochs, stop))
        run.write_table("predictions.csv", [{"row": i, "p": float(w)} for i, w in enumerate(last)])
        run.write_summary({"schema": 1, "folder": str(run.path), "weights": last})
    return run.path


def follow(run: RunFolder, events: Iterator[Event]) -> Array:
    """Record all events; return the final weights."""
    weights: Array = np.zeros(0)
    for event in events:
        run.record(event)
        if isinstance(event, Stopped):
            weights = event.snapshot().arrays["weights"]
    return weights


def final_bits(folder: Path) -> Mapping[str, Any]:
    """All of a finished run that has to be the same, however often it was interrupted."""
    text = (folder / "summary.json").read_text()
    return {
        "metrics": (folder / "metrics.csv").read_bytes(),
        "health": (folder / "health.csv").read_bytes(),
        "timings": (folder / "timings.csv").read_bytes(),  # the fake's times are constant
        "predictions": (folder / "predictions.csv").read_bytes(),
        "summary": text.replace(str(folder), ""),
        "weights": sha256(steps(folder / CHECKPOINTS)[-1] / ARRAYS),
        "state": (steps(folder / CHECKPOINTS)[-1] / "state.json").read_bytes(),
    }
