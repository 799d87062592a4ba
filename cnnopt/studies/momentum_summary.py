"""What `momentum-why` says: means, paired differences, and sentences made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.statistics import Interval, holm, paired_t, t_interval, verdict_intervals
from cnnopt.studies.momentum_sentences import EFFECTIVE, SGD, effect_sentence, verdict_of

MOMENTUM = "momentum"
ARMS = (SGD, MOMENTUM, EFFECTIVE)
ALPHA = 0.05


@dataclass(frozen=True)
class Measured:
    """One of the measures: its column, and what people call it."""

    name: str
    label: str


MEASURES = (
    Measured("steps_to_target", "steps to target loss"),
    Measured("final_loss", "final training loss"),
    Measured("noise", "noise, tr(cov)/|mean|²"),
    Measured("batch_cosine", "cosine, gradients of batches"),
    Measured("alignment", "cosine, update to descent"),
    Measured("used", "loss change, batch used"),
    Measured("other", "loss change, another batch"),
    Measured("excess", "another less used"),
    Measured("carried", "share that another sees"),
    Measured("effective_step", "update / (rate · gradient)"),
    Measured("step_length", "length of update"),
    Measured("update_cosine", "cosine, successive updates"),
)


def why_summary(
    rows: Sequence[Mapping[str, Any]],
    target: float,
    options: Mapping[str, Any],
    condition: float,
    directions: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the study's part of `summary.json`.

    Args:
        rows: of `results.csv`, seeds in the same order in each arm.
        target: training loss that all runs reach.
        options: the study's options.
        condition: of the bowl.
        directions: rows of `bowl.csv`.
    """
    values = {
        arm: {m.name: [float(row[m.name]) for row in rows if row["arm"] == arm] for m in MEASURES}
        for arm in ARMS
    }
    effects = effects_of(values)
    arms = [
        {
            "name": arm,
            "n": len(values[arm]["noise"]),
            "diverged": sum(row["arm"] == arm and row["status"] == "diverged" for row in rows),
            "measures": {name: _mean(found) for name, found in values[arm].items()},
        }
        for arm in ARMS
    ]
    notes = [
        f"Differences are paired by seed; p is adjusted by Holm over {len(effects)} differences "
        f"and each interval has the level of its Holm step. Measured on the training part."
    ]
    return {
        "options": dict(options),
        "target": {"metric": "train_loss", "value": target},
        "measures": {m.name: m.label for m in MEASURES},
        "arms": arms,
        "effects": effects,
        "bowl": {"condition": condition, "directions": [dict(row) for row in directions]},
        "verdict": verdict_of(effects, target, directions),
        "notes": notes,
    }


def effects_of(values: Mapping[str, Mapping[str, Sequence[float]]]) -> list[dict[str, Any]]:
    """Return momentum less each other arm, in each measure; Holm over all of them.

    A measure that a run lacks (it diverged) is compared in no pair: p and interval are NaN.
    """
    places = [(m, other) for m in MEASURES for other in (SGD, EFFECTIVE)]
    pairs = [(values[MOMENTUM][m.name], values[other][m.name]) for m, other in places]
    testable = [bool(np.isfinite([*a, *b]).all()) for a, b in pairs]
    tests = [paired_t(a, b) for (a, b), fit in zip(pairs, testable, strict=True) if fit]
    done = iter(
        zip(tests, holm([t.p for t in tests]), verdict_intervals(tests, ALPHA), strict=True)
    )
    nan, effects = math.nan, []
    for (m, other), (a, b), fit in zip(places, pairs, testable, strict=True):
        difference, p, adjusted, interval = nan, nan, nan, Interval(nan, nan)
        if fit:
            test, adjusted, interval = next(done)
            difference, p = test.difference, test.p
        effect: dict[str, Any] = {
            "measure": m.name,
            "a": MOMENTUM,
            "b": other,
            "mean_a": _plain_mean(a),
            "mean_b": _plain_mean(b),
            "difference": difference,
            "interval": list(interval),
            "p": p,
            "p_adjusted": adjusted,
            "relation": relation(difference, adjusted),
        }
        effects.append(effect | {"sentence": effect_sentence(effect, m.label)})
    return effects


def relation(difference: float, adjusted: float) -> str:
    """Return what the test says of momentum: `higher`, `lower`, `open`; `none` without a test."""
    if math.isnan(adjusted):
        return "none"
    if adjusted > ALPHA:
        return "open"
    return "higher" if difference > 0 else "lower"


def _mean(found: Sequence[float]) -> dict[str, Any]:
    finite = [value for value in found if math.isfinite(value)]
    return {
        "n": len(finite),
        "mean": _plain_mean(found),
        "interval": list(t_interval(finite)),
        "values": list(found),
    }


def _plain_mean(found: Sequence[float]) -> float:
    finite = [value for value in found if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.nan
