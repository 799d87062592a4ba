"""The data sets as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table

if TYPE_CHECKING:
    from cnnopt.data.catalogue import Entry


def show_data_sets(console: Console, entries: Sequence[Entry]) -> None:
    """Print one line per data set, then which files the missing ones need and where."""
    table = plain_table("data set", "one example", "rows", "classes", "here")
    for entry in entries:
        table.add_row(
            entry.name,
            " x ".join(map(str, entry.shape)),
            f"{entry.rows:,}",
            str(entry.classes or "–"),
            "yes" if entry.present else "no",
        )
    console.print(table)
    missing = [entry for entry in entries if not entry.present]
    if missing:
        console.print()
        console.print(Text("Files of those that are not here, plain or gzipped:"))
    for entry in missing:
        console.print(Text(f"{entry.name}: into {entry.where}"), soft_wrap=True)
        for file in entry.files:
            console.print(Text(f"    {file}"), soft_wrap=True)
