"""Leaks built on purpose: each is noticed by the very assertion that the product passes.

A fold's test rows are changed wildly. What may not depend on them (weights, scaler, epochs, what
validation said) must not move by a bit; in every double it does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folded_problems import looked_for, planned, series
from small_problems import arrays_of, blobs, cross_validate, problem, rows_of

from cnnopt.api import Run
from cnnopt.data import parts as parts_module
from cnnopt.records import RunFolder
from cnnopt.trials import running, splitting

ROWS, FOLD = 60, 1
Change = Callable[[np.ndarray, np.ndarray, np.ndarray], None]


@pytest.fixture(autouse=True)
def _weights_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trials keep their last checkpoint, to be looked at."""
    monkeypatch.setattr(RunFolder, "discard_checkpoints", lambda _: None)


def config_of(path: Path, x: np.ndarray, labels: np.ndarray, **changes: Any) -> dict[str, Any]:
    np.savez(path, x=x, y=labels)
    own = {
        "model": ["flatten", {"dense": 8}, "relu", {"dropout": 0.3}, {"dense": "classes"}],
        "optimizer": {"adam": {"learning_rate": 0.03}},
        "training": {"epochs": 6, "batch_size": 16},
        "dataset": {"validation": 0.3},
        "regularizers": [{"early_stopping": {"patience": 1}}],
    }
    return problem(path, **own | changes)


def study_of(folder: Path, change: Change | None = None) -> Run:
    """Return a study whose rows of one fold's test part were changed."""
    folder.mkdir()
    x, labels = blobs(ROWS)
    config = config_of(folder / "data.npz", x, labels)
    options = {"folds": 3, "scheme": "k_fold", "runs_dir": folder / "runs"}
    if change is not None:
        _, _, folds = planned(config, "cv.scheme=k_fold", "cv.folds=3")
        change(x, labels, folds.splits[FOLD].test)
        np.savez(folder / "data.npz", x=x, y=labels)
    return cross_validate(config, **options)


def evidence(study: Run) -> dict[str, Any]:
    """Return what of the fold must not depend on its test part."""
    row = rows_of(study.folder, "results.csv")[FOLD]
    folder = study.folder / "trials" / row["trial"]
    summary = json.loads((folder / "summary.json").read_text())
    arrays = arrays_of(folder)
    assert {"weights", "best_weights"} <= set(arrays)
    return {
        "weights": {name: array.tobytes() for name, array in arrays.items()},
        "metrics.csv": (folder / "metrics.csv").read_bytes(),
        "scaler": summary["scaler"],
        "epochs": (summary["epochs"], summary["best_epoch"]),
        "train": summary["metrics"]["train"],
        "validation": summary["metrics"]["validation"],
    }


def moved(before: Run, after: Run) -> set[str]:
    there, here = evidence(before), evidence(after)
    return {name for name in there if there[name] != here[name]}


def wild_inputs(x: np.ndarray, _: np.ndarray, test: np.ndarray) -> None:
    x[test] = x[test][::-1] * 50 + 100


def other_labels(_: np.ndarray, labels: np.ndarray, test: np.ndarray) -> None:
    labels[test] = (labels[test] + 1) % 3


@pytest.mark.parametrize("change", [wild_inputs, other_labels])
def test_the_test_part_moves_nothing_of_its_fold(tmp_path: Path, change: Change) -> None:
    before, after = study_of(tmp_path / "a"), study_of(tmp_path / "b", change)
    assert moved(before, after) == set()
    scores = [study.summary["folds"][FOLD]["metrics"]["test"] for study in (before, after)]
    assert scores[0] != scores[1], "only its score"
    assert not any(each["found"] for each in after.summary["audit"])


def scaled_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit the scaler on all rows of the data, once and for all folds."""

    def leaky(data: Any, rows: Any, scale: Any, _: Any) -> Any:
        everything = np.arange(data.rows)
        scaler = parts_module.fit_scaler(scale, data.x[everything], data.value_range)
        made = {
            name: parts_module.make_part(data, numbers, scaler) for name, numbers in rows.items()
        }
        return made, scaler

    monkeypatch.setattr(running, "prepare", leaky)


def stopped_on_the_test_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watch the fold's test part in place of an inner validation part."""
    prepare = running.prepare

    def leaky(*arguments: Any) -> Any:
        made, scaler = prepare(*arguments)
        return made | {"validation": made["test"]}, scaler

    monkeypatch.setattr(running, "prepare", leaky)


