"""Pictures of ablations: legible with few and with many parts, and they show what was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from drawn_ablations import make_ablation, make_normalization, make_sweep
from legible import legible
from matplotlib.figure import Figure

from cnnopt.plots import draw_ablation, draw_normalization
from cnnopt.plots.source import Source

STRENGTHS = ["0", "1e-5", "1e-4", "1e-3", "1e-2"]
CASES: dict[str, tuple[Callable[[Path], list[Path]], list[str]]] = {
    "three parts": (lambda f: draw_ablation(make_ablation(f)), ["effects", "ablation_curves"]),
    "one part": (lambda f: draw_ablation(make_ablation(f, 1)), ["effects", "ablation_curves"]),
    "twelve parts": (
        lambda f: draw_ablation(make_ablation(f, 12, 3)),
        ["effects", "ablation_curves"],
    ),
    "sweep": (
        lambda f: draw_ablation(make_sweep(f, STRENGTHS)),
        ["effects", "ablation_curves", "sweep"],
    ),
    "sweep of two": (
        lambda f: draw_ablation(make_sweep(f, ["1e-3", "1e-1"], 2)),
        ["effects", "ablation_curves", "sweep"],
    ),
    "normalization": (lambda f: draw_normalization(make_normalization(f)), ["normalization"]),
}


@pytest.mark.parametrize("case", CASES)
def test_pictures_of_a_folder(case: str, tmp_path: Path, figures: dict[str, Figure]) -> None:
    make, names = CASES[case]
    paths = make(tmp_path / "run")
    assert [path.stem for path in paths] == names
    for name in names:
        assert legible(figures[name]) == []
        assert figures[name].get_size_inches().max() <= 13


def test_the_forest_shows_every_effect_with_its_interval(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    folder = make_ablation(tmp_path / "run")
    draw_ablation(folder)
    effects = {each["arm"]: each for each in Source(folder).summary["effects"]}
    (axes,) = figures["effects"].axes
    rows = {round(y, 6): text.get_text() for y, text in
            zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)}  # fmt: skip
    assert set(rows.values()) == set(effects)
    assert len(axes.containers) == len(effects)
    for bars in axes.containers:
        middle, _, (line,) = bars.lines  # type: ignore[misc]
        ((x, y),) = middle.get_xydata()  # type: ignore[union-attr]
        effect = effects[rows[round(float(y), 6)]]
        assert x == pytest.approx(100 * effect["difference"])
        ends = line.get_segments()[0][:, 0]
        assert ends == pytest.approx(100 * np.array(effect["interval"]))


def test_the_sweep_shows_errors_and_marks_the_best(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    folder = make_sweep(tmp_path / "run", STRENGTHS)
    draw_ablation(folder)
    summary = Source(folder).summary
    (axes,) = figures["sweep"].axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "1e-05", "0.0001",
                                                                    "0.001", "0.01"]  # fmt: skip
    for bars, part in zip(axes.containers, ("train", "validation", "test"), strict=True):
        means = [100 * (1 - arm["parts"][part]["mean"]) for arm in summary["arms"]]
        assert bars.lines[0].get_ydata() == pytest.approx(means)  # type: ignore[union-attr]
    labels = axes.get_legend_handles_labels()[1]
    assert f"best on validation: {summary['sweep']['best']}" in labels
    assert axes.get_title("right").startswith(f"{summary['sweep']['stronger']} →\ngap ")
