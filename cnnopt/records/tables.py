"""CSV tables of a run folder: floats that come back exactly, and appended rows that may be torn."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    append_rows(path, [row])


def append_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append rows without commas in their cells, in one write; see `append_row`."""
    lines = [",".join(map(cell, row.values())) for row in rows]
    if not path.exists() or path.stat().st_size == 0:
        lines.insert(0, ",".join(rows[0]))
    append_line(path, "\n".join(lines), sync=False)


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
    columns: dict[str, list[float]] = {}
    for row, _ in _number_rows(path):
        for name, value in row.items():
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
    rows = size = 0
    for row, end in _number_rows(path):
        if not keep(row):
            break
        rows, size = rows + 1, end
    with writing(path):
        os.truncate(path, size)
        sync_path(path)
    return rows


def truncate_groups(path: Path, column: str, groups: int) -> None:
    """Cut a table after its first `groups` runs of rows with the same value in `column`.

    A run that is cut short by a kill goes with the damaged row. Where no row stays, the head goes
    too; nothing happens when the table is missing.

    Raises:
        WriteError: when the file cannot be cut.
    """
    if not path.exists():
        return
    seen: list[str] = []
    size = 0
    for row, end in _whole_rows(path):
        if row[column] not in seen[-1:]:
            if len(seen) == groups:
                break
            seen.append(row[column])
        size = end
    with writing(path):
        os.truncate(path, size if groups else 0)
        sync_path(path)


def count_rows(*paths: Path) -> int:
    """Return how many whole rows the shortest of some tables of numbers has."""
    return min(sum(1 for _ in _number_rows(path)) for path in paths)


def count_groups(path: Path, column: str) -> int:
    """Return how many runs of rows with the same value in `column` a table has.

    The last one counts only where it has as many rows as the first: else a kill cut it short.
    """
    sizes: list[int] = []
    value = None
    for row, _ in _whole_rows(path):
        if row[column] != value:
            value = row[column]
            sizes.append(0)
        sizes[-1] += 1
    return len(sizes) - bool(sizes and sizes[-1] < sizes[0])


def _number_rows(path: Path) -> Iterator[tuple[dict[str, float], int]]:
    """Yield each row of a table of numbers with the offset of its end, up to a damaged one."""
    for row, end in _whole_rows(path):
        try:
            numbers = {name: float(value) if value else float("nan") for name, value in row.items()}
        except ValueError:
            return
        yield numbers, end


def _whole_rows(path: Path) -> Iterator[tuple[dict[str, str], int]]:
    """Yield each row of a table without quotes with the offset of its end, up to a damaged one."""
    try:
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    except OSError as error:
        raise DataError(f"{path}: could not be read: {error.strerror}.") from error
    columns = lines[0].decode(errors="replace").rstrip("\n").split(",") if lines else []
    end = len(lines[0]) if lines else 0
    for line in lines[1:]:
        cells = line.decode(errors="replace").rstrip("\n").split(",")
        if not line.endswith(b"\n") or len(cells) != len(columns):
            return
        end += len(line)
        yield dict(zip(columns, cells, strict=True)), end
