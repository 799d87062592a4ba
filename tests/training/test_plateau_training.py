"""A rate that validation lowers: a function of the rows before it, kept in every snapshot."""

from typing import Any

import pytest
from training_problems import LINEAR, Ran, experiment, misleading, run, stop_after, task

from cnnopt.optimizers.schedules import Plateau
from cnnopt.training.task import Task

RATE = 0.1


def train(data: Task, rule: dict[str, Any], **keys: Any) -> Ran:
    training = keys.pop("training", {"epochs": 9})
    settings = {"model": LINEAR, "optimizer": {"sgd": RATE}, "schedule": {"plateau": rule}}
    return run(experiment(**settings, training={"batch_size": 8} | training, **keys), data)


def factors(ran: Ran) -> list[float]:
    return [row["learning_rate"] / RATE for row in ran.rows]


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
@pytest.mark.parametrize("data", [task(), misleading()], ids=["honest", "misleading"])
def test_the_rate_of_a_row_is_that_of_the_rows_before_it(metric: str, data: Task) -> None:
    ran = train(
        data, {"patience": 2, "factor": 0.5}, training={"epochs": 9, "select": {"best": metric}}
    )
    sign = -1 if metric == "accuracy" else 1
    values = [sign * row[f"validation_{metric}"] for row in ran.rows]
    rule = Plateau(0.5, 2)
    wanted = [rule.after(values[:row]).factor for row in range(len(values))]
    assert factors(ran) == pytest.approx(wanted, rel=1e-14)


def test_the_two_tasks_are_what_they_say() -> None:
    """Else the test above would look at rates that all fall, or that never do."""
    assert factors(train(task(), {"patience": 2, "factor": 0.5})) == [1.0] * 9
    assert factors(train(misleading(), {"patience": 2, "factor": 0.5}))[-1] == pytest.approx(0.125)


def test_every_step_after_the_row_has_the_lower_rate() -> None:
    """Rows between: the weights go another way from the very next step on."""
    training = {"steps": 12, "evaluate_every": 1}
    held = train(misleading(), {"patience": 11}, training=training)
    lowered = train(misleading(), {"patience": 1, "factor": 0.5}, training=training)
    fall = next(i for i, factor in enumerate(factors(lowered)) if factor < 1)
    assert 2 <= fall < 11
    assert lowered.rows[:fall] == held.rows[:fall]
    assert lowered.rows[fall]["train_loss"] != held.rows[fall]["train_loss"]
    assert lowered.rows[fall]["batch_loss"] == held.rows[fall]["batch_loss"]


def test_rows_of_a_warm_up_are_not_judged() -> None:
    """Its last row is the value to beat: patience is counted from there."""
    plain = train(misleading(), {"patience": 2})
    warmed = train(misleading(), {"patience": 2, "warmup": 3})
    first = [
        next(i for i, f in enumerate(factors(r)) if f < 0.2 and i > 2) for r in (plain, warmed)
    ]
    assert factors(plain)[3] == pytest.approx(0.1)
    assert factors(warmed)[:3] == pytest.approx([1 / 3, 2 / 3, 1])
    assert first == [3, 5]


def test_it_is_part_of_a_snapshot_only_where_it_is_used() -> None:
    used = train(misleading(), {"patience": 2, "factor": 0.5}).end.snapshot().numbers
    assert used["plateau"]["factor"] == pytest.approx(0.0625)
    assert "plateau" not in run(experiment(), task()).end.snapshot().numbers


def test_without_a_validation_part_nothing_happens() -> None:
    """The config refuses it; a part may come out empty all the same."""
    assert factors(train(task(validation=0), {"patience": 1})) == [1.0] * 9


def test_early_stopping_and_plateau_wait_each_on_its_own() -> None:
    rules = [{"early_stopping": 5}]
    ran = train(misleading(), {"patience": 2, "factor": 0.5}, regularizers=rules)
    assert ran.end.reason == "early_stopping"
    assert factors(ran) == pytest.approx([1, 1, 1, 0.5, 0.5, 0.25])


def test_resumed_at_any_step_it_has_the_same_rates() -> None:
    """Beyond the bits of weights, which test_going_on.py compares."""
    chosen = experiment(
        model=LINEAR,
        optimizer={"sgd": RATE},
        schedule={"plateau": {"patience": 1, "factor": 0.5, "cooldown": 2}},
        training={"epochs": 7, "batch_size": 8},
    )
    whole = run(chosen, misleading())
    assert len({row["learning_rate"] for row in whole.rows}) >= 3
    for step in range(28):
        cut = run(chosen, misleading(), stop=stop_after(step))
        again = run(chosen, misleading(), snapshot=cut.end.snapshot())
        assert [*cut.rows, *again.rows] == whole.rows
        assert again.end.snapshot().numbers == whole.end.snapshot().numbers
