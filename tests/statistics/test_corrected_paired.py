"""The corrected paired t-test: by hand, by SciPy, its limits, and how often it is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cnnopt.statistics import PairedTest, corrected_interval, corrected_paired_t, paired_t


def test_by_hand() -> None:
    """Differences 1, 2, 3 and a ratio of 1/2: sd 1, se √(1/3 + 1/2), t = 2 / 0.9129 = 2.1909."""
    test = corrected_paired_t([2.0, 4.0, 6.0], [1.0, 2.0, 3.0], 0.5)
    assert (test.difference, test.df, test.n) == (2.0, 2, 3)
    assert test.se == pytest.approx(math.sqrt(5 / 6))
    # Two degrees of freedom have a closed form: p = 1 - t / √(t² + 2).
    t = 2 / math.sqrt(5 / 6)
    assert test.p == pytest.approx(1 - t / math.sqrt(t * t + 2))
    half = 4.302652729911275 * math.sqrt(5 / 6)
    assert test.interval() == pytest.approx((2 - half, 2 + half))


def drawn(seed: int, n: int = 12) -> tuple[list[float], list[float]]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=n).tolist(), generator.normal(0.4, 1, size=n).tolist()


def test_without_a_ratio_it_is_scipy_s_paired_t() -> None:
    for seed in range(20):
        a, b = drawn(seed)
        oracle = stats.ttest_rel(a, b)
        mine = corrected_paired_t(a, b, 0.0)
        assert mine == paired_t(a, b)
        assert mine.p == pytest.approx(oracle.pvalue)
        assert mine.interval(0.9) == pytest.approx(tuple(oracle.confidence_interval(0.9)))


@pytest.mark.parametrize("ratio", [1 / 9, 1 / 4, 1.0])
def test_the_ratio_shrinks_t_by_a_known_factor(ratio: float) -> None:
    for seed in range(20):
        a, b = drawn(seed)
        t = stats.ttest_rel(a, b).statistic / math.sqrt(1 + len(a) * ratio)
        assert corrected_paired_t(a, b, ratio).p == pytest.approx(2 * stats.t.sf(abs(t), 11))


def test_it_is_the_corrected_interval_of_the_differences() -> None:
    for seed in range(20):
        a, b = drawn(seed)
        apart = np.subtract(a, b)
        assert corrected_paired_t(a, b, 0.25).interval(0.9) == pytest.approx(
            corrected_interval(apart.tolist(), 0.25, 0.9)
        )


def test_p_and_interval_agree() -> None:
    for seed in range(300):
        a, b = drawn(seed, n=5)
        shift = 0.01 * seed
        test = corrected_paired_t([value + shift for value in a], b, 0.25)
        low, high = test.interval()
        assert (test.p <= 0.05) == (low > 0 or high < 0)


def test_swapping_the_models_turns_the_sign_only() -> None:
    a, b = drawn(3)
    there, back = corrected_paired_t(a, b, 0.25), corrected_paired_t(b, a, 0.25)
    assert back == PairedTest(-there.difference, there.se, there.df, there.p)


def test_identical_values_and_one_same_difference() -> None:
    same = corrected_paired_t([0.5, 0.6, 0.7], [0.5, 0.6, 0.7], 0.5)
    assert (same.p, same.difference, same.interval()) == (1.0, 0.0, (0.0, 0.0))
    constant = corrected_paired_t([1.5, 2.5, 3.5], [1.0, 2.0, 3.0], 0.5)
    assert (constant.p, constant.interval()) == (0.0, (0.5, 0.5))


def test_one_fold_has_no_test() -> None:
    alone = corrected_paired_t([0.9], [0.8], 0.25)
    assert alone.difference == pytest.approx(0.1)
    assert all(map(math.isnan, (alone.p, alone.se, *alone.interval())))


@pytest.mark.parametrize(
    ("a", "b", "ratio", "said"),
    [
        ([1.0, 2.0], [1.0, 2.0], -0.1, "n_test_over_n_train must be >= 0, got -0.1"),
        ([1.0, 2.0], [1.0, 2.0], math.nan, "n_test_over_n_train must be >= 0"),
        ([1.0, 2.0], [1.0], 0.2, "same number of values"),
        ([], [], 0.2, "at least one"),
        ([1.0, math.nan], [1.0, 2.0], 0.2, "must be finite"),
        ([1.0, math.inf], [1.0, 2.0], 0.2, "must be finite"),
    ],
)
def test_impossible_requests(a: list[float], b: list[float], ratio: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        corrected_paired_t(a, b, ratio)


def verdicts(signal: float, sets: int = 300) -> tuple[float, float]:
    """Return how often two equally good models are called different: corrected, and plain.

    5 x 10 folds of 100 rows with labels sign(signal · Σx + noise); one model learns from the first
    two of four inputs, the other from the last two, each by the sum of label · input.
    """
    generator = np.random.default_rng(0)
    corrected, plain = [], []
    for _ in range(sets):
        x = generator.normal(size=(100, 4))
        labels = np.sign(signal * x.sum(axis=1) + generator.normal(size=100))
        a, b = [], []
        for _ in range(5):
            for test in np.array_split(generator.permutation(100), 10):
                known = np.setdiff1d(np.arange(100), test)
                votes = x[test] * (labels[known] @ x[known]) * labels[test][:, None]
                a.append(float(np.mean(votes[:, :2].sum(axis=1) > 0)))
                b.append(float(np.mean(votes[:, 2:].sum(axis=1) > 0)))
        corrected.append(corrected_paired_t(a, b, 1 / 9).p <= 0.05)
        plain.append(paired_t(a, b).p <= 0.05)
    return float(np.mean(corrected)), float(np.mean(plain))


def test_equally_good_models_are_seldom_called_different_and_by_the_plain_test_often() -> None:
    """Measured: 2 % and 37 % of 300 data sets, whose standard errors are 0.01 and 0.03."""
    corrected, plain = verdicts(signal=1.0)
    assert corrected < 0.05 + 0.03
    assert plain > 0.28


def test_where_there_is_nothing_to_learn_it_is_too_eager_but_far_less_than_the_plain_test() -> None:
    """The correction is an approximation: 12 % here instead of 5; the plain test has 53 %."""
    corrected, plain = verdicts(signal=0.0)
    assert corrected < 0.18
    assert plain > 0.4
