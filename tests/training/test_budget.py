"""How many steps and rows of metrics a budget makes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.config.training import Training
from cnnopt.training.budget import Budget


@pytest.mark.parametrize(
    ("settings", "per_pass", "steps", "every"),
    [
        ({"epochs": 3}, 7, 21, 7),
        ({}, 7, 70, 7),
        ({"steps": 100}, 7, 100, 7),
        ({"steps": 5}, 7, 5, 5),
        ({"steps": 100, "evaluate_every": 30}, 7, 100, 30),
    ],
)
def test_by_hand(settings: dict[str, Any], per_pass: int, steps: int, every: int) -> None:
    assert Budget.of(Training(**settings), per_pass) == Budget(steps, every)


@given(steps=st.integers(1, 200), every=st.integers(1, 250))
def test_every_step_counts_for_one_row_and_the_last_ends_one(steps: int, every: int) -> None:
    budget = Budget(steps, every)
    ends = [step for step in range(1, steps + 1) if budget.ends_row(step)]
    assert ends[-1] == steps
    assert len(ends) == budget.rows
    assert [budget.row_of(step) for step in ends] == list(range(1, budget.rows + 1))
    for step in range(1, steps + 1):
        assert budget.row_of(step) == 1 + sum(end < step for end in ends)
