"""The pictures of `explain optimizers` show the paths of the folder, each in its look."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from test_pictures import legible

from cnnopt.analysis import explain_optimizers, optimizer_paths, options_of
from cnnopt.analysis.path_measures import effective_rates
from cnnopt.analysis.surfaces import SURFACES
from cnnopt.plots import draw_explanation
from cnnopt.plots.effective_rates import WINDOW
from cnnopt.plots.style import look
from cnnopt.records.tables import read_table
from cnnopt.trials.events import nobody

NAMES = ("sgd", "momentum", "adam", "adamw", "lion")


def explained(
    runs_dir: Path, optimizers: Sequence[str] | None, functions: Sequence[str], steps: int = 60
) -> Path:
    options = options_of(optimizers, functions, steps, 0)
    return explain_optimizers(options, runs_dir, lambda: False, nobody)


def of(rows: list[dict[str, str]], optimizer: str, *columns: str) -> np.ndarray:
    """The columns of an optimizer's rows of `paths.csv`, the start among them."""
    wanted = [row for row in rows if row["optimizer"] == optimizer]
    return np.array([[float(row[column] or "nan") for column in columns] for row in wanted])


def lines(figure: Figure, panel: int) -> dict[str, Any]:
    return {
        str(line.get_label()): line
        for line in figure.axes[panel].lines
        if not str(line.get_label()).startswith("_")
    }


def test_paths_and_heights_are_those_of_the_file(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    folder = explained(tmp_path, NAMES, ["himmelblau"])
    draw_explanation(folder)
    rows = read_table(folder / "paths.csv")
    figure = figures["paths_himmelblau"]
    shown = lines(figure, 1)
    rates = {row["optimizer"]: row["learning_rate"] for row in read_table(folder / "results.csv")}
    labels = ["sgd", "momentum", "adam = adamw", "lion"]
    assert list(shown) == [f"{label} {float(rates[label.split()[0]]):g}" for label in labels]
    drawn = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 1]
    for label, path, height in zip(labels, drawn, shown.values(), strict=True):
        name = label.split()[0]
        style = look(NAMES.index(name))
        np.testing.assert_array_equal(path.get_xydata(), of(rows, name, "w1", "w2"))
        np.testing.assert_array_equal(height.get_ydata(), of(rows, name, "value")[:, 0])
        for line in (path, height):
            assert to_hex(line.get_color()) == to_hex(style.colour)
            assert line.get_marker() == style.marker
    stars = [line.get_xydata()[0] for line in figure.axes[0].lines if line.get_marker() == "*"]
    assert {tuple(star) for star in stars} >= set(SURFACES["himmelblau"].minima)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(words) == ["A", "B", "C", "D", "start"]


def test_effective_rates_are_those_of_the_file(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder = explained(tmp_path, NAMES, ["ravine"])
    draw_explanation(folder)
    rows = read_table(folder / "paths.csv")
    figure = figures["rates_ravine"]
    for panel in (0, 1):
        for label, line in lines(figure, panel).items():
            name = label.split()[0]
            updates = np.diff(of(rows, name, "w1", "w2"), axis=0)
            gradients = of(rows, name, "gradient_w1", "gradient_w2")[1:]
            wanted = effective_rates(updates, gradients, WINDOW)[:, panel]
            np.testing.assert_array_equal(line.get_ydata(), wanted)
            np.testing.assert_array_equal(line.get_xdata(), range(1, len(wanted) + 1))
    sgd = np.asarray(lines(figure, 0)["sgd 0.03"].get_ydata())
    np.testing.assert_allclose(sgd, 0.03)


def test_eleven_different_paths_can_be_read(
    tmp_path: Path, figures: dict[str, Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = optimizer_paths.make_optimizer
    others = {"adamp": {"beta1": 0.5}, "adamw": {"beta1": 0.0}}

    def unlike(name: str, **settings: Any) -> Any:
        return make(name, **settings, **others.get(name, {}))

    monkeypatch.setattr(optimizer_paths, "make_optimizer", unlike)
    draw_explanation(explained(tmp_path, None, ["beale"]))
    for figure in figures.values():
        assert legible(figure) == []
        shown = lines(figure, -1)
        assert len(shown) == 11
        looks = {
            (line.get_color(), line.get_linestyle(), line.get_marker()) for line in shown.values()
        }
        assert len(looks) == 11


def test_a_path_that_left_is_drawn_as_far_as_it_went(
    tmp_path: Path, figures: dict[str, Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimizer_paths, "FAR", 1e-5)
    folder = explained(tmp_path, ["sgd", "lion"], ["saddle"])
    assert {row["status"] for row in read_table(folder / "results.csv")} == {"diverged"}
    draw_explanation(folder)
    for figure in figures.values():
        assert legible(figure) == []
