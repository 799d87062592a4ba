"""A range test in a table and a sentence: the suggested rate, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table
from cnnopt.display.words import count, number, short

RATES = {
    "steepest_rate": "steepest fall of the loss",
    "lowest_loss_rate": "lowest smoothed loss",
    "diverged_at": "end, loss too high",
}


def show_range_test(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the rates that the test found, then what to take.

    Args:
        console: where to.
        summary: content of `summary.json`.
    """
    table = plain_table("", "learning rate")
    for key, what in RATES.items():
        if summary.get(key) is not None:
            table.add_row(what, short(summary[key]))
    if table.row_count:
        console.print(table)
        console.print()
    console.print(Text(suggestion(summary), style="bold"))


def suggestion(summary: Mapping[str, Any]) -> str:
    """Return the suggested rate and what it rests on, in two sentences."""
    steps = count(int(summary["steps"]), "step")
    went = f"{steps} on the training part, one seed, rates from {short(summary['low'])}"
    end = _end(summary)
    if summary.get("suggested_rate") is None:
        return f"No learning rate is suggested: none made the loss fall in {went}; {end}."
    return (
        f"Suggested learning rate: {short(summary['suggested_rate'], 2)}. There the loss fell "
        f"fastest, by {number(summary['fall_per_decade'], 3)} per tenfold rate, in {went}; "
        f"{end}."
    )


def _end(summary: Mapping[str, Any]) -> str:
    at = summary.get("diverged_at")
    match summary.get("ended_by"):
        case "too_high":
            return f"at {short(at)} it was more than 4 times its lowest, which ended the test"
        case "not_finite":
            return f"at {short(at)} it was not finite any more, which ended the test"
        case _:
            return (
                f"up to {short(summary['high'])} it did not diverge. Where the lowest loss is at "
                f"the end, try a larger --high"
            )
