"""The result of a study of normalization: accuracy, largest stable rate and drift by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, log10
from typing import Any

import numpy as np

from cnnopt.metrics import higher_is_better
from cnnopt.statistics import Pair, compare_couples, t_interval
from cnnopt.statistics.wording import amount, measure_of
from cnnopt.studies.effects import HELPS, HURTS, signed, word_of
from cnnopt.studies.normalization_arms import KINDS, NONE, Arm, arm_name

Row = Mapping[str, Any]
Values = Mapping[str, Sequence[float]]
SIDES = ("before", "after")


def normalization_summary(
    arms: Sequence[Arm],
    rows: Sequence[Row],
    drifts: Sequence[Row],
    chance: float,
    metric: str,
) -> dict[str, Any]:
    """Return the study's part of `summary.json`.

    Args:
        arms: kinds by batch sizes.
        rows: of `results.csv`, with `seconds`.
        drifts: of `drift.csv`.
        chance: the validation value that a rate has to beat to count as stable.
        metric: what arms are compared by.
    """
    part = "test" if f"test_{metric}" in rows[-1] else "validation"
    column = f"{part}_{metric}"
    values = {
        arm.name: [float(r[column]) for r in rows if r["arm"] == arm.name and r["stage"] == "final"]
        for arm in arms
    }
    stable = {arm.name: stable_rates(rows, arm.name, metric, chance) for arm in arms}
    moved = {side: {arm.name: means_of(drifts, arm.name, side) for arm in arms} for side in SIDES}
    entries = []
    for arm in arms:
        mine = [row for row in rows if row["arm"] == arm.name and row["stage"] == "final"]
        entries.append(
            {
                "name": arm.name,
                "kind": arm.kind,
                "batch_size": arm.batch,
                "learning_rate": float(mine[0]["rate"]),
                "n": len(mine),
                "mean": float(np.mean(values[arm.name])),
                "sd": float(np.std(values[arm.name], ddof=1)),
                "interval": list(t_interval(values[arm.name])),
                "diverged": sum(row["status"] == "diverged" for row in mine),
                "stable_rate": geometric(stable[arm.name]),
                "seconds": float(np.mean([row["seconds"] for row in mine])),
                "drift": {side: _spread(moved[side][arm.name]) for side in SIDES},
                "sites": _sites(drifts, arm.name),
            }
        )
    couples = [(arm.name, arm_name(NONE, arm.batch)) for arm in arms if arm.kind != NONE]
    effects = [_effect("metric", pair, metric) for pair in compare_couples(couples, values)]
    whole = [c for c in couples if all(map(_known, (moved["after"][c[0]], moved["after"][c[1]])))]
    if whole:
        effects += [
            _effect("drift", pair, "drift") for pair in compare_couples(whole, moved["after"])
        ]
    return {
        "metric": metric,
        "part": part,
        "chance": chance,
        "normalization": {"kinds": list(KINDS), "batch_sizes": _sizes(arms)},
        "arms": entries,
        "effects": effects,
        "verdict": _verdict(entries, effects, metric, part, int(rows[-1][f"n_{part}"])),
        "notes": [],
    }


def stable_rates(rows: Sequence[Row], arm: str, metric: str, chance: float) -> list[float]:
    """Return, by tuning seed, the largest rate that did not diverge and was better than chance.

    NaN for a seed on which none was.
    """
    sign = 1 if higher_is_better(metric) else -1
    found: dict[int, float] = {}
    for row in rows:
        if row["arm"] != arm or row["stage"] != "tuning":
            continue
        good = sign * float(row[f"validation_{metric}"]) > sign * chance
        good &= row["status"] == "completed"
        best = found.setdefault(int(row["seed"]), float("nan"))
        if good and not best >= float(row["rate"]):
            found[int(row["seed"])] = float(row["rate"])
    return list(found.values())


def geometric(rates: Sequence[float]) -> dict[str, Any]:
    """Return the geometric mean of rates, its 95 % interval, and the number of seeds with one."""
    logs = [log10(rate) for rate in rates if isfinite(rate)]
    if not logs:
        return {"mean": None, "interval": None, "n": 0}
    low, high = t_interval(logs)
    ends = [10**low, 10**high] if isfinite(low) else None
    return {"mean": float(10 ** np.mean(logs)), "interval": ends, "n": len(logs)}


def means_of(drifts: Sequence[Row], arm: str, side: str) -> list[float]:
    """Return an arm's mean drift over sites and epochs, by seed in rising order."""
    by_seed: dict[int, list[float]] = {}
    for row in drifts:
        if row["arm"] == arm:
            by_seed.setdefault(int(row["seed"]), []).append(float(row[side]))
    return [float(np.mean(by_seed[seed])) for seed in sorted(by_seed)]


