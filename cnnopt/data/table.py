"""A text table: header or none, comma, semicolon or tab; numbers with the line they stand in."""

from __future__ import annotations

import csv
import difflib
import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.checks import FLOAT32_MAX
from cnnopt.data.faults import data_error

Row = tuple[int, list[str]]

_GAPS = ("", "na", "nan")
"""What stands for a missing value, in small letters."""


@dataclass(frozen=True)
class Table:
    """A table being read, row by row.

    Attributes:
        path: the file.
        columns: names from the header; "0", "1", ... where the first line is all numbers.
        header: whether there is a header line.
        rows: line number and cells, once; every row is as long as `columns`.
    """

    path: Path
    columns: tuple[str, ...]
    header: bool
    rows: Iterator[Row]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV file. Blank lines are passed over; cells lose the spaces around them.

    Raises:
        DataError: missing, empty, not UTF-8, a column named twice, or a row too short or long.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _rows(path, file)
            first = next(rows, None)
            if first is None:
                raise data_error(path, "the file is empty")
            header = not all(_is_number(cell) for cell in first[1])
            columns = tuple(first[1]) if header else tuple(map(str, range(len(first[1]))))
            twice = {name for name in columns if columns.count(name) > 1}
            if twice:
                given = ", ".join(map(repr, sorted(twice)))
                raise data_error(path, "columns must have different names", given=given, line=1)
            body = rows if header else chain([first], rows)
            yield Table(path, columns, header, _of_width(path, body, len(columns)))
    except FileNotFoundError as fault:
        raise data_error(path, "no such file") from fault
    except UnicodeDecodeError as fault:
        remedy = "Save it as CSV in UTF-8"
        raise data_error(path, "is not UTF-8 text", remedy=remedy) from fault
    except OSError as fault:
        raise data_error(path, f"cannot be read ({fault.strerror or fault})") from fault


def find_column(table: Table, name: str, setting: str) -> int:
    """Return the number of the column called `name`.

    Args:
        table: an open table.
        name: the column's name; its number, from "0", where the table has no header.
        setting: what names the column, for the message: `dataset.target`.

    Raises:
        DataError: there is no such column.
    """
    if name in table.columns:
        return table.columns.index(name)
    near = difflib.get_close_matches(name, table.columns, n=1)
    shown = ", ".join(table.columns[:12]) + (", ..." if len(table.columns) > 12 else "")
    whence = "Its first line says" if table.header else "It has no header: columns are called"
    remedy = f"Did you mean {near[0]!r}?" if near else f"{whence} {shown}"
    raise data_error(table.path, "no such column", given=name, place=setting, remedy=remedy)


def read_numbers(
    table: Table,
    wanted: Sequence[int],
    also: Callable[[int, list[str]], None] | None = None,
    *,
    ignore: str = "",
    gaps: bool = False,
) -> NDArray[np.float64]:
    """Return the columns `wanted` of all rows as numbers, float64 of shape (N, len(wanted)).

    Args:
        table: an open table; its rows are used up.
        wanted: column numbers.
        also: called with line and cells of every row, for what is not wanted as numbers.
        ignore: the setting that leaves columns out, for the message; empty where there is none.
        gaps: read an empty cell, `NA` and `NaN` (in small letters, too) as NaN.

    Raises:
        DataError: a cell is empty, no number, not finite or too large for float32, each with
            line and column, but for the gaps that are allowed; or there are no rows.
    """
    numbers, lines = array("d"), array("q")
    read = _number_or_gap if gaps else float
    for line, cells in table.rows:
        try:
            numbers.extend([read(cells[column]) for column in wanted])
        except ValueError:
            _blame(table, wanted, line, cells, ignore, read)
        lines.append(line)
        if also is not None:
            also(line, cells)
    if not lines:
        raise data_error(table.path, "must have rows below the header")
    values = np.frombuffer(numbers, dtype=np.float64).reshape(len(lines), len(wanted))
    usable = np.abs(values) <= FLOAT32_MAX  # False for NaN as well
    bad = np.argwhere(~(usable | np.isnan(values)) if gaps else ~usable)
    if len(bad):
        row, column = bad[0]
        raise data_error(
            table.path,
            "must be a finite number that fits float32",
            given=f"{values[row, column]} ({len(set(bad[:, 0].tolist()))} rows are so)",
            remedy="Fill the gaps or leave those rows out",
            place=f"column {table.columns[wanted[column]]}",
            line=lines[row],
        )
    return values


def _rows(path: Path, file: TextIO) -> Iterator[Row]:
    """Yield line number and stripped cells of every row that is not blank."""
    start = file.readline()
    delimiter = next((mark for mark in "\t;" if mark in start), ",")
    file.seek(0)
    reader = csv.reader(file, delimiter=delimiter)
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as fault:
        raise data_error(path, f"is no CSV text ({fault})", line=reader.line_num) from fault


def _of_width(path: Path, rows: Iterator[Row], width: int) -> Iterator[Row]:
    for line, cells in rows:
        if len(cells) != width:
            rule = f"must have {width} columns like the first line"
            raise data_error(path, rule, given=str(len(cells)), line=line)
        yield line, cells


def _number_or_gap(cell: str) -> float:
    return math.nan if cell.lower() in _GAPS else float(cell)


def _is_number(cell: str) -> bool:
    return _can(float, cell) and not math.isinf(float(cell))


def _can(read: Callable[[str], float], cell: str) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True


def _blame(
    table: Table,
    wanted: Sequence[int],
    line: int,
    cells: list[str],
    ignore: str,
    read: Callable[[str], float],
) -> NoReturn:
    """Raise for the first cell of the row that `read` takes for no number."""
    column = next(column for column in wanted if not _can(read, cells[column]))
    name = table.columns[column]
    leave_out = f", or leave the column out ({ignore}: [{name}])" if ignore else ""
    raise data_error(
        table.path,
        "must be a number",
        given=repr(cells[column]) if cells[column] else "an empty cell",
        remedy=f"Turn it to a number{leave_out}",
        place=f"column {name}",
        line=line,
    )
