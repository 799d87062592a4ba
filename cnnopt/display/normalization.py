"""The result of a study of normalization: one row per kind and batch size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import heading, interval, measure, number, short


def show_normalization(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of a `normalization` study, without its verdict."""
    metric = str(summary["metric"])
    heads = ("kind", "batch", "rate", "mean", "95 % interval", "stable", "drift", "after")
    table = plain_table(*heads)
    for arm in summary["arms"]:
        table.add_row(
            str(arm["kind"]),
            str(arm["batch_size"]),
            short(arm["learning_rate"]),
            measure(metric, arm["mean"]),
            interval(metric, arm["interval"]),
            short(arm["stable_rate"]["mean"], 2),
            *(number(arm["drift"][side]["mean"], 2) for side in ("before", "after")),
        )
    part, runs = summary["part"], summary["arms"][0]["n"]
    titled(
        console, f"{heading(metric)} on the {part} part, {runs} runs each at the tuned rate", table
    )
    console.print(
        Text("stable: the largest rate; drift: sd an epoch, before and after normalization")
    )
