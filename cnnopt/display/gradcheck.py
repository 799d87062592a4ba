"""Gradients checked, as a table with both numbers and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table
from cnnopt.display.words import count

if TYPE_CHECKING:
    from cnnopt.analysis import GradCheck


def show_gradcheck(console: Console, result: GradCheck) -> None:
    """Print one line per tensor, and what they come to.

    Args:
        console: where to.
        result: of a config.
    """
    head = (
        f"{result.name}: slopes along random directions in float64, batches of {result.batch}, "
        f"seed {result.seed}"
    )
    console.print(Text(head))
    console.print()
    table = plain_table("gradient by", "analytic", "numeric", "error", "verdict")
    last = ""
    for check in result.checks:
        table.add_row(
            f"  {check.tensor}" if check.layer == last else f"{check.layer}: {check.tensor}",
            f"{check.analytic:.6g}",
            f"{check.numeric:.6g}",
            f"{check.error:.0e}" if check.error else "0",
            "ok" if check.passed else "WRONG",
            style="" if check.passed else "bold red",
        )
        last = check.layer
    console.print(table)
    console.print()
    for sentence in sentences(result):
        console.print(Text(sentence))


def sentences(result: GradCheck) -> list[str]:
    """Return the verdict, and how kinks were kept away from."""
    failed = [check for check in result.checks if not check.passed]
    worst = max((check.error for check in result.checks), default=0.0)
    limit = f"{result.tolerance:.0e}"
    if failed:
        names = ", ".join(f"{check.layer} by {check.tensor}" for check in failed)
        found = [
            f"{len(failed)} of {count(len(result.checks), 'gradient')} differ by more than "
            f"{limit} of their size: {names}."
        ]
    else:
        found = [
            f"All {count(len(result.checks), 'gradient')} agree: the largest relative error is "
            f"{worst:.0e}, allowed is {limit}."
        ]
    again = sum(check.draws - 1 for check in result.checks)
    if again:
        found.append(
            f"{count(again, 'draw')} thrown away: too near a kink of relu or max pooling, or all "
            "but cancelled."
        )
    return found
