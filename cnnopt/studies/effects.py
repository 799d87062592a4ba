"""Effects that a study states: an arm against another, on the same seeds, as one family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cnnopt.metrics import higher_is_better
from cnnopt.statistics import Interval, Pair, compare_couples, hedges_g_av, wilcoxon
from cnnopt.statistics.wording import amount, measure_of

HELPS, HURTS, OPEN, SAME = "helps", "hurts", "no effect shown", "identical"


class Wanted(NamedTuple):
    """An effect that is to be stated.

    Attributes:
        part: what is put in or taken out.
        kind: `alone`, `all` or `all but`; of a sweep `strength`.
        arm: the arm that is looked at.
        against: the arm that it is compared with.
    """

    part: str
    kind: str
    arm: str
    against: str


def effect_entries(
    wanted: Sequence[Wanted],
    values: Mapping[str, Sequence[float]],
    gaps: Mapping[str, Sequence[float]],
    seconds: Mapping[str, float],
    metric: str,
) -> list[dict[str, Any]]:
    """Return each effect's difference arm - against, interval, p-values, gaps and sentence.

    The family of Holm's correction is all of `wanted`; each interval has the level of its step.

    Args:
        wanted: the effects.
        values: of the metric, by arm, one per seed.
        gaps: generalization gaps likewise.
        seconds: of a run, by arm.
        metric: what is compared.
    """
    pairs = compare_couples([(each.arm, each.against) for each in wanted], values)
    entries = []
    for each, pair in zip(wanted, pairs, strict=True):
        found = {
            **each._asdict(),
            "difference": pair.test.difference,
            "interval": list(pair.interval),
            "p": pair.test.p,
            "p_adjusted": pair.p_adjusted,
            "wilcoxon_p": wilcoxon(values[each.arm], values[each.against]).p,
            "hedges_g": hedges_g_av(values[each.arm], values[each.against]),
            "effect": word_of(pair, metric),
            "gap_before": float(np.mean(gaps[each.against])),
            "gap_after": float(np.mean(gaps[each.arm])),
            "seconds": seconds[each.arm],
        }
        entries.append(found | {"verdict": sentence_of(found, metric)})
    return entries


def word_of(pair: Pair, metric: str) -> str:
    """Return what the adjusted p-value decides: helps, hurts, no effect shown, or identical."""
    if pair.identical:
        return SAME
    if not pair.significant:
        return OPEN
    return HELPS if (pair.test.difference > 0) == higher_is_better(metric) else HURTS


def sentence_of(effect: Mapping[str, Any], metric: str) -> str:
    """Return an effect in words, without a full stop.

    Example:
        >>> effect = {"kind": "alone", "part": "mixup", "arm": "mixup alone", "effect": "helps",
        ...           "difference": 0.012, "interval": [0.006, 0.018],
        ...           "gap_before": 0.081, "gap_after": 0.039}
        >>> sentence_of(effect, "accuracy")
        'mixup alone helps: +1.20 points (0.60 to 1.80); gap 8.1 -> 3.9'
    """
    head = f"{effect['arm']} {effect['effect']}"
    if effect["effect"] == OPEN:
        head = f"{effect['arm']}, {OPEN}"
    elif effect["effect"] == SAME:
        head = f"{effect['arm']}, {SAME} on all seeds"
    return f"{head}: {signed(effect, metric)}; gap {gap_change(effect, metric)}"


def signed(effect: Mapping[str, Any], metric: str) -> str:
    """Return an effect's size with its sign: `+1.2 points (0.6 to 1.8)`."""
    difference = float(effect["difference"])
    text = amount(difference, Interval(*effect["interval"]), measure_of(metric))
    return f"+{text}" if difference > 0 else text


def gap_change(effect: Mapping[str, Any], metric: str) -> str:
    """Return the gap before and after: `8.1 -> 3.9`, in the unit of the effect."""
    factor = measure_of(metric).factor
    return " -> ".join(
        gap_text(factor * effect[name], factor) for name in ("gap_before", "gap_after")
    )


def gap_text(value: float, factor: float) -> str:
    """Return a gap: one decimal of a percentage, three digits of other metrics."""
    text = f"{value:.1f}" if factor != 1 else f"{value:.3g}"
    return text.lstrip("-") if float(text) == 0 else text
