"""Friedman's test and Nemenyi's: Demšar's example, scipy, ranks as an analysis of variance."""

from __future__ import annotations

import math
from itertools import combinations, permutations, product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.statistics import critical_difference, friedman, indistinguishable

# AUC of C4.5, with m, with cf, with both, on 14 data sets: Demšar 2006, table 6. His average ranks
# need the last two of "voting" apart (ranks 2 and 3), which three digits do not show: 0.9754.
NAMES = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")
AUC = [
    [0.763, 0.768, 0.771, 0.798], [0.599, 0.591, 0.590, 0.569], [0.954, 0.971, 0.968, 0.967],
    [0.628, 0.661, 0.654, 0.657], [0.882, 0.888, 0.886, 0.898], [0.936, 0.931, 0.916, 0.931],
    [0.661, 0.668, 0.609, 0.685], [0.583, 0.583, 0.563, 0.625], [0.775, 0.838, 0.866, 0.875],
    [1.000, 1.000, 1.000, 1.000], [0.940, 0.962, 0.965, 0.962], [0.619, 0.666, 0.614, 0.669],
    [0.972, 0.981, 0.9754, 0.975], [0.957, 0.978, 0.946, 0.970],
]  # fmt: skip

TABLES = st.integers(2, 5).flatmap(
    lambda k: st.lists(
        st.lists(st.integers(0, 4), min_size=k, max_size=k), min_size=2, max_size=7
    )
)  # fmt: skip


def test_published_example() -> None:
    test = friedman(AUC, higher_is_better=True, correct_ties=False)
    assert test.average_ranks == pytest.approx((3.143, 2.000, 2.893, 1.964), abs=5e-4)
    assert test.chi_square == pytest.approx(9.28, abs=0.005)
    assert test.f == pytest.approx(3.69, abs=0.005)
    assert test.p == pytest.approx(scipy.stats.f.sf(test.f, 3, 39))
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)
    assert critical_difference(4, 14, 0.10) == pytest.approx(1.12, abs=0.005)


def test_groups_of_the_published_example() -> None:
    # At 10 % C4.5 is worse than both with m, and nothing can be said of C4.5+cf.
    ranks = dict(zip(NAMES, friedman(AUC, higher_is_better=True).average_ranks, strict=True))
    assert indistinguishable(ranks, critical_difference(4, 14, 0.10)) == [
        ("C4.5+m+cf", "C4.5+m", "C4.5+cf"),
        ("C4.5+cf", "C4.5"),
    ]
    assert indistinguishable(ranks, critical_difference(4, 14)) == [
        ("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5")
    ]


@settings(max_examples=150, deadline=None)
@given(TABLES.filter(lambda rows: len(rows[0]) > 2))
def test_ties_are_corrected_as_scipys(rows: list[list[int]]) -> None:
    table = np.array(rows)
    if (table == table[:, :1]).all():
        return  # scipy divides by 0
    theirs, ours = scipy.stats.friedmanchisquare(*table.T), friedman(rows, higher_is_better=True)
    assert ours.chi_square == pytest.approx(theirs.statistic, abs=1e-12)
    assert ours.p_chi_square == pytest.approx(max(theirs.pvalue, least_p(table)), rel=1e-9)


def least_p(table: np.ndarray) -> float:
    return math.factorial(table.shape[1]) ** (1.0 - len(table))


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_f_is_the_analysis_of_variance_of_the_ranks(rows: list[list[int]]) -> None:
    test = friedman(rows, higher_is_better=False)
    ranks = scipy.stats.rankdata(rows, axis=1)
    n, k = ranks.shape
    between = n * ((ranks.mean(axis=0) - (k + 1) / 2) ** 2).sum()
    within = ((ranks - (k + 1) / 2) ** 2).sum() - between
    if within < 1e-9:
        assert test.f == (math.inf if between > 1e-9 else 0.0)
        assert test.p == (pytest.approx(least_p(ranks)) if between > 1e-9 else 1.0)
        return
    expected = (between / (k - 1)) / (within / ((k - 1) * (n - 1)))
    assert test.f == pytest.approx(expected, abs=1e-9)
    assert test.average_ranks == pytest.approx(ranks.mean(axis=0))
    assert sum(test.average_ranks) == pytest.approx(k * (k + 1) / 2)
    assert test.p >= least_p(ranks) * (1 - 1e-12)


@given(TABLES, st.integers(0, 2**32 - 1))
def test_blind_to_the_order_of_problems_and_to_their_scales(
    rows: list[list[int]], seed: int
) -> None:
    generator = np.random.default_rng(seed)
    table = np.array(rows, dtype=np.float64)
    scaled = table / 7 * generator.uniform(0.1, 9, (len(rows), 1)) + generator.normal(
        size=(len(rows), 1)
    )
    plain = friedman(table, higher_is_better=True)
    assert friedman(generator.permutation(scaled), higher_is_better=True) == plain
    back = friedman(table, higher_is_better=False)
    assert back.average_ranks == pytest.approx([len(rows[0]) + 1 - r for r in plain.average_ranks])
    assert (back.chi_square, back.p) == (plain.chi_square, plain.p)


def test_verdicts_of_five_problems_are_those_of_counting_all_rankings() -> None:
    orders = [np.array(order) for order in permutations((1, 2, 3))]
    ways: dict[int, int] = {}  # by how far apart the sums of ranks lie
    tests = {}
    for rows in product(orders, repeat=5):
        spread = int(((sum(rows) - 10) ** 2).sum())
        ways[spread] = ways.get(spread, 0) + 1
        if spread not in tests:
            tests[spread] = friedman(rows, higher_is_better=False)
    for spread, test in tests.items():
        exact = sum(count for other, count in ways.items() if other >= spread) / 6**5
        assert (test.p <= 0.05) == (exact <= 0.05)
        assert test.p == pytest.approx(exact, abs=0.11)
    full = tests[max(tests)]
    assert full.f == math.inf
    assert full.p == pytest.approx(6 / 6**5)


