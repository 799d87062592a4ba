"""Intervals of a mean against scipy.stats, by hand, and by how often they cover."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from cnnopt.statistics import bootstrap_interval, corrected_interval, t_interval

LEVELS = [0.5, 0.9, 0.95, 0.999]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_t_interval_is_scipys(n: int, level: float) -> None:
    values = np.random.default_rng(n).normal(5, 2, n)
    expected = scipy.stats.ttest_1samp(values, 0).confidence_interval(level)
    assert t_interval(values.tolist(), level) == pytest.approx(expected, rel=1e-12)


def test_corrected_interval_by_hand() -> None:
    # Five folds: mean 0.97, variance 0.0001·2/4, t(0.975, 4) = 2.776445; √((0.2 + 0.25)·5e-5).
    half = 2.7764451 * np.sqrt(0.45 * 5e-5)
    interval = corrected_interval([0.96, 0.97, 0.98, 0.97, 0.97], 1 / 4)
    assert interval == pytest.approx((0.97 - half, 0.97 + half), rel=1e-7)


@pytest.mark.parametrize("level", LEVELS)
def test_corrected_interval_widens_by_the_overlap_alone(level: float) -> None:
    values = np.random.default_rng(0).normal(size=10).tolist()
    plain, corrected = t_interval(values, level), corrected_interval(values, 1 / 9, level)
    widths = (corrected.high - corrected.low) / (plain.high - plain.low)
    assert widths == pytest.approx(np.sqrt((1 / 10 + 1 / 9) / (1 / 10)))
    assert sum(corrected) == pytest.approx(sum(plain))


def test_corrected_interval_covers_where_the_plain_one_does_not() -> None:
    # Nadeau and Bengio's model: folds correlate by ρ = n_test/(n_test + n_train), here 1/5.
    generator = np.random.default_rng(2)
    shared, own = generator.normal(size=(3000, 1)), generator.normal(size=(3000, 5))
    folds = np.sqrt(0.2) * shared + np.sqrt(0.8) * own
    plain = np.mean([low < 0 < high for low, high in map(t_interval, folds)])
    corrected = np.mean(
        [low < 0 < high for low, high in (corrected_interval(f, 0.25) for f in folds)]
    )
    assert plain < 0.90
    assert 0.94 < corrected < 0.96


def test_bootstrap_is_near_the_binomial_interval() -> None:
    values = np.arange(1797) < 1770
    low, high = bootstrap_interval(values, 0.95, np.random.default_rng(0), 4000)
    exact = scipy.stats.binom(1797, 1770 / 1797).ppf([0.025, 0.975]) / 1797
    assert [low, high] == pytest.approx(exact, abs=1.5 / 1797)


def test_bootstrap_covers_the_mean_of_the_source() -> None:
    generator = np.random.default_rng(7)
    hits = [
        low < 2 < high
        for low, high in (
            bootstrap_interval(generator.normal(2, 1, 100), 0.9, generator, 400) for _ in range(500)
        )
    ]
    assert 0.86 < np.mean(hits) < 0.94


def test_ten_pairs_are_too_few_for_the_bootstrap_and_enough_for_student() -> None:
    generator = np.random.default_rng(8)
    luck, own = generator.normal(size=(1000, 1, 10)), generator.normal(size=(1000, 2, 10))
    differences = (luck + own)[:, 0] - (luck + own)[:, 1]
    drawn = [bootstrap_interval(row, 0.95, generator, 400) for row in differences]
    assert 0.87 < np.mean([low < 0 < high for low, high in drawn]) < 0.93
    assert 0.93 < np.mean([low < 0 < high for low, high in map(t_interval, differences)]) < 0.97


def test_bootstrap_does_not_depend_on_the_block_size_and_repeats() -> None:
    values = np.random.default_rng(1).normal(size=400_000)
    first = bootstrap_interval(values, resamples=100)
    assert first == bootstrap_interval(values, resamples=100)
    assert first == pytest.approx(t_interval(values), abs=5e-4)


def test_too_few_values_give_nan() -> None:
    assert np.isnan(t_interval([1.0])).all()
    assert np.isnan(corrected_interval([], 0.25)).all()
    assert np.isnan(bootstrap_interval([])).all()


def test_values_that_agree_give_no_width() -> None:
    assert t_interval([0.5, 0.5, 0.5]) == (0.5, 0.5)
    assert bootstrap_interval([1.0] * 9) == (1.0, 1.0)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_refuses_a_level_in_per_cent(level: float) -> None:
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\), got"):
        t_interval([1.0, 2.0], level)
    with pytest.raises(ValueError, match="level"):
        bootstrap_interval([1.0, 2.0], level)


def test_refuses_other_arguments_out_of_range() -> None:
    with pytest.raises(ValueError, match="n_test_over_n_train must be >= 0, got -1"):
        corrected_interval([1.0, 2.0], -1)
    with pytest.raises(ValueError, match="resamples must be >= 100, got 3"):
        bootstrap_interval([1.0, 2.0], resamples=3)
