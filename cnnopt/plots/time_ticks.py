"""Ticks for rows in order of time: round years where the moments begin with a year."""

from __future__ import annotations

import re
from collections.abc import Sequence

_YEAR = re.compile(r"(\d{4})(?:(?:0[1-9]|1[0-2])[0-3]\d$|(?!\d))")  # 1960, 1960-03-26, 19600326
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
_MOST = 12  # years
_SOME = 6  # moments as they are written


def time_ticks(times: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return numbers of rows, from 0, and what to write there.

    Args:
        times: the moment of each row, in order, as the data's file writes it.

    Example:
        >>> time_ticks([f"{1990 + month // 12}-{month % 12 + 1:02}" for month in range(48)])
        ([0, 12, 24, 36], ['1990', '1991', '1992', '1993'])
    """
    found = [_YEAR.match(time) for time in times]
    years = [int(match[1]) for match in found if match]
    if len(years) == len(times) and years[-1] - years[0] >= 3:
        step = next((s for s in _STEPS if (years[-1] - years[0]) / s < _MOST), _STEPS[-1])
        whole = times[0][4:] == min(time[4:] for time in times)  # begins with a year's first moment
        before = [years[0] - whole, *years[:-1]]
        pairs = enumerate(zip(before, years, strict=True))
        rows = [row for row, (last, year) in pairs if year // step > last // step]
        return rows, [str(years[row] // step * step) for row in rows]
    rows = sorted({round(i * (len(times) - 1) / (_SOME - 1)) for i in range(_SOME)})
    return rows, [times[row] for row in rows]
