"""`cv --tune`: chosen by the inner folds alone, counted, and set against the outer folds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folded_problems import LINEAR, grouped, plain, planned, points, series
from small_problems import cross_validate, problem, rows_of

from cnnopt.api import Run
from cnnopt.splits import Place
from cnnopt.statistics import corrected_interval
from cnnopt.studies import cv_tuning
from cnnopt.studies.cv_tuning import candidates_of, choose
from cnnopt.studies.fold_plan import Folds
from cnnopt.trials.splitting import split_of

TUNE = {
    "optimizer.adam.learning_rate": ["0.001", "0.03", "0.3"],
    "training.batch_size": ["8", "30"],
}
FOLDS, INNER, TRIED = 3, 2, 6


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("tuned")
    given = plain(folder / "data.npz")
    return cross_validate(
        given, folds=FOLDS, repeats=2, tune=TUNE, inner_folds=INNER, runs_dir=folder / "runs"
    )


def stages(study: Run) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows = rows_of(study.folder, "results.csv")
    inner, outer = ([row for row in rows if row["stage"] == s] for s in ("inner", "outer"))
    return inner, outer


def best(study: Run, column: str, sign: float) -> list[tuple[str, float]]:
    """Return what each fold had to choose, and its inner mean, from the table alone."""
    inner, outer = stages(study)
    found = []
    for place in outer:
        means: dict[str, list[float]] = {}
        for row in inner:
            if (row["repeat"], row["fold"]) == (place["repeat"], place["fold"]):
                means.setdefault(row["tuned"], []).append(row[column])
        first = max(means, key=lambda tuned: sign * np.mean(means[tuned]))  # the first of equals
        found.append((first, float(np.mean(means[first]))))
    return found


def test_every_fold_tries_everything_on_each_of_its_inner_folds(study: Run) -> None:
    inner, outer = stages(study)
    places = [(repeat, fold) for repeat in range(2) for fold in range(FOLDS)]
    assert [(row["repeat"], row["fold"]) for row in outer] == places
    tuned = [" ".join(changes) for changes in candidates_of(TUNE)]
    assert len(tuned) == TRIED
    expected = list(product(places, tuned, range(INNER)))
    assert [((r["repeat"], r["fold"]), r["tuned"], r["inner"]) for r in inner] == expected
    assert all(row["n_test"] == 20 for row in inner)
    assert all(row["n_train"] + row["n_validation"] == 20 for row in inner)


def test_the_choices_are_those_of_the_best_inner_mean(study: Run) -> None:
    expected = best(study, "test_accuracy", 1.0)
    chosen = study.summary["tuning"]["chosen"]
    assert [(" ".join(c["settings"]), c["inner"]) for c in chosen] == [
        (tuned, pytest.approx(mean)) for tuned, mean in expected
    ]
    assert [row["tuned"] for row in stages(study)[1]] == [tuned for tuned, _ in expected]


def test_of_losses_the_lowest_is_chosen(tmp_path: Path) -> None:
    given = series(tmp_path / "s.csv")
    study = cross_validate(given, folds=3, tune=TUNE, inner_folds=INNER, runs_dir=tmp_path / "runs")
    chosen = study.summary["tuning"]["chosen"]
    assert [" ".join(each["settings"]) for each in chosen] == [
        tuned for tuned, _ in best(study, "test_loss", -1.0)
    ]
    outer = [row["test_loss"] for row in stages(study)[1]]
    inner = [each["inner"] for each in chosen]
    tuning = study.summary["tuning"]
    assert tuning["optimism"] == pytest.approx(np.mean(np.subtract(outer, inner))), "as a gain"
    assert tuning["optimism_interval"] is None, "forward chaining has too few folds"


def test_an_outer_fold_is_trained_with_what_was_chosen_for_it(study: Run, tmp_path: Path) -> None:
    """Each is the fold of a plain study with these settings."""
    outer = stages(study)[1]
    x, labels = points(60)
    np.savez(tmp_path / "data.npz", x=x, y=labels)
    for tuned in {row["tuned"] for row in outer}:
        alone = cross_validate(
            plain(tmp_path / "data.npz"),
            tuned.split(),
            folds=FOLDS,
            repeats=2,
            runs_dir=tmp_path / "runs",
        )
        plainly = rows_of(alone.folder, "results.csv")
        for row, same in zip(outer, plainly, strict=True):
            if row["tuned"] == tuned:
                assert {k: row[k] for k in same if k != "label"} == {
                    k: same[k] for k in same if k != "label"
                }


def test_optimism_and_times_chosen_by_hand(study: Run) -> None:
    tuning, (_, outer) = study.summary["tuning"], stages(study)
    inner = [each["inner"] for each in tuning["chosen"]]
    tested = [row["test_accuracy"] for row in outer]
    assert study.summary["mean"] == pytest.approx(np.mean(tested))
    assert tuning["inner_mean"] == pytest.approx(np.mean(inner))
    assert tuning["optimism"] == pytest.approx(np.mean(inner) - np.mean(tested))
    gains = np.subtract(inner, tested).tolist()
    assert tuning["optimism_interval"] == pytest.approx(corrected_interval(gains, 20 / 40))
    settings = [row["tuned"] for row in outer]
    assert tuning["times_chosen"] == {name: settings.count(name) for name in settings}
    counts = list(tuning["times_chosen"].values())
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == 2 * FOLDS


def outer_test_changed(folder: Path, fold: int | None) -> Run:
    """Return a study in which the labels of one outer fold's test part were changed."""
    folder.mkdir()
    x, labels = points(60)
    path = folder / "data.npz"
    np.savez(path, x=x, y=labels)
    given = problem(path, model=LINEAR, training={"epochs": 2, "batch_size": 16})
    if fold is not None:
        _, _, folds = planned(given, "cv.scheme=k_fold", f"cv.folds={FOLDS}")
        labels[folds.splits[fold].test] ^= 1
        np.savez(path, x=x, y=labels)
    options = {"scheme": "k_fold", "folds": FOLDS, "tune": TUNE, "inner_folds": INNER}
    return cross_validate(given, runs_dir=folder / "runs", **options)


