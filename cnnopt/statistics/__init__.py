"""Intervals, paired tests, corrections and verdicts: numbers in, numbers and sentences out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.statistics.comparison import Pair, best_of, compare_couples, compare_pairs
    from cnnopt.statistics.effect import hedges_g_av
    from cnnopt.statistics.importance import Importance, binned, importance_of
    from cnnopt.statistics.intervals import (
        Interval,
        bootstrap_interval,
        corrected_interval,
        t_interval,
    )
    from cnnopt.statistics.nemenyi import critical_difference, indistinguishable
    from cnnopt.statistics.paired import PairedTest, corrected_paired_t, paired_t
    from cnnopt.statistics.power import seeds_needed
    from cnnopt.statistics.rank_test import FriedmanTest, friedman
    from cnnopt.statistics.resampling import block_interval, block_length, cluster_interval
    from cnnopt.statistics.signed_rank import SignedRankTest, wilcoxon
    from cnnopt.statistics.stepdown import holm, verdict_intervals
    from cnnopt.statistics.verdict import pair_verdict, study_verdict
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "comparison": ("Pair", "best_of", "compare_couples", "compare_pairs"),
            "effect": ("hedges_g_av",),
            "importance": ("Importance", "binned", "importance_of"),
            "intervals": ("Interval", "bootstrap_interval", "corrected_interval", "t_interval"),
            "nemenyi": ("critical_difference", "indistinguishable"),
            "paired": ("PairedTest", "corrected_paired_t", "paired_t"),
            "power": ("seeds_needed",),
            "rank_test": ("FriedmanTest", "friedman"),
            "resampling": ("block_interval", "block_length", "cluster_interval"),
            "signed_rank": ("SignedRankTest", "wilcoxon"),
            "stepdown": ("holm", "verdict_intervals"),
            "verdict": ("pair_verdict", "study_verdict"),
        },
    )

__all__ = [
    "FriedmanTest",
    "Importance",
    "Interval",
    "Pair",
    "PairedTest",
    "SignedRankTest",
    "best_of",
    "binned",
    "block_interval",
    "block_length",
    "bootstrap_interval",
    "cluster_interval",
    "compare_couples",
    "compare_pairs",
    "corrected_interval",
    "corrected_paired_t",
    "critical_difference",
    "friedman",
    "hedges_g_av",
    "holm",
    "importance_of",
    "indistinguishable",
    "pair_verdict",
    "paired_t",
    "seeds_needed",
    "study_verdict",
    "t_interval",
    "verdict_intervals",
    "wilcoxon",
]