def trained_on_the_test_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few of the tested rows train."""
    cut = running.split_of

    def leaky(*arguments: Any) -> Any:
        split = cut(*arguments)
        return replace(split, train=np.sort(np.concatenate([split.train, split.test[:2]])))

    monkeypatch.setattr(running, "split_of", leaky)


@pytest.mark.parametrize(
    ("leak", "change", "noticed"),
    [
        (scaled_outside, wild_inputs, {"scaler", "weights", "metrics.csv", "train", "validation"}),
        (stopped_on_the_test_part, wild_inputs, {"metrics.csv", "validation"}),
        (stopped_on_the_test_part, other_labels, {"metrics.csv", "validation", "epochs"}),
        (trained_on_the_test_part, wild_inputs, {"scaler", "weights", "metrics.csv"}),
        (trained_on_the_test_part, other_labels, {"weights", "metrics.csv"}),
    ],
)
def test_a_double_that_leaks_is_noticed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    leak: Callable[[pytest.MonkeyPatch], None],
    change: Change,
    noticed: set[str],
) -> None:
    leak(monkeypatch)
    assert moved(study_of(tmp_path / "a"), study_of(tmp_path / "b", change)) >= noticed


@pytest.mark.parametrize("leak", [scaled_outside, trained_on_the_test_part])
def test_the_audit_tells_of_a_scaler_that_saw_more_than_the_training_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: Callable[[pytest.MonkeyPatch], None]
) -> None:
    leak(monkeypatch)
    scaling = looked_for(study_of(tmp_path / "a"), "scaling fitted outside")
    assert scaling["found"] == 3
    assert scaling["detail"] == "fold 1, fold 2, fold 3"


def twins_differ(study: Run, twins: np.ndarray) -> bool:
    """Tell whether equal examples of the test part were predicted as different ones."""
    said = [
        [value for key, value in row.items() if key.startswith("p_")]
        for row in rows_of(study.folder, "predictions.csv")
        if row["fold"] == FOLD and row["row"] in twins
    ]
    assert len(said) == len(twins) > 2
    return not np.allclose(said, said[0], rtol=0, atol=1e-6)


def test_the_test_part_is_not_altered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither shifted nor dropped from: both are drawn for each example, and would part equals."""
    seen: list[np.ndarray] = []

    def equal(x: np.ndarray, _: np.ndarray, test: np.ndarray) -> None:
        x[test] = x[test[0]]
        seen.append(test)

    honest = study_of(tmp_path / "honest", equal)
    assert not twins_differ(honest, seen[0])
    prepare = running.prepare

    def altered(*arguments: Any) -> Any:
        made, scaler = prepare(*arguments)
        draw = np.random.default_rng(0)
        x = np.stack([np.roll(each, draw.integers(-1, 2), axis=0) for each in made["test"].x])
        return made | {"test": replace(made["test"], x=x)}, scaler

    monkeypatch.setattr(running, "prepare", altered)
    assert twins_differ(study_of(tmp_path / "altered", equal), seen[0])


def chained(folder: Path, later: float, **options: Any) -> Run:
    """Return a study of a series, all samples after the second test block's forecasts changed."""
    folder.mkdir()
    config = series(folder / "s.csv", horizon=3, dataset={"relative": True, "window": 5})
    if later:
        lines = (folder / "s.csv").read_text().splitlines()
        # 59 rows and 4 folds of 11: fold 1 tests the rows 26 to 36, which need sample 43 at most.
        for number in range(1 + 44, len(lines)):
            year, value = lines[number].split(",")
            lines[number] = f"{year},{float(value) * later - 30}"
        (folder / "s.csv").write_text("\n".join(lines) + "\n")
    return cross_validate(config, runs_dir=folder / "runs", **{"folds": 4} | options)


def of_fold(study: Run) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    predictions = rows_of(study.folder, "predictions.csv")
    return evidence(study), [row for row in predictions if row["fold"] == FOLD]


def test_the_future_moves_nothing_of_a_fold_not_even_its_score(tmp_path: Path) -> None:
    before, after = chained(tmp_path / "a", 0), chained(tmp_path / "b", 7)
    assert before.summary["folds"][FOLD]["times"] == ["1933", "1943"], "the last known one is 1943"
    assert of_fold(before) == of_fold(after)
    for one, other in zip(before.summary["baselines"], after.summary["baselines"], strict=True):
        assert one["folds"][: FOLD + 1] == other["folds"][: FOLD + 1]
        assert one["folds"][-1] != other["folds"][-1]


@pytest.mark.parametrize("how", ["no embargo", "shuffled"])
def test_a_fold_that_knows_the_future_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "no embargo":
        sides_of, split_of = splitting.sides_of, splitting.split_of

        def leaky(config: Any, place: Any, data: Any) -> Any:
            split = split_of(config, place, data)
            side = sides_of(config, data, place.repeat)[place.index]
            # The rows between the known ones and the test block, and two of the block itself.
            return replace(split, train=np.arange(min(data.rows, side.test[-1] + 2)))

        monkeypatch.setattr(running, "split_of", leaky)
        options: dict[str, Any] = {}
    else:
        options = {"scheme": "k_fold", "overrides": ["cv.allow_leakage=true"]}
    assert of_fold(chained(tmp_path / "a", 0, **options)) != of_fold(
        chained(tmp_path / "b", 7, **options)
    )


@pytest.mark.parametrize("scheme", ["holdout", "shuffle", "k_fold", "stratified", "leave_one_out"])
def test_twins_on_both_sides_of_any_scheme_are_found(tmp_path: Path, scheme: str) -> None:
    x, labels = blobs(24)
    path = tmp_path / "data.npz"
    changes = {"training": {"epochs": 1, "batch_size": 24}, "regularizers": []}
    config = config_of(path, x, labels, **changes)
    few = [] if scheme in ("holdout", "leave_one_out") else ["cv.folds=3"]
    _, _, folds = planned(config, f"cv.scheme={scheme}", *few)
    split = folds.splits[0]
    tested, trained = int(split.test[0]), int(split.train[-1])
    x[tested] = x[trained]
    np.savez(path, x=x, y=labels)
    study = cross_validate(config, few, scheme=scheme, runs_dir=tmp_path / "runs")
    twins = looked_for(study, "exact duplicates")
    pair = sorted((tested, trained))
    assert (twins["found"], twins["detail"]) == (1, f"rows {pair[0]} = {pair[1]}")
