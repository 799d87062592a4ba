"""A snapshot taken at any event is enough to go on to the same bits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from training_problems import Ran, experiment, misleading, run, stop_after, task

from cnnopt.errors import CheckpointError
from cnnopt.training.events import EpochDone, Snapshot, StepDone

SETTINGS: dict[str, dict[str, Any]] = {
    "adam, ragged batches": {},
    "momentum, cosine": {
        "optimizer": {"momentum": 0.05},
        "schedule": {"cosine": {"warmup": 0.5}},
    },
    "plateau after a warm-up": {
        "optimizer": {"sgd": 0.5},
        "schedule": {"plateau": {"patience": 1, "cooldown": 1, "warmup": 1.5}},
        "training": {"steps": 32, "evaluate_every": 3, "batch_size": 8},
    },
    "one order": {"training": {"epochs": 3, "batch_size": 7, "shuffle": "once"}},
    "no order": {"training": {"epochs": 3, "batch_size": 7, "shuffle": "never"}},
    "steps": {"training": {"steps": 11, "batch_size": 8, "evaluate_every": 3, "shuffle": "step"}},
    **{
        name: {"optimizer": name}
        for name in ("nesterov", "adagrad", "adadelta", "radam", "adamp", "adamw", "lion")
    },
    "rmsprop": {"optimizer": {"rmsprop": {"centered": True, "momentum": 0.5}}},
    "amsgrad": {"optimizer": {"adam": {"amsgrad": True}}},
    "sam and ema": {"regularizers": ["sam", {"average_weights": {"ema": 0.8}}]},
    "swa": {"regularizers": [{"average_weights": {"swa": 0.4}}]},
    "clipped groups": {
        "training": {
            "epochs": 3,
            "batch_size": 8,
            "clip_norm": 0.5,
            "clip_value": 0.2,
            "parameter_groups": {"dense_1.*": {"rate": 0.5, "weight_decay": 0.1}},
        }
    },
    "penalty": {"regularizers": [{"l2": 0.01}], "optimizer": {"sgd": 0.1}},
}
EACH = pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())


def same_end(ran: Ran, whole: Ran) -> None:
    """Check weights, slots, best weights and counters to the last bit."""
    one, other = ran.end.snapshot(), whole.end.snapshot()
    assert one.numbers == other.numbers
    assert one.arrays.keys() == other.arrays.keys()
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, other.arrays[name])
    assert (ran.end.reason, ran.end.best_epoch) == (whole.end.reason, whole.end.best_epoch)


def rest_is_the_same(ran: Ran, whole: Ran, step: int, row: int) -> None:
    """Check everything told after a step and a row."""
    assert [e for e in ran.events if isinstance(e, StepDone)] == [
        e for e in whole.events if isinstance(e, StepDone) and e.step > step
    ]
    assert ran.rows == whole.rows[row:]
    flags = [[e.best for e in r.events if isinstance(e, EpochDone)] for r in (ran, whole)]
    assert flags[0] == flags[1][row:]
    same_end(ran, whole)


@EACH
def test_from_every_row(settings: dict[str, Any]) -> None:
    whole = run(experiment(**settings), task())
    for number, snapshot in enumerate(whole.snapshots, start=1):
        again = run(experiment(**settings), task(), snapshot=snapshot)
        rest_is_the_same(again, whole, int(whole.rows[number - 1]["step"]), number)


@EACH
def test_from_every_interruption(settings: dict[str, Any]) -> None:
    """Most of them lie within a row, whose sums go on."""
    whole = run(experiment(**settings), task())
    for step in range(len(whole.losses)):
        cut = run(experiment(**settings), task(), stop=stop_after(step))
        assert (cut.end.reason, cut.end.step, cut.end.best_epoch) == ("interrupted", step, 0)
        assert cut.rows == whole.rows[: len(cut.rows)]
        again = run(experiment(**settings), task(), snapshot=cut.end.snapshot())
        rest_is_the_same(again, whole, step, len(cut.rows))


def test_interrupted_after_every_step() -> None:
    whole = run(experiment(), task())
    ran = run(experiment(), task(), stop=stop_after(1))
    while ran.end.reason == "interrupted":
        snapshot = ran.end.snapshot()
        ran = run(experiment(), task(), snapshot=snapshot, stop=stop_after(1))
    same_end(ran, whole)


def test_after_early_stopping_nothing_follows() -> None:
    chosen = experiment(
        model=["tanh", {"dense": "classes"}],
        optimizer={"sgd": 0.1},
        regularizers=[{"early_stopping": 2}],
        training={"epochs": 9, "batch_size": 8},
    )
    whole = run(chosen, misleading())
    assert whole.end.reason == "early_stopping"
    assert 3 <= len(whole.rows) < 9
    for number, snapshot in enumerate([*whole.snapshots, whole.end.snapshot()], start=1):
        again = run(chosen, misleading(), snapshot=snapshot)
        done = min(number, len(whole.rows))
        rest_is_the_same(again, whole, 4 * done, done)


def test_for_longer() -> None:
    """What was trained for 2 epochs goes on to 4 as if that had been the budget."""
    short, long = ({"epochs": epochs, "batch_size": 8} for epochs in (2, 4))
    first = run(experiment(training=short), task())
    assert first.end.reason == "budget"
    again = run(experiment(training=long), task(), snapshot=first.end.snapshot())
    rest_is_the_same(again, run(experiment(training=long), task()), 8, 2)


def test_a_finished_run_has_nothing_left() -> None:
    first = run(experiment(), task())
    again = run(experiment(), task(), snapshot=first.end.snapshot())
    assert not again.losses
    assert not again.rows
    same_end(again, first)


def test_threads_and_repetition_change_no_bit() -> None:
    whole = run(experiment(), task())
    for threads in (1, 2, 4):
        rest_is_the_same(run(experiment(), task(), threads=threads), whole, 0, 0)
    other = run(experiment(seed=1), task())
    assert (other.weights != whole.weights).any()
    assert other.losses != whole.losses


def test_a_snapshot_is_a_copy() -> None:
    ran = run(experiment(), task())
    first = ran.snapshots[0]
    assert (first.arrays["weights"] != ran.weights).any()
    assert first.numbers["step"] == 4
    for array in first.arrays.values():
        assert not np.shares_memory(array, ran.weights)


def test_a_checkpoint_of_another_model_or_optimizer_is_refused() -> None:
    snapshot = run(experiment(), task()).snapshots[0]
    arrays = dict(snapshot.arrays)
    refused = {
        "missing": {key: a for key, a in arrays.items() if key != "slot.mean"},
        "shape": arrays | {"weights": arrays["weights"][:-1]},
        "dtype": arrays | {"best_weights": arrays["best_weights"].astype(np.float64)},
    }
    names = {"missing": "slot.mean", "shape": "weights", "dtype": "best_weights"}
    for case, given in refused.items():
        with pytest.raises(CheckpointError, match=rf"`{names[case]}` must be float32"):
            run(experiment(), task(), snapshot=replace(snapshot, arrays=given))
    with pytest.raises(CheckpointError, match=r"another model or optimizer"):
        run(
            experiment(optimizer={"momentum": 0.1}),
            task(),
            snapshot=Snapshot(arrays, snapshot.numbers),
        )
