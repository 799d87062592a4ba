"""The result of an ablation or a sweep: the arms, then the effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import (
    PERCENT,
    count,
    difference,
    duration,
    heading,
    interval,
    measure,
    short,
    spread,
)

OPEN = "no effect shown"
Entry = Mapping[str, Any]


def show_ablation(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of `cnnopt ablate`, without its verdict."""
    metric = str(summary["metric"])
    show_arms_of(console, summary, metric)
    console.print()
    show_effects(console, summary["effects"], metric)


def show_arms_of(console: Console, summary: Mapping[str, Any], metric: str) -> None:
    """Print what each arm reached, and the gap between training and held-out examples."""
    arms: Sequence[Entry] = summary["arms"]
    best = (summary.get("sweep") or {}).get("best")
    # The notes tell what diverged; 80 columns have no room for it.
    table = plain_table(
        "arm",
        "mean",
        "95 % interval",
        "validation" if best else "spread",
        "training",
        "gap",
        "a run",
    )
    for arm in arms:
        chosen = "*" if arm["name"] == best else ""
        table.add_row(
            f"{chosen}{arm['name']}",
            measure(metric, arm["mean"]),
            interval(metric, arm["interval"]),
            measure(metric, arm["parts"]["validation"]["mean"])
            if best
            else spread(metric, arm["sd"]),
            measure(metric, arm["train"]),
            difference(metric, arm["gap"]),
            duration(float(arm["seconds"])),
        )
    runs, mark = count(int(arms[0]["n"]), "run"), "; * best on validation" if best else ""
    titled(console, f"{heading(metric)} on the {summary['part']} part, {runs} each{mark}", table)


def show_effects(console: Console, effects: Sequence[Entry], metric: str) -> None:
    """Print each effect with the interval of its Holm step and what that decides."""
    unit = "points" if metric in PERCENT else "difference"
    table = plain_table("effect of", "against", unit, "interval", "p", "gap", "", texts=2)
    for effect in effects:
        low, high = effect["interval"]
        table.add_row(
            str(effect["arm"]),
            str(effect["against"]),
            difference(metric, effect["difference"]),
            f"{difference(metric, low)} to {difference(metric, high)}",
            short(effect["p_adjusted"], 2),
            " → ".join(spread(metric, effect[at]) for at in ("gap_before", "gap_after")),
            {OPEN: "–"}.get(effect["effect"], str(effect["effect"])),
        )
    family = f", adjusted by Holm over all {len(effects)}" if len(effects) > 1 else ""
    titled(console, f"Effects on the same seeds{family}", table)
