"""Augmentation in training: of training batches alone, the same whatever the threads or the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from training_problems import Ran, experiment, run, stop_after, task

from cnnopt.data.augmentation import Augment
from cnnopt.randomness import stream
from cnnopt.regularizers import Batch
from cnnopt.training.events import EpochDone

SHAPE = (5, 5, 1)
NET: list[Any] = [{"conv2d": {"filters": 4, "kernel": 3}}, "relu", "flatten", {"dense": "classes"}]
ENTRIES: list[dict[str, Any]] = [
    {"rotate": 30},
    {"shift": 1},
    {"elastic": {"alpha": 2, "sigma": 1}},
    {"crop": 1},
    {"flip": "horizontal"},
    {"brightness": 0.3},
]


def trained(entries: list[dict[str, Any]], **keys: Any) -> Ran:
    chosen = experiment(shape=SHAPE, model=NET, regularizers=[{"augment": entries}])
    return run(chosen, task(shape=SHAPE), **keys)


def test_the_same_bits_on_one_thread_and_on_two() -> None:
    one, two = (trained(ENTRIES, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.weights, two.weights)
    assert one.losses == two.losses
    plain = run(experiment(shape=SHAPE, model=NET), task(shape=SHAPE))
    assert (plain.weights != one.weights).any()


@pytest.mark.parametrize("step", [1, 3, 5, 14])
def test_the_same_bits_after_an_interruption(step: int) -> None:
    whole = trained(ENTRIES)
    cut = trained(ENTRIES, stop=stop_after(step))
    assert cut.end.reason == "interrupted"
    again = trained(ENTRIES, snapshot=cut.end.snapshot())
    np.testing.assert_array_equal(again.weights, whole.weights)
    assert whole.losses[step:] == again.losses


def test_training_batches_alone_are_augmented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch of 8 (and the last of 6) passes once, no other row does, and no other part."""
    data = task(shape=SHAPE)
    before = {name: part.x.copy() for name, part in data.parts.items()}
    seen: list[np.ndarray] = []

    def whiten(self: Augment, batch: Batch, generator: np.random.Generator) -> None:
        seen.append(batch.x.copy())
        batch.x[...] = 0

    monkeypatch.setattr(Augment, "apply", whiten)
    chosen = experiment(shape=SHAPE, model=NET, regularizers=[{"augment": ENTRIES}])
    ran = run(chosen, data)
    assert len(seen) == len(ran.losses) == 16
    known = {row.tobytes() for row in before["train"]}
    assert {row.tobytes() for batch in seen for row in batch} == known
    for name, x in before.items():
        np.testing.assert_array_equal(data.parts[name].x, x)
    # nothing but biases can be learnt of empty images: measured on them, all rows would be alike
    monkeypatch.undo()
    outputs = ran.training.outputs(data.parts["validation"])
    assert len({row.tobytes() for row in outputs}) == len(outputs)


def test_what_is_measured_is_not_augmented() -> None:
    """The rows of metrics are those of the same weights on the parts as they are."""
    ran = trained([{"brightness": 1}, {"contrast": [2, 3]}])
    last = {"epochs": 1, "batch_size": 8, "select": "last"}
    plain = experiment(shape=SHAPE, model=NET, training=last)
    rows = [event for event in ran.events if isinstance(event, EpochDone)]
    data = task(shape=SHAPE)
    again = run(plain, data)
    again.training.state.weights[:] = ran.weights
    part = data.parts["validation"]
    outputs = again.training.outputs(part)
    right = float(np.mean(outputs.argmax(1) == part.y))
    assert rows[-1].row["validation_accuracy"] == pytest.approx(right)
    sample = ran.training.training_sample
    assert {row.tobytes() for row in sample.x} <= {row.tobytes() for row in data.parts["train"].x}


def test_a_step_is_one_on_the_augmented_batch() -> None:
    settings = {"steps": 1, "batch_size": "full", "shuffle": "never"}
    keys: dict[str, Any] = {"shape": SHAPE, "model": NET, "training": settings}
    chosen = experiment(**keys, regularizers=[{"augment": ENTRIES}])
    data = task(shape=SHAPE)
    found = run(chosen, data)
    part = data.parts["train"]
    transform = chosen.transforms[0]
    levels = np.zeros(1, np.float32), np.ones(1, np.float32)
    transform.apply(Batch(part.x, np.zeros((30, 3)), *levels), stream(0, "augment", 1))
    assert run(experiment(**keys), data).losses == found.losses
