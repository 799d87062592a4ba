"""The result of `compare-schemes`: what each scheme promised, and what came true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import difference, duration, heading, measure, spread


def show_schemes(console: Console, summary: Mapping[str, Any]) -> None:
    """Print one row per scheme, the truth above them."""
    metric, truth = str(summary["metric"]), summary["truth"]
    table = plain_table(
        *("scheme", "fits", "rows", "estimate", "spread"),
        *("too good by", "95 % interval", "off by", "time"),
    )
    for entry in summary["scheme_estimates"]:
        low, high = entry["optimism_interval"]
        table.add_row(
            str(entry["name"]),
            f"{entry['folds']}",
            f"{entry['n_train']:,.0f}",
            measure(metric, entry["mean"]),
            spread(metric, entry["sd"]),
            difference(metric, entry["optimism"]),
            f"{difference(metric, low)} to {difference(metric, high)}",
            spread(metric, entry["rmse"]),
            duration(entry["seconds"]),
        )
    titled(console, f"{heading(metric)}: what each scheme promises", table)
    console.print(
        Text(
            f"The truth, {measure(metric, truth['mean'])}: a model trained on all rows at hand, "
            f"measured on {truth['n_test']:,} rows apart; mean of {len(truth['values'])} draws, "
            f"spread {spread(metric, truth['sd'])}."
        )
    )
