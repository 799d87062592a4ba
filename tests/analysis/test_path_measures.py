"""Swings, lengths, arrivals and effective rates, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnnopt.analysis.path_measures import (
    arrival,
    effective_rates,
    nearest,
    path_length,
    sign_changes,
)


def test_sign_changes_by_hand() -> None:
    updates = np.array([[1.0, -1.0], [-2.0, -0.5], [0.0, 0.5], [3.0, 0.1], [4.0, -1.0]])
    # w1: + - (0) + +: two turns, the zero counts for nothing. w2: - - + + -: two.
    assert sign_changes(updates) == (2, 2)
    # Without the steps of w2 up to 0.5 there remain -1 and -1.
    assert sign_changes(updates, (0.0, 0.5)) == (2, 0)
    # Without those of w1 up to 1 there remain -2, 3 and 4.
    assert sign_changes(updates, (1.0, 0.0)) == (1, 2)


def test_a_zero_between_two_steps_the_same_way_is_no_turn() -> None:
    assert sign_changes(np.array([[1.0, 1.0], [0.0, 0.0], [1.0, -1.0]])) == (0, 1)


@pytest.mark.parametrize("updates", [np.empty((0, 2)), np.ones((1, 2)), np.zeros((5, 2))])
def test_no_steps_no_turns(updates: np.ndarray) -> None:
    assert sign_changes(updates) == (0, 0)


def test_the_length_of_a_path() -> None:
    points = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 3.0], [3.0, 3.0]])
    assert path_length(points) == 6.0
    assert path_length(points[:1]) == 0.0


def test_the_nearest_minimum() -> None:
    minima = ((0.0, 0.0), (6.0, 8.0))
    assert nearest(np.array([3.0, 3.9]), minima) == (0, pytest.approx(np.hypot(3.0, 3.9)))
    assert nearest(np.array([3.0, 5.0]), minima) == (1, pytest.approx(np.hypot(3.0, 3.0)))


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([9.0, 5.0, 1.0, 0.5], 2),
        ([9.0, 0.5, 5.0, 0.5], 3),  # it left again: only the last time counts
        ([9.0, 0.5, 5.0], None),
        ([0.5, 0.5], 0),
        ([9.0, 0.5, np.nan], None),
    ],
)
def test_arrival_is_for_good(values: list[float], step: int | None) -> None:
    assert arrival(np.array(values), 1.0) == step


def test_effective_rates_by_hand() -> None:
    updates = np.array([[-0.2, 0.5], [0.1, 0.5], [0.0, -3.0]])
    gradients = np.array([[2.0, 1.0], [-1.0, 4.0], [0.5, -1.0]])
    np.testing.assert_allclose(
        effective_rates(updates, gradients), [[0.1, 0.5], [0.1, 0.125], [0.0, 3.0]]
    )
    # Of two steps: 0.3/3 and 1/5, then 0.1/1.5 and 3.5/5.
    np.testing.assert_allclose(
        effective_rates(updates, gradients, 2), [[0.1, 0.5], [0.1, 0.2], [0.1 / 1.5, 0.7]]
    )


def test_no_rate_where_no_gradient_is_left() -> None:
    updates = np.array([[1.0, 1.0], [1e-12, 1.0]])
    gradients = np.array([[1.0, 1.0], [1e-12, 0.0]])
    found = effective_rates(updates, gradients)
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[0], [1, 1])
    assert effective_rates(np.empty((0, 2)), np.empty((0, 2)), 5).shape == (0, 2)


def test_small_rates_survive_large_ones_before_them() -> None:
    """Sums of a window, not differences of sums from the beginning, which would lose 1e-8."""
    updates = np.array([[1e12, 1e12]] + [[1e-8, 3e-8]] * 6)
    gradients = np.array([[1e3, 1e3]] + [[1e-4, 1e-4]] * 6)
    np.testing.assert_allclose(effective_rates(updates, gradients, 3)[-1], [1e-4, 3e-4])
