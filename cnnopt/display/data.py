"""The data sets as a table, and where a picture of one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table

if TYPE_CHECKING:
    from cnnopt.data.catalogue import Entry


def show_data_sets(
    console: Console, entries: Sequence[Entry], formats: Mapping[str, str], *, files: bool
) -> None:
    """Print one line per data set, the user's formats, and which files go where.

    Args:
        console: where to.
        entries: the data sets.
        formats: names of formats for the user's own data, and what each is.
        files: say which files the data sets that are not here need, and where.
    """
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
    console.print()
    console.print(Text("Your own data: dataset.name is one of these, dataset.path says where."))
    for name, what in formats.items():
        console.print(Text(f"{name:8}{what}"))
    missing = [entry for entry in entries if not entry.present]
    if missing:
        console.print()
        head = "Files of those that are not here (.gz ones may be unpacked)"
        console.print(Text(f"{head}:" if files else f"{head}: cnnopt data list -v"))
    for entry in missing if files else ():
        console.print(Text(f"{entry.name}: into {entry.where}"), soft_wrap=True)
        for file in entry.files:
            console.print(Text(f"    {file}"), soft_wrap=True)


def show_picture(console: Console, file: Path, notes: Sequence[str]) -> None:
    """Print where a picture of examples is, and what is known of the data."""
    console.print(Text(f"Picture {file}"), soft_wrap=True)
    for note in notes:
        console.print(Text(f"Note: {note}"))