def choosing(study: Run, fold: int) -> list[Any]:
    """Return all that a fold chose by, and its choice."""
    inner = [row for row in stages(study)[0] if row["fold"] == fold]
    values = [[row[f"{part}_accuracy"] for part in ("train", "test")] for row in inner]
    losses = [row["validation_loss"] for row in inner]
    return [values, losses, study.summary["tuning"]["chosen"][fold]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return outer_test_changed(tmp_path_factory.mktemp("before") / "a", None)


@pytest.mark.parametrize("fold", range(FOLDS))
def test_the_outer_test_part_has_no_say(before: Run, tmp_path: Path, fold: int) -> None:
    after = outer_test_changed(tmp_path / "b", fold)
    assert choosing(before, fold) == choosing(after, fold)
    assert stages(before)[1][fold]["test_accuracy"] != stages(after)[1][fold]["test_accuracy"]
    others = [other for other in range(FOLDS) if other != fold]
    assert all(choosing(before, other) != choosing(after, other) for other in others)


def test_a_double_that_chooses_by_the_outer_test_part_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaky(place: Place, inner_folds: int) -> list[Place]:
        return [place] * inner_folds

    monkeypatch.setattr(cv_tuning, "_inner_places", leaky)
    before, after = (outer_test_changed(tmp_path / n, f) for n, f in (("a", None), ("b", 1)))
    assert choosing(before, 1) != choosing(after, 1)


@pytest.mark.parametrize("kind", ["plain", "grouped", "series"])
def test_no_inner_trial_sees_a_row_of_the_outer_test_part(tmp_path: Path, kind: str) -> None:
    make = {"plain": plain, "grouped": grouped, "series": series}[kind]
    config, data, folds = planned(make(tmp_path / "data.npz"), "cv.folds=3")
    for trial in cv_tuning.inner_trials(config, TUNE, folds, INNER):
        place = trial.trial.fold
        assert place is not None
        assert place.inner is not None
        inside = split_of(trial.trial.settings(), place, data)
        outer = folds.splits[folds.places.index(Place(place.repeat, place.index))]
        seen = {int(row) for rows in inside.parts().values() for row in rows}
        assert not seen & set(outer.test.tolist())
        if data.groups is not None:
            whose = {int(data.groups[row]) for row in seen}
            assert not whose & set(data.groups[outer.test].tolist())


def result(value: float, status: str = "completed") -> dict[str, Any]:
    return {"status": status, "metrics": {"test": {"auc": value, "loss": value}}}


def chosen(results: Sequence[dict[str, Any]], metric: str) -> tuple[str, float]:
    """Choose between a, b and c on two inner folds each, for one outer fold."""
    one = Folds([Place(0, 0)], [], [])
    ((changes, mean),) = choose({"x": ["a", "b", "c"]}, one, results, metric)
    return changes[0], mean


def test_choosing_by_hand() -> None:
    values = [result(value) for value in (0.5, 0.7, 0.9, 0.5, 0.6, 0.6)]
    assert chosen(values, "auc") == ("x=b", pytest.approx(0.7))
    assert chosen(values, "loss") == ("x=a", pytest.approx(0.6)), "of equals the first"


def test_what_diverged_is_chosen_last() -> None:
    values = [result(0.9), result(0.9, "diverged"), *map(result, (0.5, 0.5, 0.6, 0.6))]
    assert chosen(values, "auc") == ("x=c", pytest.approx(0.6))


def test_an_inner_fold_without_a_value_is_left_out_and_never_wins() -> None:
    nan = float("nan")
    values = [result(value) for value in (nan, 0.5, nan, 0.8, nan, 0.6)]
    assert chosen(values, "auc") == ("x=b", pytest.approx(0.8))
    assert chosen(values, "loss") == ("x=a", pytest.approx(0.5))
    values = [result(value) for value in (nan, nan, 0.2, 0.2, 0.1, 0.1)]
    assert chosen(values, "auc") == ("x=b", pytest.approx(0.2))
    nowhere, mean = chosen([result(nan)] * 6, "auc")
    assert nowhere == "x=a"
    assert np.isnan(mean)
