"""Hedges' g: by hand, its laws, and that the correction takes the bias away."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnnopt.statistics import hedges_g_av


def test_by_hand() -> None:
    # Means 6 and 3; sums of squares 40 and 10, so sds √10 and √2.5, on average 2.37171;
    # J(4) = Γ(2)/(√2 · Γ(3/2)) = 1/(1.41421 · 0.886227) = 0.797885; 3/2.37171 · 0.797885.
    g = hedges_g_av([2.0, 4.0, 6.0, 8.0, 10.0], [1.0, 2.0, 3.0, 4.0, 5.0])
    assert g == pytest.approx(1.00925, abs=1e-5)
    # Three pairs: J(2) = Γ(1)/(1 · Γ(1/2)) = 1/√π; both sds are 1 and the means 2 apart.
    assert hedges_g_av([3.0, 4.0, 5.0], [2.0, 3.0, 1.0]) == pytest.approx(2 / math.sqrt(math.pi))


@pytest.mark.parametrize("n", [3, 5, 10, 30, 1000, 10**6])
def test_correction_is_near_the_printed_approximation(n: int) -> None:
    a = np.random.default_rng(0).normal(1, 1, n)
    d = a.mean() / (a.std(ddof=1) / 2)  # b has no spread: half of a's is the average
    correction = hedges_g_av(a, np.zeros(n)) / d
    assert correction == pytest.approx(1 - 3 / (4 * (n - 1) - 1), abs=0.2 / n**2)


def test_antisymmetric_and_blind_to_unit_order_and_common_shift() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 8))
    g, order = hedges_g_av(a, b), np.random.default_rng(2).permutation(8)
    assert hedges_g_av(b, a) == -g
    assert hedges_g_av(a[order], b[order]) == pytest.approx(g)
    assert hedges_g_av(100 * a + 3, 100 * b + 3) == pytest.approx(g)


def test_pairing_does_not_blow_it_up() -> None:
    generator = np.random.default_rng(3)
    luck = generator.normal(size=50)
    a, b = luck + 0.2 + generator.normal(0, 0.01, 50), luck
    differences = a - b
    assert differences.mean() / differences.std(ddof=1) > 15  # d_z
    assert hedges_g_av(a, b) == pytest.approx(0.2 / luck.std(ddof=1), rel=0.1)


@pytest.mark.parametrize(("correlation", "low", "high"), [(0.0, 0.93, 0.98), (0.99, 0.985, 1.015)])
def test_not_larger_than_the_truth_on_average(correlation: float, low: float, high: float) -> None:
    # Exact where both move together; independent sds average better than J(n - 1) assumes.
    generator = np.random.default_rng(4)
    luck, own = generator.normal(size=(4000, 1, 6)), generator.normal(size=(4000, 2, 6))
    runs = math.sqrt(correlation) * luck + math.sqrt(1 - correlation) * own
    runs[:, 0] += 1.0
    assert low < np.mean([hedges_g_av(a, b) for a, b in runs]) < high


def test_without_spread_or_enough_pairs() -> None:
    assert hedges_g_av([0.1] * 10, [0.1] * 10) == 0.0
    assert hedges_g_av([0.3] * 10, [0.1] * 10) == math.inf
    assert hedges_g_av([0.1] * 10, [0.3] * 10) == -math.inf
    assert math.isfinite(hedges_g_av([0.1] * 3, [0.1, 0.2, 0.3]))
    assert math.isnan(hedges_g_av([1.0, 2.0], [0.0, 3.0]))
    assert math.isnan(hedges_g_av([1.0], [0.0]))


def test_refuses() -> None:
    with pytest.raises(ValueError, match="same number of values"):
        hedges_g_av([1.0, 2.0, 3.0], [1.0])
    with pytest.raises(ValueError, match="finite"):
        hedges_g_av([1.0, 2.0, np.nan], [1.0, 2.0, 3.0])
