"""Bootstrap intervals where examples are alike: by hand, at their limits, and how often they hold.

Of 1,000 simulations a share of 0.9 has a standard error of 0.0095: bounds stand three away.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from cnnopt.statistics import block_interval, block_length, bootstrap_interval, cluster_interval

SIMULATIONS = 1000


def held(interval: tuple[float, float]) -> bool:
    return interval[0] <= 0 <= interval[1]


def share_of_clusters(number: int) -> tuple[float, float]:
    """Return how often clusters, and single examples, cover a mean of 0; 8 examples a cluster.

    Half of the variance is the clusters' own.
    """
    generator = np.random.default_rng(number)
    names = np.repeat(np.arange(number), 8)
    whole, single = [], []
    for _ in range(SIMULATIONS):
        values = generator.normal(size=number)[names] + generator.normal(size=len(names))
        whole.append(held(cluster_interval(values, names, generator=generator, resamples=400)))
        single.append(held(bootstrap_interval(values, generator=generator, resamples=200)))
    return float(np.mean(whole)), float(np.mean(single))


def share_of_blocks(n: int, alike: float) -> tuple[float, float]:
    """Return how often blocks, and single moments, cover the mean of x(t) = alike · x(t-1) + e."""
    generator = np.random.default_rng(n)
    whole, single = [], []
    for _ in range(SIMULATIONS):
        series = generator.normal(size=n + 50)
        for moment in range(1, n + 50):
            series[moment] += alike * series[moment - 1]
        values = series[50:]  # the start is forgotten
        interval = block_interval(values, block_length(n), generator=generator, resamples=400)
        whole.append(held(interval))
        single.append(held(bootstrap_interval(values, generator=generator, resamples=200)))
    return float(np.mean(whole)), float(np.mean(single))


def test_ten_clusters_cover_as_often_as_said_and_single_examples_far_less() -> None:
    whole, single = share_of_clusters(10)
    assert whole == pytest.approx(0.90, abs=0.03), "as cluster_interval's docstring says"
    assert single < 0.70


def test_forty_clusters_cover_nearly_95_times_in_100() -> None:
    whole, single = share_of_clusters(40)
    assert whole == pytest.approx(0.94, abs=0.03)
    assert single < 0.70


def test_blocks_cover_a_series_better_than_single_moments() -> None:
    whole, single = share_of_blocks(100, 0.5)
    assert whole == pytest.approx(0.88, abs=0.03), "rough, as it says"
    assert single < 0.79


def test_blocks_do_no_harm_where_moments_are_not_alike() -> None:
    whole, single = share_of_blocks(200, 0.0)
    assert whole == pytest.approx(0.94, abs=0.03)
    assert whole == pytest.approx(single, abs=0.02)


def test_clusters_are_drawn_whole_and_weigh_as_their_rows() -> None:
    """All 27 draws of three clusters, worked out: sums over counts of those drawn."""
    values, names = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0], ["a", "b", "b", "b", "c", "c"]
    sums, counts = {"a": 1, "b": 0, "c": 2}, {"a": 1, "b": 3, "c": 2}
    means = [
        sum(sums[k] for k in drawn) / sum(counts[k] for k in drawn)
        for drawn in itertools.product("abc", repeat=3)
    ]
    interval = cluster_interval(values, names, level=0.6, resamples=20_000)
    assert interval == pytest.approx(np.quantile(means, [0.2, 0.8])) == (0.25, 1.0)
    assert cluster_interval(values, names, level=0.999)[0] == 0.0, "b alone"


def test_clusters_of_one_example_each_are_a_plain_bootstrap() -> None:
    values = np.random.default_rng(0).normal(size=80)
    mine = cluster_interval(values, np.arange(80), resamples=20_000)
    plain = bootstrap_interval(values, resamples=20_000)
    assert mine == pytest.approx(plain, abs=0.01)


def test_names_and_order_of_clusters_change_nothing_but_the_draw() -> None:
    values = np.random.default_rng(1).normal(size=60)
    names = np.arange(60) % 7
    again = cluster_interval(values, names)
    assert again == cluster_interval(values, names), "None takes a fixed generator"
    assert again == cluster_interval(values, [f"s{name}" for name in names])
    assert again == pytest.approx(cluster_interval(values[::-1], names[::-1]), abs=1e-12)


def test_blocks_run_around_the_circle() -> None:
    """Of 1, 2, 3, 10 by twos: the blocks' sums are 3, 5, 13 and, around the end, 11."""
    sums = [3, 5, 13, 11]
    means = [(a + b) / 4 for a in sums for b in sums]
    interval = block_interval([1.0, 2.0, 3.0, 10.0], 2, level=0.3, resamples=20_000)
    assert interval == pytest.approx((sorted(means)[5], sorted(means)[10]))
    widest = block_interval([1.0, 2.0, 3.0, 10.0], 2, level=0.9999)
    assert widest == pytest.approx((min(means), max(means)))


def test_the_mean_of_a_block_s_draws_is_that_of_the_series() -> None:
    """Also where blocks do not go up into the length: no moment is drawn more often."""
    values = np.random.default_rng(2).normal(size=31)
    low, high = block_interval(values, 4, level=0.02, resamples=100_000)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.01)


def test_blocks_of_one_are_a_plain_bootstrap() -> None:
    values = np.random.default_rng(3).normal(size=80)
    mine = block_interval(values, 1, resamples=20_000)
    assert mine == pytest.approx(bootstrap_interval(values, resamples=20_000), abs=0.01)


def test_a_block_as_long_as_the_series_knows_one_mean() -> None:
    values = np.random.default_rng(4).normal(size=9)
    for block in (9, 10, 500):
        assert block_interval(values, block) == pytest.approx([values.mean()] * 2, abs=1e-12)


@pytest.mark.parametrize(
    ("n", "length"), [(0, 1), (1, 1), (2, 2), (8, 2), (9, 3), (27, 3), (28, 4), (1000, 10)]
)
def test_the_length_of_blocks_is_the_cube_root_rounded_up(n: int, length: int) -> None:
    assert block_length(n) == length


def test_cubes_do_not_round_over() -> None:
    assert all(block_length(k**3) == k for k in range(1, 500))


def test_too_few_values_give_nan_and_none_is_an_error() -> None:
    for interval in (
        cluster_interval([], []),
        cluster_interval([0.5] * 9, [3] * 9),
        block_interval([], 3),
        block_interval([0.5], 1),
    ):
        assert all(map(math.isnan, interval))


def test_equal_values_give_no_width() -> None:
    assert cluster_interval([0.25] * 6, [0, 0, 1, 1, 2, 2]) == (0.25, 0.25)
    assert block_interval([0.25] * 6, 2) == (0.25, 0.25)


def test_what_is_not_finite_is_not_hidden() -> None:
    assert all(map(math.isnan, cluster_interval([1.0, math.nan, 0.0], [0, 1, 2])))
    assert all(map(math.isnan, block_interval([1.0, math.nan, 0.0], 2)))


def test_impossible_requests() -> None:
    with pytest.raises(ValueError, match="level must be in"):
        cluster_interval([0.0, 1.0], [0, 1], level=1.0)
    with pytest.raises(ValueError, match="level must be in"):
        block_interval([0.0, 1.0], 1, level=0.0)
    with pytest.raises(ValueError, match="one per value, got 1"):
        cluster_interval([0.0, 1.0], [0])
    with pytest.raises(ValueError, match="block must be at least 1, got 0"):
        block_interval([0.0, 1.0], 0)
