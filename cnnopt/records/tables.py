"""CSV tables of a run folder: floats that come back exactly, and appended rows that may be torn."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnnopt.errors import DataError
from cnnopt.files import append_line, sync_path, writing


def cell(value: object) -> str:
    """Return a value as text: the shortest that reads back as the same number; None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value))  # float(): NumPy 2 writes np.float64(0.1)
    return str(value)  # a float32 gives its own shortest text


def table_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a head; columns in the order in which they first appear."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if columns:
        writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Append a row of numbers, after a head where the file is empty; not forced to the disk.

    Raises:
        WriteError: when it cannot be written; the file is then as it was.
    """
    line = ",".join(map(cell, row.values()))
    empty = not path.exists() or path.stat().st_size == 0
    append_line(path, f"{','.join(row)}\n{line}" if empty else line, sync=False)


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, all cells as text; a torn last line is left out.

    Raises:
        DataError: when it cannot be read.
    """
    try:
        data = path.read_bytes()
        text = data[: data.rfind(b"\n") + 1].decode()
    except OSError as error:
        raise DataError(f"{path}: could not be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: must be UTF-8 text: {error}. Restore the file.") from error
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_history(path: Path) -> dict[str, list[float]]:
    """Return the columns of a table of numbers; empty when there is none yet.

    Rows from the first damaged one on are left out; an empty cell is NaN.
    """
    if not path.exists():
        return {}
    columns: dict[str, list[float]] = {}
    for row in read_table(path):
        numbers = _numbers(row)
        if numbers is None:
            break
        for name, value in numbers.items():
            columns.setdefault(name, []).append(value)
    return columns


def truncate_rows(path: Path, keep: Callable[[Mapping[str, float]], bool]) -> int:
    """Cut a table of numbers off before the first row that is damaged or not to be kept.

    Bytes of the rows that stay are not touched. Where no row stays, the head goes too.

    Args:
        path: the table; nothing happens when it is missing.
        keep: tells whether a row stays.

    Returns:
        How many rows stay.

    Raises:
        WriteError: when the file cannot be cut.
    """
    if not path.exists():
        return 0
    with writing(path):
        lines = path.read_bytes().splitlines(keepends=True)
    rows = size = 0
    columns = lines[0].decode(errors="replace").strip().split(",") if lines else []
    for line in lines[1:]:
        values = line.decode(errors="replace")
        cells = values.strip().split(",")
        numbers = _numbers(dict(zip(columns, cells, strict=False)))
        whole = values.endswith("\n") and len(cells) == len(columns)
        if not whole or numbers is None or not keep(numbers):
            break
        rows, size = rows + 1, size + len(line)
    with writing(path):
        os.truncate(path, len(lines[0]) + size if rows else 0)
        sync_path(path)
    return rows


def _numbers(row: Mapping[Any, Any]) -> dict[str, float] | None:
    """Return a row's cells as numbers, or None when one is not a number."""
    try:
        return {name: float(value) if value else float("nan") for name, value in row.items()}
    except (TypeError, ValueError):
        return None


def count_rows(paths: Iterable[Path]) -> int:
    """Return how many whole rows the shortest of some tables of numbers has."""
    return min((max(map(len, read_history(path).values()), default=0) for path in paths), default=0)
