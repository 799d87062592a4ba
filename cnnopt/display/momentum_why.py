"""The result of `momentum-why`: means of each arm, and each difference as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import count, number

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
    table = plain_table("", *(f"λ = {value:.3g}" for value in curvatures))
    for name in dict.fromkeys(row["setting"] for row in rows):
        mine = [row for row in rows if row["setting"] == name]
        table.add_row(name, *(f"{row['measured']:.4f} ({row['theory']:.4f})" for row in mine))
    head = f"Bowl of condition {bowl['condition']:g}: left after a step, measured (theory)"
    titled(console, head, table)
    console.print()
    console.print(Text("Momentum less the other arm, on the same seeds", style="bold"))
    for effect in summary["effects"]:
        console.print(Text(f"{effect['sentence']}."))


def _with_half(found: Mapping[str, Any]) -> str:
    low, high = found["interval"]
    if low is None or high is None:
        return number(found["mean"], 3)
    return f"{number(found['mean'], 3)} ± {number((high - low) / 2, 2)}"
