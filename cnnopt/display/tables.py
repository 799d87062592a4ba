"""Tables without frames, which stay readable in a log, at 80 columns and when read aloud."""

from __future__ import annotations

from rich.table import Table


def plain_table(*heads: str, texts: int = 1, title: str = "") -> Table:
    """Return an empty table.

    Args:
        heads: the columns.
        texts: so many columns from the left hold text and align left; the rest hold numbers.
        title: stands above, to the left.
    """
    table = Table(
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style="dim",
        title=title or None,
        title_justify="left",
        title_style="bold",
    )
    for place, head in enumerate(heads):
        text = place < texts
        table.add_column(head, justify="left" if text else "right", overflow="fold")
    return table
