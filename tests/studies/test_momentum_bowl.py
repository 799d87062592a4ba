"""The bowl: what is measured on paths against theory, and theory against numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnnopt.studies.momentum_bowl import (
    Setting,
    bowl,
    contraction,
    eigenvalues,
    measured_contraction,
    settings,
    walk,
)


def by_matrix(rate: float, momentum: float, curvature: float) -> float:
    """The spectral radius of a step of (w, v), which knows nothing of the formula."""
    step = [[1 - rate * curvature, -rate * momentum], [curvature, momentum]]
    return float(np.abs(np.linalg.eigvals(np.array(step))).max())


@pytest.mark.parametrize("condition", [4.0, 100.0, 1000.0])
@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_measured_is_theory(condition: float, momentum: float) -> None:
    rows = bowl(condition, momentum)
    assert len(rows) == 20
    for row in rows:
        # Double roots fall like k·ρ^k: what k adds fades only as 1/k.
        assert row["measured"] == pytest.approx(row["theory"], abs=2e-3), row


@pytest.mark.parametrize("momentum", [0.3, 0.9, 0.99])
def test_theory_is_the_spectral_radius(momentum: float) -> None:
    curvature = np.geomspace(1, 1000, 40)
    found = contraction(1.9e-3, momentum, curvature)
    expected = [by_matrix(1.9e-3, momentum, value) for value in curvature]
    assert found == pytest.approx(expected, abs=1e-6)


def test_theory_by_hand() -> None:
    assert contraction(0.1, 0.0, np.array([1.0, 10.0, 15.0])) == pytest.approx([0.9, 0.0, 0.5])
    # z² - 1.24·z + 0.25 has the roots 0.99 and 0.25, nearly; √(0.62² - 0.25) = 0.3666.
    assert contraction(0.01, 0.25, np.array([1.0])) == pytest.approx([0.9866], abs=1e-3)
    assert contraction(0.5, 0.81, np.array([1.0])) == pytest.approx([0.9])


def test_each_best_rate_is_the_best() -> None:
    curvature = eigenvalues(100.0)
    for best in settings(100.0, 0.9)[2:]:
        least = contraction(best.learning_rate, best.momentum, curvature).max()
        for factor in (0.8, 0.95, 1.05, 1.15):
            other = contraction(factor * best.learning_rate, best.momentum, curvature).max()
            assert other > least


def test_a_direction_that_arrives_has_nothing_left_and_one_that_grows_more_than_all() -> None:
    path = np.stack(list(walk(Setting("sgd", 0.5, 0.0), np.array([2.0, 6.0]), 60)))
    assert measured_contraction(path) == pytest.approx([0.0, 2.0])