def _known(values: Sequence[float]) -> bool:
    return len(values) > 1 and all(map(isfinite, values))


def _spread(values: Sequence[float]) -> dict[str, Any]:
    known = [value for value in values if isfinite(value)]
    mean = float(np.mean(known)) if known else float("nan")
    return {"mean": mean, "interval": list(t_interval(known))}


def _sites(drifts: Sequence[Row], arm: str) -> list[dict[str, Any]]:
    """Return the mean drift of each site."""
    mine = [row for row in drifts if row["arm"] == arm]
    return [
        {"site": site}
        | {side: float(np.mean([r[side] for r in mine if r["site"] == site])) for side in SIDES}
        for site in dict.fromkeys(row["site"] for row in mine)
    ]


def _sizes(arms: Sequence[Arm]) -> list[int]:
    return list(dict.fromkeys(arm.batch for arm in arms))


def _effect(of: str, pair: Pair, metric: str) -> dict[str, Any]:
    found = {
        "of": of,
        "arm": pair.a,
        "against": pair.b,
        "difference": pair.test.difference,
        "interval": list(pair.interval),
        "p": pair.test.p,
        "p_adjusted": pair.p_adjusted,
    }
    if of == "metric":
        word = word_of(pair, metric)
        said = signed(found, metric)
    else:
        small = pair.test.difference < 0
        word = "no difference shown" if not pair.significant else "less" if small else "more"
        said = amount(pair.test.difference, pair.interval, measure_of("drift"))
    return found | {"effect": word, "verdict": f"{pair.a}, {word}: {said}"}


def _verdict(
    arms: Sequence[Row], effects: Sequence[Row], metric: str, part: str, count: int
) -> str:
    """Return, by batch size, what each kind did against none; then stable rates and drift."""
    sentences = []
    for size in dict.fromkeys(arm["batch_size"] for arm in arms):
        said = [
            f"{kind} {each['effect']}"
            + (f" {signed(each, metric)}" if each["effect"] in WORDS else "")
            for kind in KINDS[1:]
            for each in effects
            if each["of"] == "metric" and each["arm"] == arm_name(kind, size)
        ]
        sentences.append(f"Batch {size}, against none: {'; '.join(said)}")
    for kind in KINDS:
        mine = [arm for arm in arms if arm["kind"] == kind]
        rates = [arm["stable_rate"]["mean"] for arm in mine]
        shown = ", ".join("none" if rate is None else f"{rate:.2g}" for rate in rates)
        drift = ", ".join(f"{arm['drift']['after']['mean']:.2g}" for arm in mine)
        sentences.append(
            f"{kind}: largest stable rate {shown}, drift of what the next layer sees {drift} sd "
            f"an epoch (batches of {', '.join(str(arm['batch_size']) for arm in mine)})"
        )
    scope = (
        f"Measured on this split, {count:,} {part} examples, each arm at the rate that validation "
        f"chose; the intervals cover the seeds only, adjusted by Holm"
    )
    return ". ".join([*sentences, scope]) + "."


WORDS = (HELPS, HURTS)
