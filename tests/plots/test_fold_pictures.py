"""Pictures of a cross-validation: legible from one fold to hundreds, and what they show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from drawn_folds import OTHER, grouped, make_cv, make_series_cv, series
from legible import legible
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from cnnopt.data.dataset import Dataset
from cnnopt.data.digits import digits
from cnnopt.plots import draw_cv
from cnnopt.plots.baseline_lines import spread

ALL = ("folds", "fold_curves", "fold_map", "confusion_matrix", "most_wrong")
NUMBERS, ITSELF = ALL[:2], ALL[2:3]


def mnist_like() -> Dataset:
    labels = np.random.default_rng(0).integers(0, 10, 60_000)
    return Dataset("many", np.zeros((60_000, 1, 1, 1), np.uint8), labels, tuple("0123456789"))


def numbers() -> Dataset:
    generator = np.random.default_rng(0)
    return Dataset("numbers", generator.normal(size=(500, 1)), generator.normal(size=(500, 1)))


def some_digits() -> Dataset:
    data = digits()
    return Dataset("some", data.x[:300], data.y[:300], data.classes)


OF_GROUPS = "cv.scheme=stratified_group"
CASES: dict[str, tuple[Callable[[Path], list[Path]], tuple[str, ...]]] = {
    "cv": (lambda f: draw_cv(make_cv(f), digits()), ALL),
    "without data": (lambda f: draw_cv(make_cv(f)), (*NUMBERS, "confusion_matrix")),
    "holdout": (
        lambda f: draw_cv(make_cv(f, 1, scheme="holdout"), digits(), ALL[:3]), ALL[:3],
    ),
    "ten folds, one diverged": (
        lambda f: draw_cv(make_cv(f, 10, diverged=(3,)), digits(), ALL[:3]), ALL[:3],
    ),
    "repeated": (lambda f: draw_cv(make_cv(f, repeats=4), None, NUMBERS), NUMBERS),
    "ten times ten": (
        lambda f: draw_cv(make_cv(f, 10, 10), digits(), ALL[:3]), ALL[:3],
    ),
    "leave one out": (
        lambda f: draw_cv(make_cv(f, 300, scheme="leave_one_out"), some_digits(), ALL[:3]),
        ALL[:3],
    ),
    "two models": (lambda f: draw_cv(make_cv(f, compare=True), digits()), ALL),
    "two models, one fold": (
        lambda f: draw_cv(make_cv(f, 1, scheme="holdout", compare=True), None, NUMBERS), NUMBERS,
    ),
    "two models, ten times ten": (
        lambda f: draw_cv(make_cv(f, 10, 10, compare=True, diverged=(7,)), None, ALL[:1]), ALL[:1],
    ),
    "series": (lambda f: draw_cv(make_series_cv(f), series()), ALL[:3]),
    "long series": (
        lambda f: draw_cv(
            make_series_cv(f, 15, ("cv.window=sliding", "cv.gap=6"), 1), series(3000)
        ),
        ALL[:3],
    ),
    "one group out": (
        lambda f: draw_cv(make_cv(f, 8, scheme="leave_one_group_out"), grouped(), ITSELF), ITSELF,
    ),
    "many groups, some rows": (
        lambda f: draw_cv(
            make_cv(f, changes=(OF_GROUPS, "dataset.limit=2000")), grouped(3000, 43), ITSELF
        ),
        ITSELF,
    ),
    "many rows": (lambda f: draw_cv(make_cv(f), mnist_like(), ITSELF), ITSELF),
    "targets": (
        lambda f: draw_cv(make_cv(f, changes=("cv.scheme=k_fold",)), numbers(), ITSELF), ITSELF,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_legible_whatever_the_folds_are(
    case: str, tmp_path: Path, figures: dict[str, Figure]
) -> None:
    make, names = CASES[case]
    assert [path.stem for path in make(tmp_path / "run")] == list(names)
    for name in names:
        assert legible(figures[name]) == []
        assert figures[name].get_size_inches().max() <= 13
        panels = [axes for axes in figures[name].axes if axes.axison and axes.get_images() == []]
        assert name == "most_wrong" or all(axes.get_ylabel() for axes in panels)


def points(figure: Figure, panel: int, label: str) -> np.ndarray:
    """Return the points of all lines of a panel that have this label, (n, 2)."""
    found = [one.get_xydata() for one in figure.axes[panel].lines if one.get_label() == label]
    return np.concatenate(found)


def words_below(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.legends[0].get_texts()}


def test_metric_interval_and_gap_of_each_fold(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder = make_cv(tmp_path / "run")
    draw_cv(folder, None, NUMBERS)
    summary, figure = json.loads((folder / "summary.json").read_text()), figures["folds"]
    tests = [100 * fold["metrics"]["test"]["accuracy"] for fold in summary["folds"]]
    assert_allclose(points(figure, 0, "test part of the fold")[:, 1], tests)
    assert_allclose(points(figure, 0, "mean of the test parts")[:, 1], 100 * summary["mean"])
    assert words_below(figure) > {
        "1-nearest-neighbour", "inner validation", "training",
        "95 % interval, corrected: folds share training rows",
    }  # fmt: skip
    ticks = [tick.get_text() for tick in figure.axes[1].get_xticklabels()]
    assert ticks == ["1", "2", "3", "4", "5"]
    gaps = [100 * fold["generalization_gap"] for fold in summary["folds"]]
    assert_allclose(figure.axes[1].lines[-1].get_ydata(), gaps)
    assert len(figures["fold_curves"].axes[0].lines) == 5 * 3


def test_the_interval_is_called_what_it_is_and_may_be_missing(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    folder = make_cv(tmp_path / "run", 1, scheme="holdout")
    draw_cv(folder, None, ALL[:1])
    assert "95 % interval, bootstrap over examples" in words_below(figures["folds"])
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"interval": None}))
    draw_cv(folder, None, ALL[:1])
    assert not any("interval" in word for word in words_below(figures["folds"]))
    assert "to" not in figures["folds"].axes[0].get_title().split()


def test_repetitions_and_folds_are_counted_from_one(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    draw_cv(make_cv(tmp_path / "few", 2, repeats=2), None, ALL[:1])
    axis = figures["folds"].axes[-1]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["1.1", "1.2", "2.1", "2.2"]
    draw_cv(make_cv(tmp_path / "many", 10, repeats=4), None, ALL[:1])
    axis = figures["folds"].axes[-1]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["1", "2", "3", "4"]
    assert_allclose(axis.get_xticks(), [5.5, 15.5, 25.5, 35.5])


def test_a_diverged_fold_does_not_flatten_the_others(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    draw_cv(make_cv(tmp_path / "run", 10, diverged=(3,)), None, ALL[:1])
    upper, lower = figures["folds"].axes
    assert upper.get_ylim()[0] > 50
    label = "diverged: counts as the trivial predictor"
    assert_allclose(points(figures["folds"], 0, label), [[4, 0.03]])
    assert np.flatnonzero(np.isnan(lower.lines[-1].get_ydata())).tolist() == [3]


def test_several_baselines_are_lines_with_names(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_cv(make_series_cv(tmp_path / "run"), None, ALL[:1])
    axes = figures["folds"].axes[0]
    assert {text.get_text() for text in axes.texts} == {
        "last value\n47", "seasonal last value\n45.5", "linear autoregression\n26.2",
    }  # fmt: skip
    flat = {line.get_ydata()[0] for line in axes.lines if len(set(line.get_ydata())) == 1}
    assert flat >= {47.0, 45.5, 26.2}


def test_a_hopeless_baseline_does_not_flatten_the_folds(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    folder = make_series_cv(tmp_path / "run")
    summary = json.loads((folder / "summary.json").read_text())
    summary["baselines"][1]["mean"] = 2500.0
    (folder / "summary.json").write_text(json.dumps(summary))
    draw_cv(folder, None, ALL[:1])
    axes = figures["folds"].axes[0]
    assert axes.get_ylim()[1] < 60
    assert "seasonal last value ↑\n2,500" in {text.get_text() for text in axes.texts}
    assert legible(figures["folds"]) == []


@pytest.mark.parametrize("heights", [[], [0.5], [0.5, 0.5], [0.0, 0.01, 0.02], [0.9, 1.0, 0.2, 1]])
def test_names_are_spread_as_little_as_needed(heights: list[float]) -> None:
    moved = spread(heights, 0.2)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(np.array(moved)[order]) > 0.2 - 1e-9).all()
    assert all(-1e-9 < height < 1 + 1e-9 for height in moved)
    assert spread(moved, 0.2) == pytest.approx(moved)


def test_pairs_and_their_differences(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder = make_cv(tmp_path / "run", compare=True)
    draw_cv(folder, digits())
    figure, summary = figures["folds"], json.loads((folder / "summary.json").read_text())
    compare = summary["compare"]
    a, b = (
        np.array([fold["metrics"]["test"]["accuracy"] for fold in model["folds"]])
        for model in (summary, compare["other"])
    )
    assert_allclose(points(figure, 0, "digits-cnn, test parts")[:, 1], 100 * a)
    assert_allclose(points(figure, 0, f"{OTHER}, test parts")[:, 1], 100 * b)
    assert_allclose(points(figure, 1, "mean difference")[:, 1], 100 * compare["difference"])
    assert any(
        len(line.get_ydata()) == 5 and np.allclose(line.get_ydata(), 100 * (a - b))
        for line in figure.axes[1].lines
    )
    assert compare["verdict"] in figure.axes[1].get_title().replace("\n", " ")
    titles = [axes.get_title() for axes in figures["fold_curves"].axes]
    assert titles == [f"{n}: {m}" for n in ("digits-cnn", OTHER) for m in ("loss", "accuracy")]
    # Not both models' predictions in one matrix.
    counted = sum(
        int(text.get_text()) for text in figures["confusion_matrix"].axes[0].texts
        if text.get_text().isdigit()
    )  # fmt: skip
    assert counted == 1797


def test_curves_are_of_the_outer_folds(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_cv(make_cv(tmp_path / "run", tune=True), None, ("fold_curves",))
    axes = figures["fold_curves"].axes[0]
    assert len(axes.lines) == 5 * 3
    assert max(line.get_xdata().max() for line in axes.lines) < 40  # epochs of the inner trials
