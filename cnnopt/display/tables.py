"""Tables without frames, which stay readable in a log, at 80 columns and when read aloud."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text


def plain_table(*heads: str, texts: int = 1) -> Table:
    """Return an empty table.

    Args:
        heads: the columns.
        texts: so many columns from the left hold text and align left; the rest hold numbers.
    """
    table = Table(
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style="dim",
    )
    for place, head in enumerate(heads):
        text = place < texts
        table.add_column(head, justify="left" if text else "right", overflow="fold")
    return table


def titled(console: Console, title: str, table: Table) -> None:
    """Print a table below its title; a title within the table would be broken to its width."""
    console.print(Text(title, style="bold"))
    console.print(table)