def test_two_treatments_are_never_told_apart_on_five_problems() -> None:
    # All five agree once in 2⁴ times by chance; χ² alone would say 0.025, and F would say 0.
    test = friedman([[1.0, 2.0]] * 5, higher_is_better=True)
    assert (test.f, test.p, test.p_chi_square) == (math.inf, pytest.approx(1 / 16), test.p)


def test_nothing_differs() -> None:
    test = friedman([[0.5, 0.5, 0.5]] * 4, higher_is_better=True)
    assert (test.chi_square, test.f, test.p, test.p_chi_square) == (0.0, 0.0, 1.0, 1.0)
    assert test.average_ranks == (2.0, 2.0, 2.0)
    circle = friedman([[1, 2, 3], [2, 3, 1], [3, 1, 2]], higher_is_better=True)
    assert (circle.f, circle.p) == (0.0, 1.0)


def test_means_of_the_same_values_are_tied() -> None:
    a = [0.1, 0.2, 0.3]
    means = [sum(a) / 3, sum(a[::-1]) / 3]
    assert means[0] != means[1]
    assert friedman([means, means], higher_is_better=True).average_ranks == (1.5, 1.5)


def test_equal_treatments_are_found_different_as_often_as_promised() -> None:
    generator = np.random.default_rng(5)
    tests = [friedman(generator.normal(size=(10, 9)), higher_is_better=True) for _ in range(2000)]
    assert 0.035 < np.mean([test.p <= 0.05 for test in tests]) < 0.065
    cd = critical_difference(9, 10)
    apart = [max(test.average_ranks) - min(test.average_ranks) >= cd for test in tests]
    assert 0.02 < np.mean(apart) < 0.065


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, 2.0]], "at least two problems"),
        ([[1.0], [2.0]], r"got shape \(2, 1\)"),
        ([1.0, 2.0], r"got shape \(2,\)"),
        ([[1.0, 2.0], [1.0, np.nan]], "Score a diverged run"),
    ],
)
def test_friedman_refuses(values: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        friedman(values, higher_is_better=True)


@pytest.mark.parametrize(
    ("alpha", "published"),
    [
        (0.05, [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]),
        (0.10, [1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920]),
    ],
)
def test_critical_values_are_demsars(alpha: float, published: list[float]) -> None:
    # Table 5(a), from values of the studentized range with three digits over √2.
    for k, q in enumerate(published, start=2):
        assert critical_difference(k, 1, alpha) == pytest.approx(
            q * math.sqrt(k * (k + 1) / 6), rel=4e-4
        )


@pytest.mark.parametrize("alpha", [0.999, 0.5, 0.05, 0.001, 1e-6])
@pytest.mark.parametrize("k", [2, 3, 12, 40])
def test_studentized_range_is_scipys(k: int, alpha: float) -> None:
    q = critical_difference(k, 7, alpha) / math.sqrt(k * (k + 1) / (6 * 7)) * math.sqrt(2)
    assert scipy.stats.studentized_range.sf(q, k, np.inf) == pytest.approx(alpha, rel=1e-7)


def test_small_levels_near_bonferronis_and_two_treatments_exactly_so() -> None:
    for alpha in (1e-9, 1e-15, 1e-25):
        for k in (2, 9):
            bonferroni = -scipy.stats.norm.ppf(alpha / (k * (k - 1)))
            q = critical_difference(k, 1, alpha) / math.sqrt(k * (k + 1) / 6)
            assert q == pytest.approx(bonferroni, rel=1e-3 if k > 2 else 1e-12)
            assert q <= bonferroni * (1 + 1e-12)


@given(
    st.dictionaries(st.text("abcdefgh", min_size=1), st.integers(2, 18), min_size=1),
    st.floats(0.1, 9),
)
def test_groups_are_the_largest_sets_without_a_difference(ranks: dict[str, int], cd: float) -> None:
    halves = {name: rank / 2 for name, rank in ranks.items()}
    near = {
        frozenset(names)
        for size in range(2, len(halves) + 1)
        for names in combinations(halves, size)
        if max(halves[n] for n in names) - min(halves[n] for n in names) < cd
    }
    largest = {group for group in near if not any(group < other for other in near)}
    groups = indistinguishable(halves, cd)
    assert set(map(frozenset, groups)) == largest
    assert len(groups) == len(largest)
    leaders = [halves[group[0]] for group in groups]
    assert leaders == sorted(leaders)
    assert all(list(g) == sorted(g, key=halves.__getitem__) for g in groups)


def test_a_difference_of_exactly_cd_is_one() -> None:
    assert indistinguishable({"a": 1.0, "b": 2.0}, 1.0) == []
    assert indistinguishable({"a": 2.0, "b": 1.0}, 1.25) == [("b", "a")]
    assert indistinguishable({"a": 1.0}, 1.0) == []


def test_nemenyi_refuses() -> None:
    with pytest.raises(ValueError, match="treatments must be >= 2 and problems >= 1, got 1 and 5"):
        critical_difference(1, 5)
    with pytest.raises(ValueError, match="got 3 and 0"):
        critical_difference(3, 0)
    with pytest.raises(ValueError, match=r"alpha must be in \(0, 1\), got 5"):
        critical_difference(3, 5, 5)
    with pytest.raises(ValueError, match="cd must be > 0, got nan"):
        indistinguishable({"a": 1.0}, math.nan)
