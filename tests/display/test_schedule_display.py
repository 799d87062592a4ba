"""The chart of a learning rate: legible in plain text of 80 columns."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cnnopt.analysis.schedule import Moment, ScheduleDescription
from cnnopt.display.chart import BARS, ROWS, chart
from cnnopt.display.schedule import headline, show_schedule, validation_sentence

VALUES = st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=300)


def bars(lines: list[str]) -> list[list[int]]:
    """Return the eighths in each row and column of a chart, from the top."""
    left = lines[0].index("│")
    width = max(map(len, lines)) - left - 1
    return [[BARS.index(c) for c in line[left + 1 :].ljust(width)] for line in lines[:ROWS]]


def test_a_chart_by_hand() -> None:
    assert chart([0, 1, 2, 4], 2, "epoch", 15) == [
        "    4 │      ██",
        "      │      ██",
        "      │      ██",
        "      │      ██",
        "    2 │    ████",
        "      │    ████",
        "      │  ██████",
        "      │  ██████",
        "    0 └────────",
        "epoch  0   1  2",
    ]


@given(values=VALUES, extent=st.floats(1e-3, 1e6), width=st.integers(30, 100))
def test_every_chart_fits_and_is_a_bar_in_every_column(
    values: list[float], extent: float, width: int
) -> None:
    lines = chart(values, extent, "epoch", width)
    assert len(lines) == ROWS + 2
    assert max(map(len, lines)) <= width
    rows = bars(lines)
    for column in zip(*rows, strict=True):
        filled = [eighths for eighths in column if eighths]
        assert filled == sorted(filled)
        assert all(eighths == 8 for eighths in filled[1:]), "no gap within a bar"
    if min(values) > 0:
        assert all(rows[-1][: lines[ROWS].count("─")]), "what is above 0 is seen"


@given(values=st.lists(st.floats(0.01, 1), min_size=8, max_size=60).map(sorted))
def test_what_rises_is_drawn_rising(values: list[float]) -> None:
    rows = bars(chart(values, 3, "epoch", 70))
    columns = len(chart(values, 3, "epoch", 70)[ROWS].split("└")[1])
    heights = [sum(column) for column in zip(*rows, strict=True)][:columns]
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("extent", "ticks"),
    [
        (1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (7, ["0", "2", "4", "6"]),
        (20, ["0", "5", "10", "15", "20"]),
        (0.275, ["0", "0.05", "0.1", "0.15", "0.2", "0.25"]),
        (350, ["0", "100", "200", "300"]),
    ],
)
def test_ticks_are_round_and_where_they_belong(extent: float, ticks: list[str]) -> None:
    lines = chart([1.0], extent, "epoch", 76)
    assert lines[-1].split() == ["epoch", *ticks]
    columns = lines[ROWS].count("─")
    for tick in ticks[1:-1]:
        middle = lines[-1].index(f" {tick} ") + 1 + len(tick) // 2 - len("epoch ") - 1
        assert abs(middle - columns * float(tick) / extent) <= 1


def test_a_rate_of_nothing_is_drawn_as_nothing() -> None:
    assert not any(map(any, bars(chart([0.0, 0.0], 1, "epoch"))))


def description(**changes: object) -> ScheduleDescription:
    moments = tuple(Moment(step, step / 40 if step < 40 else 1.0) for step in range(1, 81))
    made: dict[str, object] = {
        "name": "small",
        "schedule": "constant",
        "warmup": 1.0,
        "steps": 80,
        "steps_per_epoch": 40,
        "start": moments[0],
        "peak": moments[39],
        "end": moments[-1],
        "plateau": None,
        "moments": moments,
    }
    return ScheduleDescription(**(made | changes))  # type: ignore[arg-type]


def shown(given: ScheduleDescription, width: int = 80) -> str:
    file = io.StringIO()
    show_schedule(Console(file=file, width=width, markup=False, highlight=False), given)
    return file.getvalue()


def test_what_is_shown() -> None:
    text = shown(description())
    assert headline(description()) in text
    assert "small: constant after a warm-up of 1 epoch; 80 steps, 2 epochs of 40 steps" in text
    table = [line.split() for line in text.splitlines()[-4:]]
    assert table == [
        ["learning", "rate", "step", "epoch"],
        ["start", "0.025", "1", "1"],
        ["peak", "1", "40", "1"],
        ["end", "1", "80", "2"],
    ]
    assert "\x1b" not in text
    assert "validation" not in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_it_fits_the_terminal(width: int) -> None:
    assert max(map(len, shown(description(), width).splitlines())) <= min(width, 80)


def test_a_plateau_says_that_it_depends_on_validation() -> None:
    rule = {"patience": 1, "factor": 0.5, "min_change": 0.0, "cooldown": 0, "min_rate": 0.0}
    assert validation_sentence(description(plateau=rule)) == (
        "The rate depends on validation. Drawn is what it is as long as the selected value gets "
        "better: after 1 row of metrics without a gain it is multiplied by 0.5."
    )
    more = rule | {"patience": 3, "min_change": 0.01, "cooldown": 2, "min_rate": 0.001}
    assert validation_sentence(description(plateau=more)) == (
        "The rate depends on validation. Drawn is what it is as long as the selected value gets "
        "better: after 3 rows of metrics without a gain of more than 0.01 it is multiplied by "
        "0.5, down to 0.001; after a fall, 2 rows of cooldown come first."
    )
    assert "depends on validation" in shown(description(plateau=more))
