"""The result of a search: the best trials, what mattered, where the best config is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import count, heading, label, measure, number, short, spread

Entry = Mapping[str, Any]


def show_search(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of `cnnopt search`, without its verdict."""
    if len(summary["rungs"]) > 1:
        show_rungs(console, summary["rungs"])
        console.print()
    show_top(console, summary)
    if summary["importance"]:
        console.print()
        show_importance(console, summary)


def show_rungs(console: Console, rungs: Sequence[Entry]) -> None:
    """Print how many trials each rung of halving had, and for how long."""
    table = plain_table("rung", "trials", "epochs each", "diverged")
    for place, rung in enumerate(rungs, start=1):
        cells = (rung["trials"], rung["epochs"], rung["diverged"])
        table.add_row(str(place), *map(str, cells))
    titled(console, "Successive halving", table)


def show_top(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the best trials; those that cannot be told from the best are marked."""
    metric, names = str(summary["metric"]), summary["names"]
    near = {*summary["near"], (summary["best"] or {}).get("trial")}
    table = plain_table("trial", *names.values(), label(metric), "± error", "")
    for entry in summary["top"]:
        lost = entry["status"] == "diverged"
        table.add_row(
            str(entry["trial"]),
            *(_setting(entry["settings"][path]) for path in names),
            "diverged" if lost else measure(metric, entry["value"]),
            "" if lost else spread(metric, entry["error"]),
            "*" if entry["trial"] in near else "",
        )
    many = f"{len(summary['top'])} of {summary['ranked']}"
    head = f"{heading(metric)} on the validation part, best {many} (* within one error)"
    titled(console, head, table)


def show_importance(console: Console, summary: Mapping[str, Any]) -> None:
    """Print what each setting explains alone, and what its values gave."""
    metric = str(summary["metric"])
    table = plain_table("setting", "share", "adjusted p", f"median {label(metric)} by value")
    table.columns[-1].justify = "left"
    for entry in summary["importance"]:
        medians = [
            f"{_values(level)}: {measure(metric, level['median'])}" for level in entry["levels"]
        ]
        table.add_row(
            str(entry["name"]),
            _share(entry["share"]),
            short(entry["p_adjusted"], 2),
            ", ".join(medians),
        )
    head = "Importance: share of the variance of the ranks that a setting explains alone"
    titled(console, head, table)
    text = "Chance is taken off. What settings do only together is in no share."
    first = summary["rungs"][0]
    if len(summary["rungs"]) > 1:
        each = count(int(first["epochs"]), "epoch")
        text = f"Of the {first['trials']} trials of rung 1, {each} each. {text}"
    console.print(Text(text, style="dim"))


def _setting(value: Any, digits: int = 4) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "null" if value is None else str(value)
    return short(float(value), digits)


def _values(level: Entry) -> str:
    low, high = _setting(level["low"], 2), _setting(level["high"], 2)
    return low if low == high else f"{low} to {high}"


def _share(value: float | None) -> str:
    return number(value) if value is None else f"{max(0.0, value):.0%}".replace("%", " %")
