"""The diagram of average ranks: what it shows, and that it can be read with many and long names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from legible import legible
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from cnnopt.plots.rank_diagram import rank_diagram
from cnnopt.plots.style import look, styled, write_png
from cnnopt.statistics import critical_difference, friedman, indistinguishable

NAMES = [
    "sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "nadam",
    "adam, learning_rate 0.001, beta2 0.999, decoupled decay 0.05", "x" * 80, "lion",
]  # fmt: skip
DEMSAR = {"C4.5": 3.143, "C4.5+m": 2.000, "C4.5+cf": 2.893, "C4.5+m+cf": 1.964}


def drawn(names: list[str], problems: int, spread: float) -> dict[str, float]:
    values = np.random.default_rng(len(names)).normal(size=(problems, len(names)))
    values += spread * np.linspace(0, 1, len(names))
    return dict(zip(names, friedman(values, higher_is_better=True).average_ranks, strict=True))


def bars(figure: Figure) -> list[tuple[float, float, float]]:
    """Return the ends and the height of each bar."""
    lines = [line for line in figure.axes[0].lines if line.get_label() == "not told apart"]
    points = [np.asarray(line.get_xydata()) for line in lines]
    assert all(len(p) == 2 and p[0, 1] == p[1, 1] for p in points)
    return [(float(p[0, 0]), float(p[1, 0]), float(p[0, 1])) for p in points]


def names_of(figure: Figure) -> list[Annotation]:
    return [
        text for text in figure.findobj(Annotation)
        if "critical" not in text.get_text()
    ]  # fmt: skip


@pytest.mark.parametrize("spread", [0.0, 2.0, 9.0])
@pytest.mark.parametrize("problems", [5, 20])
@pytest.mark.parametrize("names", [NAMES[:2], NAMES[:3], NAMES[8:11], NAMES[:9], NAMES])
def test_legible_and_bars_are_the_groups(
    names: list[str], problems: int, spread: float, tmp_path: Path
) -> None:
    ranks, cd = drawn(names, problems, spread), critical_difference(len(names), problems)
    with styled():
        figure = rank_diagram(ranks, cd, problems, "mean test accuracy of three studies")
        write_png(figure, tmp_path / "ranks.png")
        assert legible(figure) == []
    assert figure.get_size_inches().max() <= 13
    found = bars(figure)
    groups = [(ranks[group[0]], ranks[group[-1]]) for group in indistinguishable(ranks, cd)]
    assert [bar[:2] for bar in found] == groups
    for index, (low, high, y) in enumerate(found):
        assert all(y != v or high < a or b < low for a, b, v in found[:index])
    lowest = max((y for _, _, y in found), default=0.0)
    assert all(text.xy[1] > lowest for text in names_of(figure))


def test_every_name_ends_a_line_from_its_rank_and_none_lies_on_a_line() -> None:
    with styled():
        figure = rank_diagram(drawn(NAMES, 20, 3.0), 3.7, 20, "twelve")
        figure.draw_without_rendering()
    axes, found = figure.axes[0], names_of(figure)
    assert len(found) == 12
    window = axes.get_window_extent()
    elbows = {
        tuple(line.get_xydata()[2]): line for line in axes.lines if len(line.get_xydata()) == 3
    }
    for text in found:
        box = text.get_window_extent()
        assert box.x1 < window.x0 or box.x0 > window.x1
        line = elbows[tuple(text.xy)]
        words = text.get_text().replace("\n", "").replace(" ", "")
        (index,) = [
            i for i, name in enumerate(NAMES) if words.startswith(name.replace(" ", "") + "(")
        ]
        assert line.get_color() == look(index).colour
        assert words.endswith(f"({line.get_xdata()[0]:.2f})")


def test_lines_of_names_do_not_cross() -> None:
    figure = rank_diagram(drawn(NAMES, 20, 3.0), 3.7, 20, "twelve")
    corners = [line.get_xydata() for line in figure.axes[0].lines if len(line.get_xydata()) == 3]
    for one in corners:
        low, high = sorted(one[1:, 0])
        for other in corners:
            crosses = low < other[0, 0] < high and other[1, 1] > one[1, 1]
            assert other is one or not crosses


def test_published_example() -> None:
    figure = rank_diagram(DEMSAR, critical_difference(4, 14, 0.10), 14, "C4.5")
    (first, second) = bars(figure)
    assert first[:2] == (1.964, 2.893)
    assert second[:2] == (2.893, 3.143)
    assert first[2] != second[2]
    words = {text.get_text() for text in figure.findobj(Annotation)}
    assert words >= {"critical difference 1.12", "C4.5 (3.14)", "C4.5+m+cf (1.96)"}
    assert "14 problems" in figure.axes[0].get_title()
    left = [text.get_text() for text in names_of(figure) if text.get_ha() == "right"]
    assert left == ["C4.5+m+cf (1.96)", "C4.5+m (2.00)"]


def test_equal_ranks_have_a_bar_that_is_seen() -> None:
    with styled():
        figure = rank_diagram(dict.fromkeys(NAMES, 6.5), 7.4, 5, "equal")
        assert legible(figure) == []
    ((low, high, _),) = bars(figure)
    assert low < 6.5 < high
