"""The paired test, Holm's correction and the agreement of the two with the intervals."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.statistics import Interval, PairedTest, holm, paired_t, verdict_intervals

P = st.floats(0, 1)


@pytest.mark.parametrize("n", [2, 3, 10, 50])
@pytest.mark.parametrize("shift", [0.0, 0.3, 40.0])
def test_paired_t_is_scipys(n: int, shift: float) -> None:
    generator = np.random.default_rng(n)
    a, b = generator.normal(shift, 1, n), generator.normal(0, 1, n)
    ours, theirs = paired_t(a.tolist(), b.tolist()), scipy.stats.ttest_rel(a, b)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert ours.difference / ours.se == pytest.approx(theirs.statistic)
    assert ours.df == theirs.df == n - 1
    for level in (0.5, 0.95, 1 - 0.05 / 36):
        assert ours.interval(level) == pytest.approx(theirs.confidence_interval(level), rel=1e-9)


def test_antisymmetric_and_blind_to_a_common_shift() -> None:
    generator = np.random.default_rng(0)
    a, b, seed = generator.normal(size=(3, 8))
    there, back, shifted = paired_t(a, b), paired_t(b, a), paired_t(a + 64 * seed, b + 64 * seed)
    assert (back.difference, back.se, back.p) == (-there.difference, there.se, there.p)
    assert shifted.p == pytest.approx(there.p, rel=1e-9)


def test_identical_equal_steps_and_single_pairs() -> None:
    same = paired_t([0.5, 0.7], [0.5, 0.7])
    assert (same.difference, same.se, same.p) == (0.0, 0.0, 1.0)
    step = paired_t([0.75, 0.5], [0.5, 0.25])
    assert (step.difference, step.p, step.interval()) == (0.25, 0.0, (0.25, 0.25))
    one = paired_t([0.75], [0.5])
    assert one.difference == 0.25
    assert one.n == 1
    assert np.isnan([one.se, one.p, *one.interval()]).all()


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0], [1.0, 2.0], "same number of values"),
        ([], [], "at least one"),
        ([1.0, np.nan], [1.0, 2.0], "finite"),
        ([1.0, np.inf], [1.0, 2.0], "Score a diverged run"),
    ],
)
def test_refuses(a: list[float], b: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        paired_t(a, b)


def by_definition(p: list[float]) -> list[float]:
    """Holm by its definition: the smallest α at which stepping down would reject each."""
    order = sorted(range(len(p)), key=lambda i: (p[i], i))
    adjusted = [0.0] * len(p)
    for step, index in enumerate(order):
        earlier = [min(1.0, (len(p) - j) * p[order[j]]) for j in range(step + 1)]
        adjusted[index] = max(earlier)
    return adjusted


def test_holm_by_hand() -> None:
    # The example of Wright 1992, table 1, as every textbook has it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4]) == [0.4]
    assert holm([]) == []


@given(st.lists(P, min_size=1, max_size=12))
def test_holm_laws(p: list[float]) -> None:
    adjusted = holm(p)
    assert adjusted == pytest.approx(by_definition(p))
    assert all(
        raw <= value <= min(1.0, len(p) * raw) for raw, value in zip(p, adjusted, strict=True)
    )
    order = np.argsort(p, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()
    assert holm(p[::-1])[::-1] == pytest.approx(adjusted)


def test_holm_leaves_missing_tests_out() -> None:
    adjusted = holm([0.01, float("nan"), 0.04])
    assert adjusted[0::2] == [0.02, 0.04]
    assert np.isnan(adjusted[1])
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        holm([1.2])


@st.composite
def families(draw: st.DrawFn) -> list[PairedTest]:
    """Families whose p-values crowd around the edges of Holm's steps, the edges included."""
    tests = []
    m, df = draw(st.integers(1, 10)), draw(st.sampled_from([1, 4, 9, 30]))
    for _ in range(m):
        step = draw(st.integers(1, m))
        t = float(scipy.stats.t.isf(0.05 / step / 2, df))
        t *= draw(st.sampled_from([1.0, 1 + 1e-15, 1 - 1e-15, 0.5, 1.5, 0.0, -1.0, -1.01]))
        tests.append(PairedTest(t * 0.37, 0.37, df, float(2 * scipy.stats.t.sf(abs(t), df))))
    return tests


@settings(max_examples=400, deadline=None)
@given(families())
def test_p_and_interval_never_disagree(tests: list[PairedTest]) -> None:
    adjusted = holm([test.p for test in tests])
    for test, p, (low, high) in zip(tests, adjusted, verdict_intervals(tests), strict=True):
        assert (p <= 0.05) == (low > 0 or high < 0)
        assert low <= test.difference <= high


def test_levels_of_the_steps() -> None:
    # Rejected at steps 1 and 2 of 4; the third fails, so the fourth has the third's level.
    real = [
        paired_t(*np.random.default_rng(s).normal([[d], [0]], 1, (2, 10)))
        for s, d in ((0, 0.0), (1, 9.0), (2, 8.0), (3, 0.2))
    ]
    order = np.argsort([test.p for test in real])
    for step, index in enumerate(order):
        level = 1 - 0.05 / (4 - min(step, 2))
        assert verdict_intervals(real)[index] == real[index].interval(level)


def test_a_single_seed_has_no_interval() -> None:
    assert np.isnan(verdict_intervals([paired_t([1.0], [2.0])])).all()
    assert verdict_intervals([]) == []
    with pytest.raises(ValueError, match="alpha"):
        verdict_intervals([], alpha=5)
    assert Interval(1.0, 2.0).low == 1.0
