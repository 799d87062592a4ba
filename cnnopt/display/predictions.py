"""Predictions as a table and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from cnnopt.display.tables import plain_table
from cnnopt.display.words import number


def predictions_table(
    classes: Sequence[str], labels: Sequence[str], values: Sequence[Sequence[float]]
) -> Table:
    """Return one row per input.

    Args:
        classes: the classes' names, K of them; empty for regression.
        labels: what each input is called, n of them.
        values: probabilities or predicted targets, shape (n, K).
    """
    if not classes:
        width = len(values[0]) if len(values) else 1
        heads = ["predicted"] if width == 1 else [f"predicted {place}" for place in range(width)]
        table = plain_table("input", *heads)
        for name, row in zip(labels, values, strict=True):
            table.add_row(name, *(number(float(value)) for value in row))
        return table
    table = plain_table("input", "class", "probability", "next", "probability", texts=2)
    table.columns[3].justify = "left"
    for name, row in zip(labels, values, strict=True):
        order = sorted(range(len(classes)), key=lambda k: (-float(row[k]), k))[:2]
        cells = [text for k in order for text in (classes[k], f"{100 * float(row[k]):.1f} %")]
        table.add_row(name, *cells)
    return table


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows of equal keys as CSV, with the shortest floats that read back the same."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
