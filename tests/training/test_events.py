"""What a training tells: how often, in which order, with which numbers."""

from collections.abc import Sequence
from math import log

import numpy as np
import pytest
from training_problems import LINEAR, experiment, part, run, stop_after, task

from cnnopt.data.dataset import Part
from cnnopt.training.events import EpochDone, Event, Started, StepDone, Warned
from cnnopt.training.task import Task


@pytest.mark.parametrize(
    ("training", "steps", "row_steps"),
    [
        ({"epochs": 3, "batch_size": 8}, 12, [4, 8, 12]),
        ({"epochs": 2, "batch_size": "full"}, 2, [1, 2]),
        ({"epochs": 1, "batch_size": 1000}, 1, [1]),
        ({"epochs": 2, "batch_size": 1}, 60, [30, 60]),
        ({"steps": 6, "batch_size": 8}, 6, [4, 6]),
        ({"steps": 3, "batch_size": 8}, 3, [3]),
        ({"steps": 7, "batch_size": 8, "evaluate_every": 2}, 7, [2, 4, 6, 7]),
        ({"steps": 6, "batch_size": 8, "shuffle": "step"}, 6, [4, 6]),
    ],
)
def test_order_and_counts(training: dict, steps: int, row_steps: list[int]) -> None:
    ran = run(experiment(training=training), task())
    started = ran.events[0]
    assert isinstance(started, Started)
    assert (started.step, started.steps) == (0, steps)
    assert started.epochs == len(row_steps)
    assert started.steps_per_epoch == row_steps[0]
    assert started.rows == {"train": 30, "validation": 12}
    assert started.parameters == 4 * 6 + 6 + 6 * 3 + 3
    done = [event for event in ran.events if isinstance(event, StepDone)]
    assert [event.step for event in done] == list(range(1, steps + 1))
    assert [row["step"] for row in ran.rows] == row_steps
    assert [row["epoch"] for row in ran.rows] == list(range(1, len(row_steps) + 1))
    assert [event.epoch for event in done] == [
        1 + sum(end < event.step for end in row_steps) for event in done
    ]
    # A row comes right after the step that ends it.
    before = [
        ran.events[place - 1] for place, e in enumerate(ran.events) if isinstance(e, EpochDone)
    ]
    assert [event.step for event in before if isinstance(event, StepDone)] == row_steps
    assert (ran.end.reason, ran.end.step) == ("budget", steps)


def test_columns_in_order() -> None:
    columns = ["epoch", "step", "learning_rate", "batch_loss", "train_loss", "train_accuracy"]
    row = run(experiment(), task()).rows[0]
    assert list(row) == [*columns, "validation_loss", "validation_accuracy"]
    assert list(run(experiment(), task(validation=0)).rows[0]) == columns


def test_a_ragged_batch_counts_by_its_size() -> None:
    """The row's batch loss is the mean over examples: 8, 8, 8 and 6 of them."""
    ran = run(experiment(), task())
    sizes = np.array([8, 8, 8, 6])
    for number, row in enumerate(ran.rows):
        losses = np.array(ran.losses[4 * number : 4 * number + 4])
        assert row["batch_loss"] == pytest.approx(float(losses @ sizes) / 30, rel=1e-14)


def test_clean_metrics_are_those_of_the_weights_after_the_row() -> None:
    """Measured without dropout, on the validation part and as many training examples."""
    data = task()
    ran = run(experiment(training={"epochs": 1, "batch_size": 8, "select": "last"}), data)
    for name, measured in (
        ("train", ran.training.training_sample),
        ("validation", data.parts["validation"]),
    ):
        z = ran.training.outputs(measured).astype(np.float64)
        chosen = z[np.arange(len(z)), measured.y]
        loss = np.mean(np.log(np.exp(z).sum(axis=1)) - chosen)
        assert ran.rows[0][f"{name}_loss"] == pytest.approx(float(loss), rel=1e-12)
        right = np.mean(z.argmax(axis=1) == measured.y)
        assert ran.rows[0][f"{name}_accuracy"] == pytest.approx(float(right))


def test_the_learning_rate_moves_with_every_step() -> None:
    schedule = {"cosine": {"warmup": 0.5, "final": 0.1}}
    ran = run(experiment(schedule=schedule, training={"steps": 6, "evaluate_every": 1}), task())
    rates = [row["learning_rate"] / 0.02 for row in ran.rows]
    assert max(rates) == 1
    assert rates[-1] == pytest.approx(0.1)
    assert len(set(rates)) >= 5


def test_the_penalty_is_part_of_the_loss_told() -> None:
    """One step from the same weights: the difference is strength/2 · Σw², biases left out."""
    settings = {"training": {"steps": 1, "batch_size": 8}, "model": LINEAR}
    plain, penalized = (
        run(experiment(regularizers=rules, initial={"bias": {"constant": 3}}, **settings), task())
        for rules in ([], [{"l2": 0.5}])
    )
    start = experiment(**settings).network
    weights = start.layout.named(start.layout.initial(0))["dense_1.weight"].astype(np.float64)
    added = penalized.losses[0] - plain.losses[0]
    assert added == pytest.approx(0.25 * float(np.sum(weights**2)), rel=1e-5)


def scaled(factor: float) -> Task:
    given = part(30, 1)
    return Task({"train": Part(given.x * np.float32(factor), given.y, given.rows)}, True)


def warnings(events: Sequence[Event]) -> list[str]:
    return [event.message for event in events if isinstance(event, Warned)]


def test_warns_of_a_first_loss_far_from_guessing() -> None:
    settings = {"model": LINEAR, "training": {"epochs": 2, "batch_size": 8}}
    odd = run(experiment(**settings), scaled(1000))
    (message,) = warnings(odd.events)
    for words in (f"{odd.losses[0]:.2f}", f"ln(3) = {log(3):.2f}", "unscaled"):
        assert words in message
    assert isinstance(odd.events[1], Warned)
    assert not warnings(run(experiment(**settings), scaled(0.3)).events)


def test_a_resumed_run_does_not_warn_again() -> None:
    settings = {"model": LINEAR, "training": {"epochs": 2, "batch_size": 8}}
    first = run(experiment(**settings), scaled(1000), stop=stop_after(3))
    assert warnings(first.events)
    again = run(experiment(**settings), scaled(1000), snapshot=first.end.snapshot())
    assert not warnings(again.events)


def test_regression_knows_no_guessing() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(20, 4)), 1e4 * generator.normal(size=(20, 2))
    data = Task({"train": Part(x.astype("f4"), y.astype("f4"), np.arange(20))}, False)
    chosen = experiment(
        classification=False,
        outputs=2,
        model=[{"dense": "classes"}],
        training={"epochs": 1, "select": "last"},
    )
    ran = run(chosen, data)
    assert not warnings(ran.events)
    assert list(ran.rows[0])[4:] == ["train_loss", "train_mae", "train_r2"]
