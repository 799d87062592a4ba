"""A curve in a terminal: bars of eighths of a character, in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from cnnopt.display.words import short

BARS = " ▁▂▃▄▅▆▇█"
ROWS = 8


def chart(values: Sequence[float], extent: float, unit: str, width: int = 76) -> list[str]:
    """Return the lines of a chart: bars from 0 up, labels at the left, ticks below.

    Args:
        values: at least one, each at least 0, evenly spread from the left end to the right.
        extent: what the axis below counts from 0 to, above 0.
        unit: of that, in one word: `epoch`.
        width: characters of a line.
    """
    top = max(values) or 1.0
    labels = {0: short(top), ROWS // 2: short(top / 2)}
    left = max(map(len, (*labels.values(), unit)))
    columns = width - left - 2
    heights = [_eighths(mean, top) for mean in _columns(values, columns)]
    lines = []
    for row in range(ROWS):
        below = 8 * (ROWS - 1 - row)
        bars = "".join(BARS[min(max(height - below, 0), 8)] for height in heights)
        lines.append(f"{labels.get(row, ''):>{left}} │{bars}".rstrip())
    lines.append(f"{0:>{left}} └{'─' * columns}")
    return [*lines, f"{unit:>{left}}  {_ticks(extent, columns)}"]


def _columns(values: Sequence[float], columns: int) -> list[float]:
    """Return for each column the mean of the values that it covers, at least one."""
    found = []
    for column in range(columns):
        start = column * len(values) // columns
        stop = max(start + 1, (column + 1) * len(values) // columns)
        found.append(sum(values[start:stop]) / (stop - start))
    return found


def _eighths(value: float, top: float) -> int:
    """Return a height in eighths of a row; what is above 0 is seen."""
    eighths = round(8 * ROWS * value / top)
    return max(eighths, 1) if value > 0 else eighths


def _ticks(extent: float, columns: int) -> str:
    """Return the line of ticks: round numbers, each in the middle of where it belongs."""
    distance = _round_up(extent / 6)
    line = ""
    for number in range(floor(extent / distance + 1e-9) + 1):
        label = f"{number * distance:.10g}"
        middle = round(columns * number * distance / extent)
        place = min(middle - len(label) // 2, columns - len(label))
        if place > len(line) or not line:
            line = line.ljust(place) + label
    return line


def _round_up(value: float) -> float:
    """Return the next number of 1, 2, 5, 10, 20, 50 ... or 0.5, 0.2, 0.1 ... below."""
    power = 10.0 ** floor(log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9)))
