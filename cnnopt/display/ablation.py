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
    number,
    short,
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
    chosen_on = ["validation"] if best else []
    table = plain_table("arm", "mean", "95 % interval", *chosen_on, "training", "gap", "a run")
    for arm in arms:
        mark = "*" if arm["name"] == best else ""
        table.add_row(
            f"{mark}{arm['name']}",
            measure(metric, arm["mean"]),
            interval(metric, arm["interval"]),
            *(measure(metric, arm["parts"][part]["mean"]) for part in chosen_on),
            measure(metric, arm["train"]),
            _gap(metric, arm["gap"]),
            duration(float(arm["seconds"])),
        )
    runs, mark = count(int(arms[0]["n"]), "run"), "; * best on validation" if best else ""
    titled(console, f"{heading(metric)} on the {summary['part']} part, {runs} each{mark}", table)


def show_effects(console: Console, effects: Sequence[Entry], metric: str) -> None:
    """Print each effect with the interval of its Holm step and what that decides."""
    unit = "points" if metric in PERCENT else "difference"
    table = plain_table("effect of", unit, "interval", "p", "gap", "")
    for effect in effects:
        low, high = effect["interval"]
        table.add_row(
            str(effect["arm"]),
            difference(metric, effect["difference"]),
            f"{difference(metric, low)} to {difference(metric, high)}",
            short(effect["p_adjusted"], 2),
            " → ".join(_gap(metric, effect[at]) for at in ("gap_before", "gap_after")),
            {OPEN: "–"}.get(effect["effect"], str(effect["effect"])),
        )
    others = list(dict.fromkeys(str(effect["against"]) for effect in effects))
    against = f"against {others[0]}" + (
        f", of all but one against {others[1]}" if len(others) > 1 else ""
    )
    family = f"; adjusted by Holm over all {len(effects)}" if len(effects) > 1 else ""
    titled(console, f"On the same seeds, {against}{family}", table)


def _gap(metric: str, value: float) -> str:
    """Return a gap: one decimal of points, three digits of other metrics."""
    text = f"{100 * value:.1f}" if metric in PERCENT else number(value, 3)
    return text.replace("-", "−")
