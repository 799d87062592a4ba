"""Verdicts as sentences. The adjusted p-value decides; never a winner without the test."""

from __future__ import annotations

from collections.abc import Sequence

from cnnopt.statistics.comparison import Pair, best_of
from cnnopt.statistics.intervals import Interval
from cnnopt.statistics.power import seeds_needed
from cnnopt.statistics.wording import Measure, amount, measure_of, round_down

_MANY = 1000  # beyond so many seeds a figure would only pretend precision


def pair_verdict(pair: Pair, metric: str) -> str:
    """Return what the comparison of two treatments says.

    Args:
        pair: from `compare_pairs`.
        metric: what was compared: `accuracy` (said in percentage points), `loss`, `mae` or `r2`.

    Returns:
        One sentence without a full stop, in one of these forms: `adam is better than sgd by 0.80
        points (0.52 to 1.08)`; `adam and sgd are not distinguishable: 0.07 points (-0.18 to 0.32),
        10 seeds; about 198 seeds would settle 0.07 (single test, 80 % power)`; `adam and sgd are
        identical on all 10 seeds`; `adam and sgd cannot be compared: 0.07 points, a single seed`.
    """
    measure = measure_of(metric)
    if pair.test.n == 1:
        return (
            f"{pair.a} and {pair.b} cannot be compared: {_said(pair, measure)}, "
            f"a single seed; use at least two, better ten"
        )
    if pair.identical:
        return f"{pair.a} and {pair.b} are identical on all {pair.test.n} seeds"
    if pair.significant:
        return f"{pair.a} is better than {pair.b} by {_said(pair, measure)}"
    return f"{pair.a} and {pair.b} are not distinguishable: {_doubt(pair, measure)}"


def study_verdict(pairs: Sequence[Pair], metric: str, *, test_rows: int, part: str = "test") -> str:
    """Return the verdict of a study: the treatment with the best mean against each other one.

    Args:
        pairs: all pairs of the study, from `compare_pairs`.
        metric: what was compared.
        test_rows: how many examples the values were measured on.
        part: the part that these come from.

    Returns:
        Sentences with full stops; the last says what the intervals cover.

    Raises:
        ValueError: no pairs.
    """
    best = best_of(pairs)
    mine = [pair for pair in pairs if pair.a == best]
    measure = measure_of(metric)
    n = mine[0].test.n
    scope = (
        f"Measured on this split, {test_rows:,} {part} examples; "
        f"the intervals cover the seeds only."
    )
    if n == 1:
        return f"No verdict from a single seed; use at least two, better ten. {scope}"
    beaten = [pair for pair in mine if pair.significant]
    equal = [pair for pair in mine if pair.identical]
    open_ = [pair for pair in mine if not pair.significant and not pair.identical]
    sentences = []
    if beaten:
        than = [f"than {pair.b} by {_said(pair, measure)}" for pair in beaten]
        sentences.append(f"{best} is better {_listed(than)}")
    if equal:
        names = [pair.b for pair in equal]
        sentences.append(f"{best} and {_listed(names)} are identical on all {n} seeds")
    sentences += [
        f"{best} is not distinguishable from {pair.b}: {_doubt(pair, measure)}" for pair in open_
    ]
    head = f"{best} wins" if len(beaten) == len(mine) else f"No single winner: {best} is ahead"
    if not beaten and not open_:
        head = "No winner"
    return ". ".join([f"{head} on mean {part} {metric} over {n} seeds", *sentences, scope])


def _said(pair: Pair, measure: Measure) -> str:
    """Return the difference as an advantage of a: positive, also where lower is better."""
    low, high = pair.interval
    if pair.test.difference < 0:
        return amount(-pair.test.difference, Interval(-high, -low), measure)
    return amount(pair.test.difference, pair.interval, measure)


def _doubt(pair: Pair, measure: Measure) -> str:
    """Return the difference, the seeds, and how many would settle a difference of that size.

    Where a single test would have decided, both p-values say that the correction forbids it.
    """
    n, difference = pair.test.n, measure.factor * abs(pair.test.difference)
    text = f"{_said(pair, measure)}, {n} seeds"
    if pair.test.p <= pair.alpha:
        text += (
            f"; p = {pair.test.p:.2g} alone, {pair.p_adjusted:.2g} "
            f"adjusted over {pair.family} pairs"
        )
    if not difference:
        return text
    goal = round_down(difference)
    needed = seeds_needed(pair.test.sd * measure.factor, goal)
    if needed <= n:  # only after p <= alpha: else the test's power at this difference is below 80 %
        return text
    about = f"about {needed}" if needed <= _MANY else f"more than {_MANY:,}"
    return f"{text}; {about} seeds would settle {goal:g} (single test, 80 % power)"


def _listed(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"
