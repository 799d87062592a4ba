"""The result of `momentum-why`: means of each arm, and the paired differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import count, difference, number, short

HEADS = {"sgd at the effective rate": "sgd effective"}


def show_why(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of a `momentum-why` study, without its verdict.

    Args:
        console: where to.
        summary: content of `summary.json`.
    """
    arms = summary["arms"]
    table = plain_table("", *(HEADS.get(str(arm["name"]), str(arm["name"])) for arm in arms))
    for name, label in summary["measures"].items():
        found = [arm["measures"][name] for arm in arms]
        table.add_row(label, *(_with_half(each) for each in found))
    runs = count(int(arms[0]["n"]), "run")
    titled(console, f"Means of {runs} each, ± half of the 95 % interval", table)
    console.print()
    bowl = summary["bowl"]
    rows = bowl["directions"]
    curvatures = list(dict.fromkeys(row["curvature"] for row in rows))
    heads = (f"λ = {value:.3g}" for value in curvatures)
    table = plain_table("", *heads, "theory ±")
    for name in dict.fromkeys(row["setting"] for row in rows):
        mine = [row for row in rows if row["setting"] == name]
        off = max(abs(row["measured"] - row["theory"]) for row in mine)
        table.add_row(name, *(f"{row['measured']:.3f}" for row in mine), short(off, 2))
    head = f"Bowl of condition {bowl['condition']:g}: measured share of a direction left per step"
    titled(console, head, table)
    console.print()
    table = plain_table("", "− sgd", "adjusted p", "− sgd effective", "adjusted p")
    effects = {(each["measure"], each["b"]): each for each in summary["effects"]}
    others = list(dict.fromkeys(each["b"] for each in summary["effects"]))
    for name, label in summary["measures"].items():
        cells: list[str] = []
        for other in others:
            effect = effects[name, other]
            cells += [difference(name, effect["difference"]), short(effect["p_adjusted"], 2)]
        table.add_row(label, *cells)
    titled(console, "Momentum less the others on the same seeds, adjusted by Holm", table)


def _with_half(found: Mapping[str, Any]) -> str:
    low, high = found["interval"]
    if low is None or high is None:
        return number(found["mean"], 3)
    return f"{number(found['mean'], 3)} ± {number((high - low) / 2, 2)}"
