"""Wilcoxon's test against scipy, against all signs written out, and by hand; ranks with ties."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.statistics import wilcoxon
from cnnopt.statistics.ranks import doubled_ranks, rounding

STEPS = st.lists(st.integers(-4, 4), min_size=1, max_size=9)


def by_all_signs(differences: list[int]) -> float:
    """Return p from the ranks' every sign: the share with a sum as far from the middle."""
    sizes = [abs(value) for value in differences if value]
    ranks = scipy.stats.rankdata(sizes) if sizes else np.zeros(0)
    middle = ranks.sum() / 2
    seen = abs(
        sum(r for r, d in zip(ranks, filter(None, differences), strict=True) if d > 0) - middle
    )
    sums = [np.dot(ranks, signs) for signs in product((0, 1), repeat=len(ranks))]
    return float(np.mean([abs(one - middle) >= seen for one in sums]))


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_counts_the_signs_with_ties_and_zeros(steps: list[int]) -> None:
    test = wilcoxon([float(step) for step in steps], [0.0] * len(steps))
    assert test.p == pytest.approx(by_all_signs(steps), rel=1e-14)
    assert test.exact
    assert test.n + test.zeros == len(steps)
    assert test.plus + test.minus == test.n * (test.n + 1) / 2


@pytest.mark.parametrize("shift", [0.0, 0.4, 3.0])
@pytest.mark.parametrize("n", [1, 2, 5, 6, 10, 25, 49, 50])
def test_exact_is_scipys_without_ties(n: int, shift: float) -> None:
    a, b = np.random.default_rng(n).normal([[shift], [0]], 1, (2, n))
    ours, theirs = wilcoxon(a, b), scipy.stats.wilcoxon(a, b, method="exact")
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-12)
    assert min(ours.plus, ours.minus) == theirs.statistic


@pytest.mark.parametrize("shift", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("n", [60, 400])
def test_large_samples_are_scipys_normal_ones_with_ties(n: int, shift: float) -> None:
    a = np.round(np.random.default_rng(n).normal(shift, 1, n) * 4)  # whole: no rounding to rank
    theirs = scipy.stats.wilcoxon(a, method="asymptotic", correction=True, zero_method="wilcox")
    ours = wilcoxon(a, np.zeros(n))
    assert not ours.exact
    assert ours.zeros == (a == 0).sum()
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-9)


def test_both_ways_agree_where_they_meet() -> None:
    for seed in range(20):
        steps = np.random.default_rng(seed).integers(1, 30, 51) * np.sign(
            np.random.default_rng(seed + 100).normal(0.3, 1, 51)
        )
        normal = wilcoxon(steps, np.zeros(51))
        counted = wilcoxon(np.append(steps[:50], 0), np.zeros(51))
        assert (normal.exact, counted.exact) == (False, True)
        exact = scipy.stats.wilcoxon(steps[:50], method="asymptotic", correction=True).pvalue
        assert counted.p == pytest.approx(exact, abs=0.003)


def test_by_hand() -> None:
    # Differences 4, 2, -1, 2 have ranks 4, 2.5, 1, 2.5: minus is 1, and of 16 signs only none and
    # the 1 alone have a sum as small: 2/16, doubled.
    test = wilcoxon([9.0, 5.0, 3.0, 4.0], [5.0, 3.0, 4.0, 2.0])
    assert (test.plus, test.minus, test.p) == (9.0, 1.0, 0.25)


def test_five_seeds_can_never_settle_anything() -> None:
    assert wilcoxon([1.0, 2.0, 3.0, 4.0, 5.0], [0.0] * 5).p == 2 / 32
    assert wilcoxon([1.0] * 6, [0.0] * 6).p == 2 / 64


def test_identical_values() -> None:
    test = wilcoxon([0.5, 0.7, 0.1], [0.5, 0.7, 0.1])
    assert (test.p, test.n, test.zeros, test.plus, test.minus) == (1.0, 0, 3, 0.0, 0.0)


@given(STEPS, st.integers(0, 2**32 - 1))
def test_antisymmetric_and_blind_to_order_shift_and_unit(steps: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    b = generator.integers(300, 350, len(steps))
    a = b + np.array(steps)
    order = generator.permutation(len(steps))
    plain, back = wilcoxon(a, b), wilcoxon(b, a)
    assert (back.plus, back.minus, back.p) == (plain.minus, plain.plus, plain.p)
    assert wilcoxon(a[order], b[order]) == plain
    # Accuracies of 360 images: the differences' last bits are rounding, and no ranks.
    assert wilcoxon(a / 360, b / 360) == plain
    assert wilcoxon(a / 360 * 100, b / 360 * 100) == plain


def test_rounding_is_not_ranked() -> None:
    a, b = np.array([17, 15, 11]) / 20, np.array([16, 14, 12]) / 20
    assert len(set(np.abs(a - b))) > 1
    assert wilcoxon(a, b).plus == 4.0
    assert wilcoxon([0.1 + 0.2, 1.0], [0.3, 0.5]).zeros == 1


@given(st.lists(st.integers(-3, 3), max_size=12))
def test_ranks_are_scipys(values: list[int]) -> None:
    array = np.array(values, dtype=np.float64)
    assert doubled_ranks(array, 0.0).tolist() == (2 * scipy.stats.rankdata(array)).tolist()
    assert (
        doubled_ranks(array / 7 + 1e6, rounding(array / 7 + 1e6)).tolist()
        == (2 * scipy.stats.rankdata(array)).tolist()
    )


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0], [1.0, 2.0], "same number of values"),
        ([], [], "at least one"),
        ([1.0, np.nan], [1.0, 2.0], "finite"),
        ([1.0, np.inf], [1.0, np.inf], "Score a diverged run"),
    ],
)
def test_refuses(a: list[float], b: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wilcoxon(a, b)
