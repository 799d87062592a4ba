"""That the pictures show what the files say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_folders import (
    CONFIG,
    guesses,
    make_comparison,
    make_regression,
    make_regression_comparison,
    make_search,
    make_train,
)
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from cnnopt.data.digits import digits
from cnnopt.plots import draw_comparison, draw_run, draw_search
from cnnopt.plots.classes import read_guesses
from cnnopt.plots.first_layer_kernels import first_kernels
from cnnopt.plots.optimizer_curves import aligned
from cnnopt.plots.quantity import fit_scale, quantities, quantity
from cnnopt.records.tables import read_history, read_table


def line(figure: Figure, panel: int, label: str) -> np.ndarray:
    return np.array(
        [one.get_xydata() for one in figure.axes[panel].lines if one.get_label() == label]
    ).reshape(-1, 2)


def test_learning_curves(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_run(make_train(tmp_path / "run"))
    figure, history = figures["learning_curves"], read_history(tmp_path / "run" / "metrics.csv")
    row = int(np.argmin(history["validation_loss"]))
    for panel, (name, factor) in enumerate((("loss", 1), ("accuracy", 100))):
        for part, label in (("train", "training"), ("validation", "validation")):
            points = line(figure, panel, label)
            assert_array_equal(points[:, 0], history["epoch"])
            assert_allclose(points[:, 1], factor * np.array(history[f"{part}_{name}"]))
        chosen = line(figure, panel, "selected epoch")
        assert_allclose(chosen, [[row + 1, factor * history[f"validation_{name}"][row]]])
        shade = next(c for c in figure.axes[panel].collections if isinstance(c, PolyCollection))
        (path,) = shade.get_paths()
        heights = path.vertices[:, 1]
        assert heights.max() == pytest.approx(
            factor * np.max([history[f"train_{name}"], history[f"validation_{name}"]])
        )
    assert f"at epoch {row + 1}" in figure.axes[0].get_title()


def test_step_budgets_are_drawn_over_steps(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_run(make_regression(tmp_path / "run")[0])
    axes = figures["learning_curves"].axes
    assert [panel.get_xlabel() for panel in axes] == ["step"] * 3
    assert [panel.get_ylabel() for panel in axes] == [
        "loss: squared error (target unit²), log scale",
        "mean absolute error (target unit)",
        "R² (1 = perfect, 0 = the mean)",
    ]
    assert line(figures["learning_curves"], 0, "training")[-1, 0] == 10_000


def test_confusion_matrix_counts(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_run(make_train(tmp_path / "run"))
    rows = read_table(tmp_path / "run" / "predictions.csv")
    counts = np.zeros((10, 10), dtype=int)
    for text in figures["confusion_matrix"].axes[0].texts:
        x, y = text.get_position()
        counts[int(y), int(x)] = int(text.get_text())
    assert counts.sum() == len(rows)
    for row in rows:
        counts[int(row["target"]), int(row["predicted"])] -= 1
    assert not counts.any()


def test_most_wrong_are_the_surest_mistakes(tmp_path: Path, figures: dict[str, Figure]) -> None:
    data = digits()
    draw_run(make_train(tmp_path / "run"), data)
    rows = read_table(tmp_path / "run" / "predictions.csv")
    wrong = [row for row in rows if row["target"] != row["predicted"]]
    expected = sorted(wrong, key=lambda row: float(row[f"p_{row['target']}"]))[:12]
    shown = figures["most_wrong"].axes
    assert len(expected) == len(shown) == 12
    for axes, row in zip(shown, expected, strict=True):
        assert axes.get_title() == f"{row['target']}, taken for {row['predicted']}"
        said, true, number = axes.get_xlabel().split("\n")
        assert said == f"p({row['predicted']}) = {float(row['p_' + row['predicted']]):.2f}"
        assert true.startswith(f"p({row['target']}) = ")
        assert number == f"row {row['row']}"
        assert_allclose(axes.images[0].get_array(), data.x[int(row["row"]), ..., 0] / 16)


def test_kernels_are_those_of_the_selected_weights() -> None:
    kernels = np.arange(3 * 2 * 1 * 4, dtype=np.float32).reshape(3, 2, 1, 4)
    flat = np.concatenate([np.zeros(5, np.float32), kernels.ravel(), np.ones(7, np.float32)])
    found = first_kernels(flat, [{"name": "a", "shape": [3, 2, 1, 4], "offset": 5}])
    assert found is not None
    assert_array_equal(found, kernels)
    assert first_kernels(flat, [{"name": "dense", "shape": [6, 4], "offset": 5}]) is None
    assert first_kernels(flat, []) is None


def test_kernel_tiles_show_their_filter(tmp_path: Path, figures: dict[str, Figure]) -> None:
    from cnnopt.records.checkpoint import latest

    draw_run(make_train(tmp_path / "run", filters=5))
    found, _ = latest(tmp_path / "run" / "checkpoints")
    assert found is not None
    kernels = found.snapshot.arrays["best_weights"][: 9 * 5].reshape(3, 3, 5)
    tiles = figures["first_layer_kernels"].axes[0].images
    assert len(tiles) == 5
    for index, tile in enumerate(tiles):
        assert_allclose(tile.get_array()[::4, ::4], kernels[..., index])
        assert tile.get_clim() == pytest.approx((-np.abs(kernels).max(), np.abs(kernels).max()))
    title = figures["first_layer_kernels"].get_suptitle()
    assert title.endswith(f"epoch {found.snapshot.numbers['best_row']}")


def test_fit_shows_data_truth_and_what_is_left(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder, data = make_regression(tmp_path / "run")
    draw_run(folder, data)
    rows = read_table(folder / "predictions.csv")
    fitted, points = (line(figures["fit"], 0, label) for label in ("fit", "test data"))
    assert (np.diff(fitted[:, 0]) >= 0).all()
    by_x = {float(data.x[int(row["row"]), 0]): row for row in rows}
    assert [by_x[x]["predicted_0"] for x in fitted[:, 0]] == [repr(float(y)) for y in fitted[:, 1]]
    assert_allclose(points[:, 1], [float(by_x[x]["target_0"]) for x in points[:, 0]])
    x, y = line(figures["fit"], 0, "truth without noise").T
    assert_allclose(y, np.exp(-(x**2)) * np.cos(10 * x))


def test_fits_are_those_of_the_first_tuned_seed(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder, data = make_regression_comparison(tmp_path / "run")
    draw_comparison(folder, data)
    figure = figures["fits"]
    titles = [panel.get_title() for panel in figure.axes]
    names = [title.partition(",")[0] for title in titles]
    assert sorted(names) == ["adam", "momentum", "sgd"]
    assert ["diverged" in title for title in titles] == [name == "momentum" for name in names]
    assert figure.get_suptitle().endswith("fits on 400 test examples, seed 0")
    for panel, name in enumerate(names):
        rows = read_table(folder / "trials" / f"{name}-0" / "predictions.csv")
        by_x = sorted((float(data.x[int(row["row"]), 0]), row) for row in rows)
        fitted, points = (line(figure, panel, label) for label in ("fit", "test data"))
        assert_allclose(fitted, [[x, float(row["predicted_0"])] for x, row in by_x])
        assert_allclose(points, [[x, float(row["target_0"])] for x, row in by_x])
        error = np.mean((fitted[:, 1] - points[:, 1]) ** 2)
        assert titles[panel].endswith(f"squared error {error:.3g}")
        x, y = line(figure, panel, "truth without noise").T
        assert_allclose(y, np.exp(-(x**2)) * np.cos(10 * x))


def test_sensitivity_marks_chosen_and_diverged_rates(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    draw_comparison(make_comparison(tmp_path / "run"))
    (axes,) = figures["sensitivity"].axes
    assert axes.get_ylabel() == "loss: cross entropy (nats)"
    for name in ("sgd", "momentum", "adam"):  # the summary is ranked; looks must not be
        looks = {
            next(
                one for one in figures[picture].axes[0].lines if one.get_label() == name
            ).get_color()
            for picture in ("curves", "sensitivity")
        }
        assert len(looks) == 1
    assert_allclose(sorted(line(figures["sensitivity"], 0, "chosen")[:, 0]), [3e-3, 0.03, 0.3])
    assert [text.get_text() for text in axes.texts] == ["sgd diverged", "momentum diverged"]
    assert len(line(figures["sensitivity"], 0, "adam")) == 5
    assert len(line(figures["sensitivity"], 0, "sgd")) == 4
    figures["sensitivity"].draw_without_rendering()
    marks = min(
        axes.transAxes.inverted().transform(t.get_window_extent())[0, 1] for t in axes.texts
    )
    drawn = line(figures["sensitivity"], 0, "adam")[:, 1].max()
    assert axes.transAxes.inverted().transform(axes.transData.transform((1, drawn)))[1] < marks


def test_final_values_keep_their_scale_when_a_run_diverged(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    draw_comparison(make_comparison(tmp_path / "run"))
    (axes,) = figures["final_values"].axes
    low, high = axes.get_ylim()
    assert 90 < low < 95
    assert high < 101
    assert [text.get_text() for text in axes.texts] == ["1 of 10 diverged"]
    words = [label.get_text() for label in axes.get_xticklabels()]
    assert [word.split("\n")[0] for word in words] == ["sgd", "momentum", "adam"]
    assert words[1] == "momentum\n88.4 %"  # the mean counts the diverged run
    assert len(axes.containers) == 2  # no interval where a run diverged


def test_curves_end_where_most_runs_have_ended() -> None:
    nan = float("nan")
    curves = [np.arange(4.0), np.arange(6.0), np.arange(3.0), None, np.array([1.0, np.inf])]
    table = aligned(curves)
    assert_array_equal(table, [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, nan], [1, nan, nan, nan]][:4])
    assert aligned([None]).shape == (0, 0)


def test_quantities_name_their_unit() -> None:
    columns = ["epoch", "train_loss", "train_accuracy", "validation_loss"]
    loss, accuracy = quantities(columns, CONFIG)
    assert loss.label == "loss: cross entropy (nats)"
    assert quantity("loss", {"loss": {"squared_error": {}}}).label.startswith("loss: squared error")
    assert (accuracy.factor, accuracy.label, accuracy.shown(0.98)) == (
        100,
        "accuracy (%)",
        "98.0 %",
    )


def test_scale_is_logarithmic_only_where_it_helps() -> None:
    def scale(*values: float) -> str:
        axes = Figure().subplots()
        fit_scale(axes, np.array(values))
        return str(axes.get_yscale())

    assert scale(1.0, 0.01, 0.5) == "log"
    assert scale(1.0, 0.2) == "linear"
    assert scale(1.0, 0.0) == "linear"
    assert scale(float("nan"), 1.0, 0.01) == "log"
    assert scale() == "linear"


def test_guesses_of_named_classes() -> None:
    data = digits()
    rows = guesses(np.random.default_rng(0), data, [3, 5])
    text = [{key: str(value) for key, value in row.items()} for row in rows]
    found = read_guesses(text)
    assert found is not None
    assert found.classes == data.classes
    assert_array_equal(found.target, data.y[[3, 5]])
    assert read_guesses([]) is None
    assert read_guesses([{"row": "1", "part": "test", "target_0": "1"}]) is None


def test_slices_of_a_search(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_search(make_search(tmp_path / "run", 4))
    rows = read_table(tmp_path / "run" / "results.csv")
    done = [row for row in rows if row["status"] == "completed"]
    best = min(done, key=lambda row: float(row["selection"]))
    paths = ["optimizer.adam.learning_rate", "variables.width", "model.5.dropout"]
    for panel, path in enumerate(paths):
        axes = figures["search_slices"].axes[panel]
        assert axes.get_xscale() == ("linear" if panel == 2 else "log")
        (bars,) = axes.containers
        assert_allclose(
            bars.lines[0].get_xydata(),  # type: ignore[attr-defined]
            [[float(row[path]), float(row["selection"])] for row in done],
        )
        (errors,) = bars.lines[2]  # type: ignore[attr-defined]
        lengths = [segment[1, 1] - segment[0, 1] for segment in errors.get_segments()]
        assert_allclose(lengths, [2 * float(row["selection_error"]) for row in done])
        chosen = line(figures["search_slices"], panel, "best")
        assert_allclose(chosen, [[float(best[path]), float(best["selection"])]])
        lost = line(figures["search_slices"], panel, "diverged")
        assert_allclose(lost[:, 0], [float(row[path]) for row in rows if row not in done])
    choices = figures["search_slices"].axes[3]
    (bars,) = choices.containers
    places = bars.lines[0].get_xdata()  # type: ignore[attr-defined]
    values = [label.get_text() for label in choices.get_xticklabels()]
    assert [values[round(place)] for place in places] == [row["regularizers.l2"] for row in done]
    assert len(set(places)) == len(places)


def test_bars_of_importance(tmp_path: Path, figures: dict[str, Figure]) -> None:
    draw_search(make_search(tmp_path / "run"))
    (axes,) = figures["search_importance"].axes
    assert_allclose([bar.get_width() for bar in axes.patches], [0, 11, 42])  # from below
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "dropout", "width", "learning_rate",
    ]  # fmt: skip
    colours = {bar.get_facecolor() for bar in axes.patches}
    assert len(colours) == 2  # one is surely not chance
