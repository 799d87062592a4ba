"""Nothing of a fold's test part reaches its training, selection, stopping or scaling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plain_splits import folds_of
from small_problems import CONV_NET, blobs, cross_validate, problem, rows_of

from cnnopt.api import Run

ROWS = 80


def write(path: Path, x: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    np.savez(path, x=x, y=labels)
    return problem(
        path,
        model=CONV_NET,
        training={"epochs": 8, "batch_size": 16},
        regularizers=[{"early_stopping": {"patience": 2}}],
    )


def fold_files(study: Run, fold: int) -> tuple[bytes, dict[str, Any], list[dict[str, Any]]]:
    """Return metrics.csv, results and the predictions of one fold."""
    row = rows_of(study.folder, "results.csv")[fold]
    folder = study.folder / "trials" / row["trial"]
    summary = json.loads((folder / "summary.json").read_text())
    return (folder / "metrics.csv").read_bytes(), summary, rows_of(folder, "predictions.csv")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("original")
    config = write(folder / "data.npz", *blobs(ROWS))
    return cross_validate(config, folds=3, scheme="k_fold", runs_dir=folder / "runs")


@pytest.mark.parametrize("fold", [0, 2])
def test_other_labels_in_the_test_part_change_its_score_only(
    original: Run, tmp_path: Path, fold: int
) -> None:
    x, labels = blobs(ROWS)
    test = folds_of(ROWS, None, scheme="k_fold", folds=3, repeat=0, split_seed=0)[fold]
    labels[test] = (labels[test] + 1) % 3
    config = write(tmp_path / "data.npz", x, labels)
    changed = cross_validate(config, folds=3, scheme="k_fold", runs_dir=tmp_path / "runs")
    metrics, summary, predictions = fold_files(original, fold)
    new_metrics, new_summary, new_predictions = fold_files(changed, fold)
    assert metrics == new_metrics
    for part in ("train", "validation"):
        assert summary["metrics"][part] == new_summary["metrics"][part]
    assert summary["best_epoch"] == new_summary["best_epoch"]
    assert summary["scaler"] == new_summary["scaler"]
    assert summary["metrics"]["test"] != new_summary["metrics"]["test"]
    for before, after in zip(predictions, new_predictions, strict=True):
        assert before.pop("target") != after.pop("target")
        assert before == after, "the weights are the same, so are the probabilities"


def test_other_inputs_in_the_test_part_change_its_score_only(original: Run, tmp_path: Path) -> None:
    x, labels = blobs(ROWS)
    test = folds_of(ROWS, None, scheme="k_fold", folds=3, repeat=0, split_seed=0)[1]
    x[test] = x[test] * 50 + 100
    config = write(tmp_path / "data.npz", x, labels)
    changed = cross_validate(config, folds=3, scheme="k_fold", runs_dir=tmp_path / "runs")
    metrics, summary, _ = fold_files(original, 1)
    new_metrics, new_summary, _ = fold_files(changed, 1)
    assert metrics == new_metrics
    assert summary["scaler"] == new_summary["scaler"]
    assert summary["metrics"]["test"] != new_summary["metrics"]["test"]
    assert fold_files(original, 0)[0] != fold_files(changed, 0)[0], "there they are trained on"


def test_early_stopping_did_stop_so_the_tests_above_say_something(original: Run) -> None:
    epochs = [row["epochs"] for row in rows_of(original.folder, "results.csv")]
    best = [row["best_epoch"] for row in rows_of(original.folder, "results.csv")]
    assert min(epochs) < 8 or min(best) < 8


def test_selection_is_by_the_inner_validation_part(original: Run) -> None:
    for fold in range(3):
        _, summary, _ = fold_files(original, fold)
        row = rows_of(original.folder, "results.csv")[fold]
        history = rows_of(original.folder / "trials" / row["trial"], "metrics.csv")
        losses = [entry["validation_loss"] for entry in history]
        assert summary["best_epoch"] == int(np.argmin(losses)) + 1
        assert "test_loss" not in history[0]


def test_the_scaler_is_fitted_on_the_fold_s_training_rows(original: Run) -> None:
    x, _ = blobs(ROWS)
    summary = original.summary
    scalers = [fold_files(original, fold)[1]["scaler"] for fold in range(3)]
    assert len({json.dumps(scaler) for scaler in scalers}) == 3
    test = folds_of(ROWS, None, scheme="k_fold", folds=3, repeat=0, split_seed=0)[0]
    known = np.setdiff1d(np.arange(ROWS), test)
    assert scalers[0]["mean"] != pytest.approx([x[known].mean()], abs=1e-9), "validation is apart"
    assert scalers[0]["mean"] == pytest.approx([x[known].mean()], abs=0.1)
    assert summary["audit"][1]["found"] == 0


def test_the_audit_tells_a_scaler_that_saw_the_test_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit compares what the trials used: spoil it, and it has to say so."""
    from cnnopt.data import parts

    x, labels = blobs(ROWS)
    config = write(tmp_path / "data.npz", x, labels)
    fit = parts.fit_scaler

    def leaky(kind: Any, rows: Any, value_range: Any) -> Any:
        return fit(kind, x[..., None], value_range)

    monkeypatch.setattr(parts, "fit_scaler", leaky)
    study = cross_validate(config, folds=3, runs_dir=tmp_path / "runs")
    assert study.summary["audit"][1]["found"] == 3
    assert "fold 1" in study.summary["audit"][1]["detail"]
