"""Reducing the rate on a plateau: by hand, and by laws of its state."""

from dataclasses import asdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.optimizers.schedules import Plateau, Reduction

VALUES = st.lists(st.integers(0, 9).map(float), max_size=40)
RULES = st.builds(
    Plateau,
    factor=st.sampled_from([0.1, 0.5]),
    patience=st.integers(1, 4),
    min_change=st.sampled_from([0.0, 1.5]),
    cooldown=st.integers(0, 3),
    min_rate=st.sampled_from([0.0, 0.2]),
)


def factors(rule: Plateau, values: list[float]) -> list[float]:
    state, found = Reduction(), []
    for value in values:
        state.take(rule, value)
        found.append(state.factor)
    return found


def test_falls_after_so_many_rows_without_a_gain() -> None:
    rule = Plateau(0.5, patience=2)
    assert factors(rule, [5, 4, 4, 6, 3, 3, 3, 3, 3]) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_a_gain_has_to_be_large_enough() -> None:
    rule = Plateau(0.5, patience=2, min_change=1)
    # 4.5 is less than 5, but not by more than 1; 3 is.
    assert factors(rule, [5, 4.5, 3, 2, 2.5]) == [1, 1, 1, 1, 0.5]


def test_rows_of_the_cooldown_are_not_counted() -> None:
    rule = Plateau(0.5, patience=1, cooldown=2)
    assert factors(rule, [1, 1, 1, 1, 1, 1, 1]) == [1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_a_gain_in_the_cooldown_is_the_value_to_beat() -> None:
    rule = Plateau(0.5, patience=1, cooldown=2)
    state = rule.after([5, 5, 3])
    assert asdict(state) == {"best": 3, "waited": 0, "cooling": 1, "factor": 0.5}
    assert rule.after([5, 5, 3, 4, 4]).factor == 0.25
    assert rule.after([5, 5, 3, 4, 2]).factor == 0.5


def test_not_below_the_lowest_rate() -> None:
    rule = Plateau(0.1, patience=1, min_rate=0.05)
    assert factors(rule, [1, 1, 1, 1]) == [1, 0.1, 0.05, 0.05]


@given(rule=RULES, values=VALUES)
def test_laws(rule: Plateau, values: list[float]) -> None:
    found = factors(rule, values)
    assert found == sorted(found, reverse=True)
    assert all(rule.min_rate <= each <= 1 for each in found)
    falls = [i for i in range(1, len(found)) if found[i] < found[i - 1]]
    assert all(b - a >= rule.patience + rule.cooldown for a, b in pairwise(falls))
    state = rule.after(values)
    assert state.waited < rule.patience
    assert found[-1:] in ([], [state.factor])


@given(rule=RULES, values=VALUES, cut=st.integers(0, 40))
def test_resumed_from_anywhere_it_is_the_same(rule: Plateau, values: list[float], cut: int) -> None:
    other = Reduction()
    other.restore(asdict(rule.after(values[:cut])))
    for value in values[cut:]:
        other.take(rule, value)
    assert other == rule.after(values)


@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_as_long_as_validation_gains_the_rate_stays(direction: float) -> None:
    """Also below 0, where a metric stands that is to be high: its sign is turned."""
    values = [-0.01 * row * direction - (direction < 0) for row in range(30)]
    assert Plateau(patience=1).after(values).factor == (1.0 if direction > 0 else 0.1**29)
