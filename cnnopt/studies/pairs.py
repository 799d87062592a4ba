"""Pairs of a study as they stand in `summary.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnopt.statistics import Pair, pair_verdict


def pair_entries(pairs: Sequence[Pair], metric: str) -> list[dict[str, Any]]:
    """Return each pair's difference, interval, p-values and sentence, JSON-ready."""
    return [
        {
            "a": pair.a,
            "b": pair.b,
            "difference": pair.test.difference,
            "interval": list(pair.interval),
            "p": pair.test.p,
            "p_adjusted": pair.p_adjusted,
            "verdict": pair_verdict(pair, metric),
        }
        for pair in pairs
    ]
