"""Pairs of a study as they stand in `summary.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnopt.statistics import Pair, hedges_g_av, pair_verdict, wilcoxon


def pair_entries(
    pairs: Sequence[Pair], values: Mapping[str, Sequence[float]], metric: str
) -> list[dict[str, Any]]:
    """Return each pair's difference, interval, p-values, effect size and sentence, JSON-ready.

    Wilcoxon's p stands beside for who doubts the normal distribution: it is of the pair alone, not
    adjusted, and decides nothing.

    Args:
        pairs: from `compare_pairs`.
        values: that they were made of, by name.
        metric: what was compared.
    """
    return [
        {
            "a": pair.a,
            "b": pair.b,
            "difference": pair.test.difference,
            "interval": list(pair.interval),
            "p": pair.test.p,
            "p_adjusted": pair.p_adjusted,
            "wilcoxon_p": wilcoxon(values[pair.a], values[pair.b]).p,
            "hedges_g": hedges_g_av(values[pair.a], values[pair.b]),
            "verdict": pair_verdict(pair, metric),
        }
        for pair in pairs
    ]
