"""Intervals, paired tests, corrections and verdicts: numbers in, numbers and sentences out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnopt.statistics.comparison import Pair, best_of, compare_pairs
    from cnnopt.statistics.intervals import (
        Interval,
        bootstrap_interval,
        corrected_interval,
        t_interval,
    )
    from cnnopt.statistics.paired import PairedTest, paired_t
    from cnnopt.statistics.power import seeds_needed
    from cnnopt.statistics.stepdown import holm, verdict_intervals
    from cnnopt.statistics.verdict import pair_verdict, study_verdict

__all__ = [
    "Interval",
    "Pair",
    "PairedTest",
    "best_of",
    "bootstrap_interval",
    "compare_pairs",
    "corrected_interval",
    "holm",
    "pair_verdict",
    "paired_t",
    "seeds_needed",
    "study_verdict",
    "t_interval",
    "verdict_intervals",
]

_HOMES = {
    "best_of": "comparison",
    "Interval": "intervals",
    "Pair": "comparison",
    "PairedTest": "paired",
    "bootstrap_interval": "intervals",
    "compare_pairs": "comparison",
    "corrected_interval": "intervals",
    "holm": "stepdown",
    "pair_verdict": "verdict",
    "paired_t": "paired",
    "seeds_needed": "power",
    "study_verdict": "verdict",
    "t_interval": "intervals",
    "verdict_intervals": "stepdown",
}


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for: they import numpy and scipy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
