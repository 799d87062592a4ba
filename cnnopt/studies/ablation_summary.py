"""The result of an ablation, and of a sweep along one strength, as it stands in `summary.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnopt.metrics import higher_is_better
from cnnopt.statistics import t_interval
from cnnopt.studies.ablation_arms import Sweep
from cnnopt.studies.ablation_words import sweep_verdict, verdict_of
from cnnopt.studies.arms_summary import (
    Arm,
    Row,
    arm_entries,
    divergence_notes,
    final_rows,
    numbers_of,
    part_of,
)
from cnnopt.studies.effects import Wanted, effect_entries
from cnnopt.studies.targets import History

PARTS = ("train", "validation", "test")
Histories = Mapping[str, History]


def ablation_summary(
    names: Sequence[str],
    wanted: Sequence[Wanted],
    rows: Sequence[Row],
    histories: Histories,
    metric: str,
) -> dict[str, Any]:
    """Return the study's part of `summary.json`: arms, effects, verdict, notes.

    Args:
        names: of the arms.
        wanted: the effects that are stated.
        rows: of `results.csv`, with `seconds`.
        histories: columns of `metrics.csv`, by trial.
        metric: what arms are compared by, on the test part, else on validation.
    """
    found = _summary(names, wanted, rows, histories, metric)
    part, count = str(found["part"]), int(rows[-1][f"n_{found['part']}"])
    verdict = verdict_of(found["effects"], metric, found["arms"][0]["n"], count, part)
    return found | {"verdict": verdict}


def sweep_summary(
    sweep: Sweep, rows: Sequence[Row], histories: Histories, metric: str
) -> dict[str, Any]:
    """Return the same of a sweep; the best strength is chosen by the metric on validation.

    Args:
        sweep: the arms, from the weakest to the strongest.
        rows, histories, metric: as of `ablation_summary`.
    """
    names = list(sweep.strengths)
    wanted = [Wanted(sweep.name, "strength", name, names[0]) for name in names[1:]]
    found = _summary(names, wanted, rows, histories, metric)
    for entry in found["arms"]:
        entry["strength"] = sweep.strengths[entry["name"]]
    sign = 1 if higher_is_better(metric) else -1
    best = max(found["arms"], key=lambda entry: sign * entry["parts"]["validation"]["mean"])
    place = names.index(best["name"])
    told = {
        "path": sweep.path,
        "name": sweep.name,
        "best": best["name"],
        "strength": best["strength"],
        "edge": place in (0, len(names) - 1),
        "weaker": _side(found["arms"], 0, place, sign),
        "stronger": _side(found["arms"], len(names) - 1, place, sign),
    }
    part, count = str(found["part"]), int(rows[-1][f"n_{found['part']}"])
    verdict = sweep_verdict(told, found["arms"], found["effects"], metric, count, part)
    return found | {"sweep": told, "verdict": verdict}


def _side(arms: Sequence[Mapping[str, Any]], end: int, best: int, sign: int) -> str | None:
    """Return what more makes the error at one end of the strengths, seen from the best one.

    Held-out error is training error and the gap: over-fitting where the gap grew more, else
    under-fitting; None where that end is the best one, or no worse on held-out examples.
    """
    gap = arms[end]["gap"] - arms[best]["gap"]
    training = sign * (arms[best]["train"] - arms[end]["train"])
    if end == best or gap + training <= 0:
        return None
    return "over-fitting" if gap > training else "under-fitting"


def _summary(
    names: Sequence[str],
    wanted: Sequence[Wanted],
    rows: Sequence[Row],
    histories: Histories,
    metric: str,
) -> dict[str, Any]:
    arms = [Arm(name, (), ()) for name in names]
    final, part = final_rows(arms, rows), part_of(rows, metric)
    values = {name: numbers_of(mine, f"{part}_{metric}") for name, mine in final.items()}
    gaps = {name: gaps_of(mine, metric, part) for name, mine in final.items()}
    target, entries = arm_entries(arms, rows, histories, metric)
    for entry in entries:
        name = entry["name"]
        entry["gap"] = float(np.mean(gaps[name]))
        entry["gap_interval"] = list(t_interval(gaps[name]))
        entry["parts"] = _parts(final[name], metric)
    seconds = {entry["name"]: entry["seconds"] for entry in entries}
    return {
        "metric": metric,
        "part": part,
        "target": {"metric": f"validation_{metric}", "value": target},
        "arms": entries,
        "effects": effect_entries(wanted, values, gaps, seconds, metric),
        "notes": divergence_notes(entries),
    }


def gaps_of(rows: Sequence[Row], metric: str, part: str) -> list[float]:
    """Return the generalization gap of each run: by how much `part` is worse than training."""
    sign = 1 if higher_is_better(metric) else -1
    train, held_out = (numbers_of(rows, f"{which}_{metric}") for which in ("train", part))
    return [sign * (a - b) for a, b in zip(train, held_out, strict=True)]


def _parts(rows: Sequence[Row], metric: str) -> dict[str, Any]:
    """Return mean and interval of the metric on each part that there is."""
    found = {}
    for part in PARTS:
        if f"{part}_{metric}" in rows[0]:
            values = numbers_of(rows, f"{part}_{metric}")
            found[part] = {"mean": float(np.mean(values)), "interval": list(t_interval(values))}
    return found
