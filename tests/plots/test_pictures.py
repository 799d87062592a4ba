"""Which pictures a folder gets; that they can be read, printed in grey, and made again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from drawn_folders import (
    CONFIG,
    add_health,
    begin,
    epochs_of,
    guesses,
    make_comparison,
    make_regression,
    make_regression_comparison,
    make_search,
    make_train,
    write,
)
from legible import legible
from matplotlib.figure import Figure

from cnnopt.analysis import explain_optimizers, options_of
from cnnopt.data.dataset import Dataset
from cnnopt.data.digits import digits
from cnnopt.plots import (
    draw_comparison,
    draw_cv,
    draw_explanation,
    draw_overlay,
    draw_run,
    draw_search,
)
from cnnopt.plots.style import DOTS_PER_INCH, look
from cnnopt.records.read import load_run
from cnnopt.trials.events import nobody

TRAIN = ["learning_curves", "confusion_matrix", "most_wrong", "first_layer_kernels"]
HEALTHY = [TRAIN[0], "health", *TRAIN[1:]]
COMPARISON = ["curves", "sensitivity", "final_values"]
SEARCH = ["search_slices", "search_importance"]
LESSON = ["beale", "himmelblau", "noisy"]
UNLABELLED = ("most_wrong", "first_layer_kernels")
CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip


def clothes(folder: Path) -> list[Path]:
    """Colour images, long names of classes, kernels of three channels."""
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (400, 32, 32, 3)).astype(np.uint8)
    data = Dataset("clothes", x, generator.integers(0, 10, 400), CLOTHES, value_range=255.0)
    make_train(folder, filters=70, channels=3)
    write(folder, guesses(generator, data, range(400)), "predictions.csv")
    return draw_run(folder, data)


def overlay(folder: Path) -> list[Path]:
    folder.mkdir()
    runs = [make_train(folder / name, epochs) for name, epochs in (("first", 30), ("second", 8))]
    path = draw_overlay([load_run(run) for run in runs], folder / "overlay.png")
    return [] if path is None else [path]


def explained(folder: Path, optimizers: list[str] | None, functions: list[str]) -> list[Path]:
    """Pictures of `explain optimizers`; None: all of them."""
    options = options_of(optimizers, functions, 40, 0)
    return draw_explanation(explain_optimizers(options, folder, lambda: False, nobody))


CASES: dict[str, tuple[Callable[[Path], list[Path]], list[str]]] = {
    "train": (lambda folder: draw_run(make_train(folder), digits()), TRAIN),
    "one epoch": (lambda folder: draw_run(make_train(folder, epochs=1), digits()), TRAIN),
    "clothes": (clothes, TRAIN),
    "health": (lambda folder: draw_run(add_health(make_train(folder), 30), digits()), HEALTHY),
    "health of one epoch": (
        lambda folder: draw_run(add_health(make_train(folder, epochs=1), 1), digits()),
        HEALTHY,
    ),
    "health of a deep net": (
        lambda folder: draw_run(add_health(make_train(folder), 30, layers=40), digits()),
        HEALTHY,
    ),
    "no data": (lambda folder: draw_run(make_train(folder)), [TRAIN[0], TRAIN[1], TRAIN[3]]),
    "regression": (lambda folder: draw_run(*make_regression(folder)), ["learning_curves", "fit"]),
    "comparison": (lambda folder: draw_comparison(make_comparison(folder)), COMPARISON),
    "nine": (lambda folder: draw_comparison(make_comparison(folder, 9, 4)), COMPARISON),
    "one seed": (lambda folder: draw_comparison(make_comparison(folder, 2, 1)), COMPARISON),
    "fits": (
        lambda folder: draw_comparison(*make_regression_comparison(folder)),
        [*COMPARISON, "fits"],
    ),
    "eight fits": (
        lambda folder: draw_comparison(*make_regression_comparison(folder, 8)),
        [*COMPARISON, "fits"],
    ),
    "no fits": (lambda folder: draw_comparison(make_comparison(folder), digits()), COMPARISON),
    "overlay": (overlay, ["overlay"]),
    "search": (lambda folder: draw_search(make_search(folder)), SEARCH),
    "search of one": (lambda folder: draw_search(make_search(folder, 1)), SEARCH),
    "search of four": (lambda folder: draw_search(make_search(folder, 4, 200)), SEARCH),
    "halving": (lambda folder: draw_search(make_search(folder, 5, 27, (1, 3, 9))), SEARCH),
    "all diverged": (lambda folder: draw_search(make_search(folder, 2, 9, lost=9)), SEARCH),
    "lesson": (
        lambda folder: explained(folder, None, LESSON),
        [f"{kind}_{name}" for name in LESSON for kind in ("paths", "rates")],
    ),
    "lesson of one": (
        lambda folder: explained(folder, ["lion"], ["ravine"]),
        ["paths_ravine", "rates_ravine"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_pictures_of_a_folder(case: str, tmp_path: Path, figures: dict[str, Figure]) -> None:
    make, names = CASES[case]
    paths = make(tmp_path / "run")
    assert [path.stem for path in paths] == names
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG\r\n")
        assert sorted(path.parent.glob("*.png")) == sorted(paths)
        figure = figures[path.stem]
        assert legible(figure) == []
        assert figure.get_size_inches().max() <= 13
        for axes in figure.axes if path.stem not in UNLABELLED else []:
            # Panels that share an axis share its label.
            assert any(one.get_ylabel() for one in axes.get_shared_y_axes().get_siblings(axes))
            place = axes.get_subplotspec()
            assert axes.get_xlabel() or place is None or not place.is_last_row()
    assert not list(tmp_path.rglob("*.tmp"))


def test_legible_finds_what_it_looks_for() -> None:
    figure = Figure(figsize=(4, 2))
    axes = figure.subplots()
    axes.set_axis_off()
    for x, size in ((0.5, 9), (0.52, 9), (0.99, 9), (0.2, 3)):
        axes.text(x, 0.5, f"word {x}", transform=axes.transAxes, fontsize=size)
    faults = legible(figure)
    assert [fault.split(":")[0] for fault in faults] == ["outside", "too small", "overlap"]


def test_same_bytes_again_whatever_the_user_set(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in draw_run(make_train(tmp_path / "run"))]
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        again = draw_run(tmp_path / "run")
        assert matplotlib.rcParams["font.size"] == 30
    assert [path.read_bytes() for path in again] == first
    assert all(b"Software" not in data and b"Date" not in data for data in first)


def test_resolution_is_fit_for_print(tmp_path: Path) -> None:
    import struct

    path = draw_run(make_train(tmp_path / "run"))[0]
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    assert width > 1000
    assert height > 400
    assert DOTS_PER_INCH >= 120


def test_ten_curves_differ_without_colour() -> None:
    looks = [look(index) for index in range(70)]
    assert len({(str(one.dash), one.marker) for one in looks[:10]}) == 10
    assert len({(one.colour, str(one.dash), one.marker) for one in looks}) == 70


def test_a_run_that_was_killed_gets_what_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    begin(folder, CONFIG)
    assert draw_run(folder, digits()) == []
    rows = epochs_of(np.random.default_rng(0), 3)
    write(folder, rows)
    text = (folder / "metrics.csv").read_text()
    (folder / "metrics.csv").write_text(text + "4,144,0.00")
    assert [path.stem for path in draw_run(folder, digits())] == ["learning_curves"]
    assert draw_cv(folder) == []
    assert draw_comparison(folder) == []
    assert draw_search(folder) == []


def test_a_run_without_validation_that_diverged(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder = tmp_path / "run"
    begin(folder, CONFIG)
    rows: list[dict[str, Any]] = [
        {key: value for key, value in row.items() if "validation" not in key}
        for row in epochs_of(np.random.default_rng(0), 4)
    ]
    rows.append(rows[-1] | {"epoch": 5, "train_loss": float("nan"), "train_accuracy": 0.1})
    write(folder, rows)
    assert len(draw_run(folder)) == 1
    assert legible(figures["learning_curves"]) == []


def test_overlay_of_runs_without_a_common_measure(tmp_path: Path) -> None:
    classes, (numbers, _) = make_train(tmp_path / "a"), make_regression(tmp_path / "b")
    records = [load_run(classes), load_run(numbers)]
    assert draw_overlay(records, tmp_path / "overlay.png") is None
    assert draw_overlay([], tmp_path / "overlay.png") is None
    assert not (tmp_path / "overlay.png").exists()


def test_importing_loads_nothing_heavy_and_drawing_no_window_system(tmp_path: Path) -> None:
    make_train(tmp_path / "run")
    code = (
        "import sys, pathlib, cnnopt.plots as p;"
        "early = {'numpy', 'matplotlib'} & set(sys.modules);"
        "p.draw_run(pathlib.Path(sys.argv[1])); late = 'matplotlib.pyplot' in sys.modules;"
        "sys.exit(bool(early) + 2 * late)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    assert subprocess.run(command, check=False).returncode == 0
