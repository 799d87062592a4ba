"""A column of times: numbers or dates, checked to ascend."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from cnnopt.data.faults import data_error

LONG = 1.5
"""A step in time so many times the usual one is said to be long."""

Moment = int | float

_YEAR_1 = datetime(1, 1, 1, tzinfo=UTC)


def check_moments(
    path: Path, column: str, cells: Sequence[str], lines: Sequence[int]
) -> tuple[str, ...]:
    """Check that the times ascend, and return what is worth saying of their steps.

    Times are dates if every cell is one in eight digits (`19580329`, more with a time of day); else
    numbers if the first cell is one; else dates in ISO form: `1958-03-29`, `1958-03`,
    `1958-03-29 12:00`, `1958-03-29T12:00+01:00`. Without a zone, dates are read as UTC.

    Args:
        path, column: where the cells come from, for messages.
        cells: the times as written.
        lines: the line of each cell.

    Returns:
        A note where some steps are much longer than the usual one (the median), else nothing.

    Raises:
        DataError: a cell is empty or no time, or not later than the one before it; with its line.
    """
    moments = _read(path, column, cells, lines)
    for number in range(1, len(moments)):
        if not moments[number] > moments[number - 1]:
            raise data_error(
                path,
                "times must ascend, each later than the one before",
                given=f"{cells[number]} after {cells[number - 1]}",
                place=f"column {column}",
                line=lines[number],
                remedy="Sort the rows by time and keep one for each moment",
            )
    steps = np.diff(np.array(moments, dtype=np.float64))
    long = int((steps > LONG * np.median(steps)).sum()) if len(steps) else 0
    if not long:
        return ()
    return (
        f"Steps in time more than {LONG} times the usual one: {long} of {len(steps)}. Windows, "
        "horizon and period count samples, not time.",
    )


def _read(path: Path, column: str, cells: Sequence[str], lines: Sequence[int]) -> list[Moment]:
    if all(len(cell) >= 8 and cell[:8].isdecimal() for cell in cells):
        dates = [date for cell in cells if (date := _date(cell)) is not None]
        if len(dates) == len(cells):
            return dates
    of_numbers = _number(cells[0]) is not None
    read = _number if of_numbers else _date
    moments = []
    for cell, line in zip(cells, lines, strict=True):
        moment = read(cell)
        if moment is None:
            kind = "a number as the first one is" if of_numbers else "a date such as 1958-03-29"
            given = repr(cell) if cell else "an empty cell"
            place = f"column {column}"
            raise data_error(path, f"a time must be {kind}", given=given, place=place, line=line)
        moments.append(moment)
    return moments


def _number(cell: str) -> Moment | None:
    """Return the number; whole ones exactly, however long (nanoseconds since 1970)."""
    for kind in (int, float):
        try:
            number: Moment = kind(cell)
        except ValueError:
            continue
        return number if abs(number) <= sys.float_info.max else None
    return None


def _date(cell: str) -> Moment | None:
    """Return the date's microseconds since the year 1."""
    month_alone = len(cell) == 7 and cell[4] == "-" and cell[5:].isdecimal()
    try:
        date = datetime.fromisoformat(f"{cell}-01" if month_alone else cell)
    except ValueError:
        return None
    since = (date if date.tzinfo else date.replace(tzinfo=UTC)) - _YEAR_1
    return since // timedelta(microseconds=1)
