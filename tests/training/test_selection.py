"""Which weights count: best or last, the earlier on a tie; and early stopping."""

from typing import Any

import numpy as np
import pytest
from training_problems import LINEAR, Ran, experiment, misleading, run, task

from cnnopt.training.events import EpochDone
from cnnopt.training.task import Task


def train(data: Task, *, rules: list[Any] | None = None, **training: Any) -> Ran:
    """Train a linear model whose rate is small enough to go one way for 12 rows."""
    return run(
        experiment(
            model=LINEAR,
            optimizer={"sgd": 0.1},
            regularizers=rules or [],
            training={"epochs": 12, "batch_size": 8} | training,
        ),
        data,
    )


def chosen(ran: Ran) -> np.ndarray:
    """Return the weights that stood after the selected row."""
    return ran.snapshots[ran.end.best_epoch - 1].arrays["weights"]


@pytest.mark.parametrize(
    ("metric", "sign"), [("loss", 1), ("accuracy", -1)], ids=["loss", "accuracy"]
)
@pytest.mark.parametrize("data", [task(), misleading()], ids=["honest", "misleading"])
def test_best_is_the_first_best_row(metric: str, sign: int, data: Task) -> None:
    ran = train(data, select={"best": metric})
    values = [sign * row[f"validation_{metric}"] for row in ran.rows]
    best = values.index(min(values)) + 1
    assert ran.end.best_epoch == ran.training.selected_row == best
    np.testing.assert_array_equal(ran.training.selected_weights, chosen(ran))
    flags = [event.best for event in ran.events if isinstance(event, EpochDone)]
    wanted = [value < min(values[:i], default=np.inf) for i, value in enumerate(values)]
    assert flags == wanted


def test_the_two_tasks_are_what_they_say() -> None:
    """Else the test above would look at one kind of run only."""
    assert train(task()).end.best_epoch > 6
    assert train(misleading()).end.best_epoch == 1


def test_the_earlier_row_on_a_tie() -> None:
    """With a rate that changes no bit, every row is the same."""
    ran = run(experiment(optimizer={"sgd": 1e-30}), task())
    assert len({row["validation_loss"] for row in ran.rows}) == 1
    assert ran.end.best_epoch == 1


@pytest.mark.parametrize(("data", "select"), [(misleading(), "last"), (task(validation=0), "best")])
def test_the_last_row_where_that_is_asked_or_nothing_validates(data: Task, select: str) -> None:
    ran = train(data, select=select)
    assert ran.end.best_epoch == 12
    np.testing.assert_array_equal(ran.training.selected_weights, ran.weights)
    assert not any(event.best for event in ran.events if isinstance(event, EpochDone))


def test_outputs_are_of_the_selected_weights_and_leave_no_trace() -> None:
    data = misleading()
    ran = train(data)
    x = data.parts["validation"].x
    last = ran.weights.copy()
    found = ran.training.outputs(data.parts["validation"])
    parameters = experiment(model=LINEAR).network.layout.named(chosen(ran))
    wanted = x @ parameters["dense_1.weight"] + parameters["dense_1.bias"]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(ran.weights, last)
    assert (last != chosen(ran)).any()


@pytest.mark.parametrize("patience", [1, 3, 7])
def test_stops_after_so_many_rows_without_a_better_one(patience: int) -> None:
    ran = train(misleading(), rules=[{"early_stopping": patience}])
    assert ran.end.reason == "early_stopping"
    assert len(ran.rows) == 1 + patience
    assert ran.end.step == 4 * (1 + patience)
    assert ran.end.best_epoch == 1
    np.testing.assert_array_equal(ran.training.selected_weights, ran.snapshots[0].arrays["weights"])
    unstopped = train(misleading())
    assert ran.rows == unstopped.rows[: 1 + patience]


def test_an_improvement_has_to_be_large_enough() -> None:
    """The loss falls all the time, but never by as much as 2: no row counts after the first."""
    rules = [{"early_stopping": {"patience": 2, "min_change": 2}}]
    ran = train(task(), rules=rules)
    losses = [row["validation_loss"] for row in ran.rows]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] - losses[-1] < 2
    assert (ran.end.reason, len(ran.rows)) == ("early_stopping", 3)
    # The best row is still the best one, however small the difference.
    assert ran.end.best_epoch == 3


def test_waits_on_the_selected_metric() -> None:
    """On accuracy with a rate that changes nothing: a tie is no improvement."""
    ran = run(
        experiment(
            optimizer={"sgd": 1e-30},
            regularizers=[{"early_stopping": 2}],
            training={"epochs": 9, "select": {"best": "accuracy"}},
        ),
        task(),
    )
    assert (ran.end.reason, len(ran.rows), ran.end.best_epoch) == ("early_stopping", 3, 1)


def test_a_budget_that_ends_with_the_patience_is_a_budget_spent() -> None:
    ran = train(misleading(), rules=[{"early_stopping": 3}], epochs=4)
    assert (ran.end.reason, len(ran.rows)) == ("budget", 4)
