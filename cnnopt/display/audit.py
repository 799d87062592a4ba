"""The audit of a data set as a table, with what to do about each leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table
from cnnopt.display.words import count

if TYPE_CHECKING:
    from cnnopt.analysis import Audit
    from cnnopt.data.audit import Finding


def show_data_audit(console: Console, audit: Audit) -> None:
    """Print one line per check, the remedy of each leak, and what it comes to.

    Args:
        console: where to.
        audit: of the parts that a config makes.
    """
    parts = ", ".join(f"{name} {rows:,}" for name, rows in audit.parts.items())
    console.print(Text(f"{audit.dataset}: {count(audit.rows, 'row')}; {parts}"))
    console.print()
    table = plain_table("looked for", "found", "which")
    table.columns[2].justify = "left"
    for finding in audit.findings:
        table.add_row(finding.check, f"{finding.found:,}", finding.detail, style=_style(finding))
    console.print(table)
    console.print()
    for finding in audit.leaks:
        line = f"Leak, {finding.check}: {finding.remedy}."
        console.print(Text(line, style="bold red"))
    console.print(Text(verdict(audit)))
    for note in audit.notes:
        console.print(Text(f"Note: {note}"))


def verdict(audit: Audit) -> str:
    """Return what the findings come to, in a sentence."""
    if audit.leaks:
        return (
            f"{count(len(audit.leaks), 'leak')} found: a result on these parts would be better "
            "than on new data."
        )
    if len(audit.parts) == 1:
        return "No leak found, but there is only one part: nothing would be tested."
    return "No leak found."


def _style(finding: Finding) -> str:
    if finding.leaks:
        return "bold red"
    return "yellow" if finding.found else ""
