"""Which pictures a run folder gets, and where they are written: `plots/*.png`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cnnopt.analysis.surfaces import SURFACES
from cnnopt.data.dataset import Dataset
from cnnopt.files import writing
from cnnopt.plots.ablation_curves import ablation_curves
from cnnopt.plots.classes import Guesses, read_guesses
from cnnopt.plots.confusion_matrix import confusion_matrix
from cnnopt.plots.effective_rates import effective_rates
from cnnopt.plots.effects import effects
from cnnopt.plots.first_layer_kernels import first_kernels, first_layer_kernels
from cnnopt.plots.fit import fit
from cnnopt.plots.fit_steps import fit_steps
from cnnopt.plots.fits import fits
from cnnopt.plots.fold_curves import fold_curves
from cnnopt.plots.fold_map import fold_map
from cnnopt.plots.folds import folds
from cnnopt.plots.health import health
from cnnopt.plots.learning_curves import learning_curves
from cnnopt.plots.lesson_source import walks_of
from cnnopt.plots.momentum_why import momentum_why
from cnnopt.plots.most_wrong import most_wrong
from cnnopt.plots.names import ABLATION_PICTURES, COMPARISON_PICTURES, CV_PICTURES, SEARCH_PICTURES
from cnnopt.plots.normalization import normalization
from cnnopt.plots.optimizer_curves import optimizer_curves
from cnnopt.plots.optimizer_paths import optimizer_paths
from cnnopt.plots.overlay import overlay
from cnnopt.plots.range_test import range_test
from cnnopt.plots.rank_diagram import rank_diagram
from cnnopt.plots.schemes import schemes
from cnnopt.plots.search_importance import search_importance
from cnnopt.plots.search_slices import search_slices
from cnnopt.plots.sensitivity import sensitivity
from cnnopt.plots.source import Source
from cnnopt.plots.style import styled, write_png
from cnnopt.plots.sweep import sweep
from cnnopt.records import checkpoint
from cnnopt.records.read import load_run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cnnopt.records.read import Record

PLOTS = "plots"
Maker: TypeAlias = "Callable[[], Figure | None]"


def draw_run(folder: Path, dataset: Dataset | None = None) -> list[Path]:
    """Draw what a training run has files for.

    `learning_curves.png`; with `training.health` `health.png`; of a classifier
    `confusion_matrix.png` and, with images, `most_wrong.png` and `first_layer_kernels.png`; of a
    regression with one input `fit.png`.

    Args:
        folder: the run folder; an interrupted or diverged run gets what it has.
        dataset: the run's data set; without it no picture shows examples.

    Returns:
        The files that were written, in this order.

    Raises:
        DataError: a file of the folder cannot be read.
        WriteError: a picture could not be written.
    """
    source = _open(folder)

    makers: dict[str, Maker] = {
        "learning_curves": lambda: learning_curves(source),
        "health": lambda: health(source),
        **_of_predictions(source, dataset),
        "first_layer_kernels": lambda: _kernels(source),
        "fit": lambda: None if dataset is None else fit(source.predictions, dataset, source.name),
    }
    return _write(folder, makers)


def draw_cv(
    folder: Path, dataset: Dataset | None = None, names: Sequence[str] = CV_PICTURES
) -> list[Path]:
    """Draw a cross-validation: `folds.png`, `fold_curves.png`, with the data set `fold_map.png`.

    For a classifier also `confusion_matrix.png` and, with the data set, `most_wrong.png` of the
    out-of-fold predictions.

    Arguments, returns and raises: see `draw_run`; `names` is which of them to draw.
    """
    source = _open(folder)

    def curves() -> Figure | None:
        models: dict[str, list[Source]] = defaultdict(list)
        for row in source.rows("results.csv"):
            if row.get("stage", "outer") == "outer":  # not what tuning tried inside of a fold
                trial = source.folder / "trials" / row["trial"]
                config = load_run(trial).config if row.get("model") else source.config
                models[row.get("model", "")].append(Source(trial, config))
        return fold_curves(source, models)

    makers: dict[str, Maker] = {
        "folds": lambda: folds(source),
        "fold_curves": curves,
        "fold_map": lambda: None if dataset is None else fold_map(source, dataset),
        **_of_predictions(source, dataset),
    }
    return _write(folder, {name: makers[name] for name in names})


def draw_comparison(
    folder: Path, dataset: Dataset | None = None, names: Sequence[str] = COMPARISON_PICTURES
) -> list[Path]:
    """Draw a comparison of optimizers or of other arms.

    `curves.png`; of optimizers `sensitivity.png`; `final_values.png`; with the data set of a
    regression with one input `fits.png` and, with `training.fits`, `fit_steps.png`, of the first
    seed.

    Arguments, returns and raises: see `draw_cv`.
    """
    from cnnopt.plots.final_values import final_values  # with SciPy, which the others do without

    source = _open(folder)
    tuned: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in source.rows("results.csv"):
        if row["stage"] in ("tuned", "final"):
            tuned[row.get("optimizer") or row["arm"]].append(row)

    def curves() -> Figure | None:
        runs = {
            name: [_trial(source, row["trial"]) for row in group] for name, group in tuned.items()
        }
        return optimizer_curves(source, runs)

    firsts = {name: min(group, key=lambda row: int(row["seed"])) for name, group in tuned.items()}
    runs = {name: _trial(source, row["trial"]) for name, row in firsts.items()}

    def first_fits() -> Figure | None:
        chosen = {name: (row, runs[name]) for name, row in firsts.items()}
        return None if dataset is None else fits(source, chosen, dataset)

    makers: dict[str, Maker] = {
        "fit_steps": lambda: None if dataset is None else fit_steps(source, runs, dataset),
        "curves": curves,
        "sensitivity": lambda: sensitivity(source, list(tuned)),
        "final_values": lambda: final_values(source, tuned),
        "fits": first_fits,
    }
    return _write(folder, {name: makers[name] for name in names})


def draw_why(folder: Path) -> list[Path]:
    """Draw a `momentum-why` study: `momentum_why.png`."""
    source = _open(folder)
    return _write(folder, {"momentum_why": lambda: momentum_why(source)})


def draw_schemes(folder: Path) -> list[Path]:
    """Draw a `compare-schemes` study: `schemes.png`."""
    source = _open(folder)
    return _write(folder, {"schemes": lambda: schemes(source)})


def draw_search(folder: Path, names: Sequence[str] = SEARCH_PICTURES) -> list[Path]:
    """Draw a search: `search_slices.png`, and `search_importance.png` of enough trials."""
    source = _open(folder)
    makers: dict[str, Maker] = {
        "search_slices": lambda: search_slices(source),
        "search_importance": lambda: search_importance(source),
    }
    return _write(folder, {name: makers[name] for name in names})


def draw_ablation(folder: Path, names: Sequence[str] = ABLATION_PICTURES) -> list[Path]:
    """Draw an ablation: `effects.png`, `ablation_curves.png`, and of one strength `sweep.png`."""
    source = _open(folder)

    def curves() -> Figure | None:
        runs: dict[str, list[Source]] = defaultdict(list)
        for row in source.rows("results.csv"):
            runs[row["arm"]].append(_trial(source, row["trial"]))
        return ablation_curves(source, runs)

    makers: dict[str, Maker] = {
        "effects": lambda: effects(source),
        "ablation_curves": curves,
        "sweep": lambda: sweep(source),
    }
    return _write(folder, {name: makers[name] for name in names})


def draw_normalization(folder: Path) -> list[Path]:
    """Draw a study of normalization: `normalization.png`."""
    source = _open(folder)
    return _write(folder, {"normalization": lambda: normalization(source)})


def draw_problems(folder: Path) -> list[Path]:
    """Draw a comparison on several problems: `ranks.png`, where there are enough for ranks."""
    source = _open(folder)

    def ranks() -> Figure | None:
        summary = source.summary
        if "ranks" not in summary:
            return None
        cd, count = float(summary["critical_difference"]), len(summary["problems"])
        return rank_diagram(summary["ranks"], cd, count, "optimizers on several problems")

    return _write(folder, {"ranks": ranks})


def draw_range_test(folder: Path) -> list[Path]:
    """Draw `range_test.png`: the loss by the learning rate."""
    source = _open(folder)
    return _write(folder, {"range_test": lambda: range_test(source)})


def draw_explanation(folder: Path) -> list[Path]:
    """Draw what `explain optimizers` found: of each function `paths_*.png` and `rates_*.png`.

    Arguments, returns and raises: see `draw_run`.
    """
    source = _open(folder)
    makers: dict[str, Maker] = {}
    for function, walks in walks_of(source).items():
        given = SURFACES[function], walks, source.name
        makers[f"paths_{function}"] = partial(optimizer_paths, *given)
        makers[f"rates_{function}"] = partial(effective_rates, *given)
    return _write(folder, makers)


def draw_overlay(records: Sequence[Record], path: Path) -> Path | None:
    """Draw the learning curves of several runs over one another into the file `path`.

    Returns:
        `path`; None where the runs have no measure in common, or no row.

    Raises:
        DataError: a file of a run cannot be read.
        WriteError: the picture could not be written.
    """
    with styled():
        figure = overlay([Source(record.folder, record.config) for record in records])
        return None if figure is None else write_png(figure, path)


def _open(folder: Path) -> Source:
    return Source(folder, load_run(folder).config)


def _trial(study: Source, trial: str) -> Source:
    return Source(study.folder / "trials" / trial, study.config)


def _of_predictions(source: Source, dataset: Dataset | None) -> dict[str, Maker]:
    @cache
    def guesses() -> Guesses | None:
        rows = source.predictions
        # Of the first model, where two were compared.
        return read_guesses([row for row in rows if row.get("model") == rows[0].get("model")])

    def matrix() -> Figure | None:
        found = guesses()
        return None if found is None else confusion_matrix(found, source.name)

    def wrong() -> Figure | None:
        found = guesses()
        return None if found is None or dataset is None else most_wrong(found, dataset, source.name)

    return {"confusion_matrix": matrix, "most_wrong": wrong}


def _kernels(source: Source) -> Figure | None:
    found, _ = checkpoint.latest(source.folder / "checkpoints")
    if found is None:
        return None
    arrays, row = found.snapshot.arrays, int(found.snapshot.numbers.get("best_row", 0))
    unit, x = source.progress
    name = str(found.extra.get("selected", "weights"))
    selected = name == "best_weights" and 0 < row <= len(x)
    weights = arrays["weights" if name == "best_weights" and not selected else name]
    kernels = first_kernels(weights, found.extra.get("parameters", ()))
    when = f"{unit} {x[row - 1]:,.0f}" if selected else f"step {found.step:,}"
    return None if kernels is None else first_layer_kernels(kernels, source.name, when)


def _write(folder: Path, makers: Mapping[str, Maker]) -> list[Path]:
    with writing(folder / PLOTS):
        (folder / PLOTS).mkdir(exist_ok=True)
    with styled():
        return [
            write_png(figure, folder / PLOTS / f"{name}.png")
            for name, maker in makers.items()
            if (figure := maker()) is not None
        ]
