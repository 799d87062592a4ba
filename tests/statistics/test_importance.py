"""Importance of settings: known functions, chance, and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cnnopt.statistics import Importance, binned, importance_of


def found(levels: list[object], scores: list[float]) -> Importance:
    return importance_of(levels, scores, np.random.default_rng(0))  # type: ignore[arg-type]


def test_worked_by_hand() -> None:
    """Ranks 1, 2 | 3, 4: between 4, total 5, so η² = 4/5 and ε² = 1 - 1/5 · 3/2."""
    both = found(["a", "a", "b", "b"], [0.1, 0.2, 5.0, 7.0])
    assert both.share == pytest.approx(0.7)
    # 2 of the 6 ways to choose two ranks of four are as far apart.
    assert both.p == pytest.approx(1 / 3, abs=0.03)


def test_it_is_kruskal_and_wallis_s_statistic_in_other_words() -> None:
    rng = np.random.default_rng(1)
    levels = rng.integers(4, size=40)
    scores = rng.normal(size=40) + 0.5 * levels
    groups = [scores[levels == level] for level in range(4)]
    h, p = stats.kruskal(*groups)
    mine = found(levels.tolist(), scores.tolist())
    eta = 1 - (1 - mine.share) * (40 - 4) / (40 - 1)
    assert eta == pytest.approx(h / 39)
    assert mine.p == pytest.approx(p, abs=0.02)


def test_a_setting_that_does_everything_explains_everything() -> None:
    assert found([0, 0, 1, 1], [1, 1, 2, 2]).share == pytest.approx(1)


def test_a_setting_that_does_nothing_explains_nothing_on_average() -> None:
    rng = np.random.default_rng(2)
    shares, sure = [], 0
    for _ in range(200):
        each = importance_of(rng.integers(3, size=24).tolist(), rng.normal(size=24).tolist(), rng)
        shares.append(each.share)
        sure += each.p <= 0.05
    assert abs(np.mean(shares)) < 0.03
    assert 1 <= sure <= 22  # 10 expected, sd 3


def test_shares_of_a_sum_are_as_the_parts_of_its_variance() -> None:
    """y = 3a + b with independent even a, b: 9/10 and 1/10 of the variance; ranks hardly less."""
    a, b = np.divmod(np.arange(500) % 25, 5)
    scores = (3.0 * a + b).tolist()
    assert found(a.tolist(), scores).share == pytest.approx(0.9, abs=0.02)
    assert found(b.tolist(), scores).share == pytest.approx(0.1, abs=0.02)


def test_a_best_in_the_middle_shows_in_thirds() -> None:
    x = np.random.default_rng(4).uniform(-1, 1, size=60)
    assert found(binned(x.tolist()), (x**2).tolist()).share > 0.4


def test_what_two_do_only_together_is_in_no_share() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.integers(2, size=400), rng.integers(2, size=400)
    scores = ((a != b) + 0.01 * rng.normal(size=400)).tolist()
    assert abs(found(a.tolist(), scores).share) < 0.02
    assert abs(found(b.tolist(), scores).share) < 0.02


def test_only_ranks_count_and_all_that_diverged_share_the_last() -> None:
    levels = ["a", "b", "a", "b", "a", "b"]
    plain = [1.0, 4.0, 2.0, 5.0, 3.0, 5.0]
    assert found(levels, plain) == found(levels, [math.exp(9 * each) for each in plain])
    assert found(levels, plain) == found(levels, [1.0, 4.0, 2.0, math.inf, 3.0, math.inf])
    higher = found(levels, [-each for each in plain])
    assert higher.share == pytest.approx(found(levels, plain).share)


@pytest.mark.parametrize(
    ("levels", "scores"),
    [(["a"] * 4, [1, 2, 3, 4]), ([1, 2, 3, 4], [1, 2, 3, 4]), ([1, 1, 2, 2], [7, 7, 7, 7]),
     ([], []), ([1, 1, 2, 2], [math.inf] * 4)],
)  # fmt: skip
def test_where_nothing_can_be_said(levels: list[object], scores: list[float]) -> None:
    nothing = found(levels, scores)
    assert math.isnan(nothing.share)
    assert math.isnan(nothing.p)


def test_what_is_no_score() -> None:
    with pytest.raises(ValueError, match="scores must be numbers, got NaN"):
        found([1, 1, 2], [1, 2, math.nan])
    with pytest.raises(ValueError, match="as many levels as scores, got 2 and 3"):
        found([1, 2], [1, 2, 3])


@pytest.mark.parametrize("bins", [1, 3, 5])
@pytest.mark.parametrize("count", [5, 12, 31])
def test_bins_are_as_even_as_can_be_and_in_order(count: int, bins: int) -> None:
    values = np.random.default_rng(6).normal(size=count)
    places = np.array(binned(values.tolist(), bins))
    sizes = np.bincount(places, minlength=bins)
    assert len(sizes) == bins
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(places[np.argsort(values)]) >= 0).all()


def test_equal_values_are_in_one_bin() -> None:
    assert len(set(binned([2.0] * 7))) == 1
    assert binned([1, 1, 1, 1, 5]) == [1, 1, 1, 1, 2]
