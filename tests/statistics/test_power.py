"""Seeds needed: published values, scipy's noncentral t, and the share found in simulation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.statistics import paired_t, seeds_needed


@pytest.mark.parametrize(("effect", "pairs"), [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)])
def test_published_values(effect: float, pairs: int) -> None:
    # G*Power 3.1, "means: difference between two dependent means", two tails, α 0.05, power 0.8.
    assert seeds_needed(1.0, effect) == pairs
    assert seeds_needed(3.0, -3.0 * effect) == pairs


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 4), st.floats(0.3, 0.95), st.floats(0.001, 0.2))
def test_smallest_number_with_the_power(effect: float, power: float, alpha: float) -> None:
    def reached(n: int) -> float:
        critical = scipy.stats.t.isf(alpha / 2, n - 1)
        return float(scipy.stats.nct.sf(critical, n - 1, effect * np.sqrt(n)))

    pairs = seeds_needed(1.0, effect, power, alpha)
    assert reached(pairs) >= power - 1e-6
    assert pairs == 2 or reached(pairs - 1) < power + 1e-6


def test_simulation_finds_the_difference_as_often_as_promised() -> None:
    generator = np.random.default_rng(0)
    pairs = seeds_needed(sd=0.4, difference=0.3)
    found = [
        paired_t(generator.normal(0.3, 0.4, pairs), np.zeros(pairs)).p <= 0.05 for _ in range(3000)
    ]
    assert 0.78 < np.mean(found) < 0.84


def test_extremes() -> None:
    assert seeds_needed(0.0, 0.1) == 2
    assert seeds_needed(1.0, 1e9) == 2
    # Far out the normal approximation takes over without a jump.
    assert seeds_needed(1.0, 0.0281) < seeds_needed(1.0, 0.028) < seeds_needed(1.0, 0.0279)
    assert seeds_needed(1.0, 1e-300) > 10**100


@pytest.mark.parametrize(
    "arguments", [(-1.0, 1.0), (float("nan"), 1.0), (1.0, 0.0), (1.0, 1.0, 1.0), (1.0, 1.0, 0.8, 5)]
)
def test_refuses(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be"):
        seeds_needed(*arguments)
