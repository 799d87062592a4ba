"""What `explain optimizers` found, as one table a function, with sentences below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table
from cnnopt.display.words import short

Row = Mapping[str, Any]
_HEADS = (
    "\noptimizer",
    "\nrate",
    "\nsteps",
    "final\nvalue",
    "last\ntenth",
    "dis-\ntance",
    "\nat",
    "sign\nchanges",
    "path\nlength",
)


def show_explanation(console: Console, summary: Row) -> None:
    """Print the summary of `cnnopt explain optimizers`.

    Args:
        console: where to.
        summary: content of `summary.json`.
    """
    for function in summary["functions"]:
        show_function(console, function)
        console.print()
    for note in notes(summary):
        console.print(Text(note, style="dim"))


def notes(summary: Row) -> list[str]:
    """Return what the columns mean."""
    rates = [short(rate) for rate in summary["rates"]]
    share = f"1/{round(1 / summary['arrived_below']):,}"
    return [
        f"rate: of {rates[0]}, {rates[1]} ... {rates[-1]} the one with the lowest mean value over "
        "the last tenth of the steps; of those that settle, the fastest; none that goes "
        "farther from the start than the picture's diagonal.",
        f"steps: until the value stays below {share} of that at the start. "
        "value: above the minimum.",
        "distance: to the nearest minimum, and its letter where the path has reached it.",
        "sign changes: of the update of w1 and of w2, between steps long enough to be seen.",
    ]


def show_function(console: Console, function: Row) -> None:
    """Print the table of a function, and what is to be seen."""
    title = f"{function['title'][:1].upper()}{function['title'][1:]}: {function['formula']}"
    console.print(Text(title, style="bold"))
    lesson = f"{function['lesson'][:1].upper()}{function['lesson'][1:]}"
    console.print(Text(f"{lesson}; {_where(function)}"))
    console.print()
    table = plain_table(*_HEADS)
    for row in function["results"]:
        steps = row["steps_to_arrive"]
        changes = row["seen_changes_w1"], row["seen_changes_w2"]
        diverged = row["status"] != "completed"
        table.add_row(
            row["optimizer"],
            short(row["learning_rate"]),
            "–" if steps is None else str(steps),
            "left" if diverged else small(row["value"]),
            "–" if diverged else small(row["late_value"]),
            small(row["distance"]),
            row["minimum"] if row["reached"] else "–",
            f"{changes[0]}, {changes[1]}",
            f"{row['path_length']:.2f}",
        )
    console.print(table)
    console.print()
    for sentence in function["seen"]:
        console.print(Text(sentence))


def small(value: float) -> str:
    """Return a number with two digits; what is less than rounding leaves anywhere as `< 1e-30`."""
    return "< 1e-30" if 0 < value < 1e-30 else short(value, 2)


def _where(function: Row) -> str:
    """Return `from (-4.03, 1.07) to A (0, 0)`."""
    minima: Mapping[str, Sequence[float]] = function["minima"]
    ends = " or ".join(f"{label} {_point(place)}" for label, place in minima.items())
    return f"from {_point(function['start'])} to {ends}."


def _point(place: Sequence[float]) -> str:
    return f"({place[0]:.3g}, {place[1]:.3g})"
