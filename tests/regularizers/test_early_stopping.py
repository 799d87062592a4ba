"""Patience: rows without an improvement that is large enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.regularizers import EarlyStopping, Patience


def waits(values: list[float], min_change: float = 0.0) -> list[int]:
    """Return how many rows were waited after each value."""
    state, rule = Patience(), EarlyStopping(patience=1, min_change=min_change)
    result = []
    for value in values:
        state.take(rule, value)
        result.append(state.waited)
    return result


@pytest.mark.parametrize(
    ("values", "min_change", "wanted"),
    [
        ([3, 2, 1], 0.0, [0, 0, 0]),
        ([1, 2, 3], 0.0, [0, 1, 2]),
        ([1, 1, 0.5, 0.5], 0.0, [0, 1, 0, 1]),  # a tie is no improvement
        ([1, 0.9, 0.8, 0.4], 0.5, [0, 1, 2, 0]),  # small steps add up to none
        ([1, 0.5, 0.4], 0.5, [0, 1, 0]),  # exactly the least change is not more than it
        ([-0.5, -0.6, -0.7], 0.0, [0, 0, 0]),  # an accuracy, turned round
    ],
)
def test_by_hand(values: list[float], min_change: float, wanted: list[int]) -> None:
    assert waits(values, min_change) == wanted


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_waits_since_the_best_value(values: list[float]) -> None:
    for end, waited in enumerate(waits(values), start=1):
        seen = values[:end]
        assert waited == end - 1 - seen.index(min(seen))
