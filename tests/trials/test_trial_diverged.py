"""Divergence: stopped before the weights are touched, told with its code, scored as guessing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import arrays_of, cross_validate, problem, rows_of, train

from cnnopt import api
from cnnopt.errors import CheckpointError, Diverged, ExitCode
from cnnopt.records.checkpoint import steps

# Without a bend in between, a rate far too large grows the weights by a factor a step.
GROWING = {"model": ["flatten", {"dense": 6}, {"dense": "classes"}]}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of unequal size, so that guessing the most frequent one is a number."""
    generator = np.random.default_rng(5)
    y = np.repeat([0, 1, 2], [50, 30, 20])
    path = tmp_path_factory.mktemp("data") / "data.npz"
    np.savez(path, x=generator.normal(size=(100, 6, 6)) * 3, y=y)
    return path


def diverging(data: Path, **changes: Any) -> dict[str, Any]:
    return problem(data, **GROWING, optimizer={"sgd": {"learning_rate": 1e3}}, **changes)


def last_run(runs_dir: Path) -> api.Run:
    return api.load_run("latest", runs_dir=runs_dir)


def test_a_run_that_diverges_stops_and_says_what_to_do(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Diverged, match=r"at step \d+.* Try a learning rate of 100") as told:
        train(diverging(data), ["training.epochs=50"], runs_dir=tmp_path)
    assert told.value.exit_code == ExitCode.DIVERGED
    run = last_run(tmp_path)
    assert run.meta["status"] == run.summary["status"] == "diverged"
    assert run.meta["error"] == run.summary["error"] == str(told.value)
    assert {"schema", "command", "status", "seconds", "folder"} <= set(run.summary)


def test_the_last_good_checkpoint_is_kept_and_usable(data: Path, tmp_path: Path) -> None:
    """Later epochs diverge, not the first: something good is there to be kept."""
    slow = problem(data, **GROWING, training={"epochs": 200, "batch_size": "full"})
    for rate in (30.0, 100.0, 300.0, 1000.0):
        slow["optimizer"] = {"sgd": {"learning_rate": rate}}
        try:
            train(slow, runs_dir=tmp_path / str(rate))
        except Diverged:
            run = last_run(tmp_path / str(rate))
            if len(run.history.get("epoch", ())) > 1:
                break
    else:
        pytest.fail("no rate diverges after the first epoch")
    assert all(np.isfinite(column).all() for column in run.history.values())
    assert all(np.isfinite(array).all() for array in arrays_of(run.folder).values())
    newest = steps(run.folder / "checkpoints")[-1]
    assert int(newest.name[5:]) == run.history["step"][-1]
    np.savez(tmp_path / "one.npz", x=np.zeros((1, 6, 6)))
    assert np.isfinite(api.predict(run.folder, [tmp_path / "one.npz"]).values).all()


def test_within_the_first_epoch_the_weights_before_the_step_are_kept(
    data: Path, tmp_path: Path
) -> None:
    config = diverging(data, training={"epochs": 1, "batch_size": 4})
    with pytest.raises(Diverged, match="at step 2") as told:
        train(config, ["optimizer.sgd.learning_rate=1e25"], runs_dir=tmp_path)
    assert "The weights from before that step are kept" in str(told.value)
    run = last_run(tmp_path)
    assert run.history == {}
    (kept,) = steps(run.folder / "checkpoints")
    assert kept.name == "step-000001"
    assert all(np.isfinite(array).all() for array in arrays_of(run.folder).values())


def test_without_a_checkpoint_there_is_nothing_to_predict_with(data: Path, tmp_path: Path) -> None:
    run = train(problem(data), runs_dir=tmp_path)
    shutil.rmtree(run.folder / "checkpoints")
    np.savez(tmp_path / "one.npz", x=np.zeros((1, 6, 6)))
    with pytest.raises(CheckpointError, match="no weights to predict with"):
        api.predict(run.folder, [tmp_path / "one.npz"])


def test_diverged_folds_are_results_scored_as_the_trivial_predictor(
    data: Path, tmp_path: Path
) -> None:
    config = diverging(data, training={"epochs": 30, "batch_size": 16})
    run = cross_validate(config, folds=4, runs_dir=tmp_path)
    assert run.summary["status"] == "completed", "a diverged trial is a result"
    rows = rows_of(run.folder, "results.csv")
    assert [row["status"] for row in rows] == ["diverged"] * 4
    assert [fold["status"] for fold in run.summary["folds"]] == ["diverged"] * 4
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    for fold, row in zip(run.summary["folds"], rows, strict=True):
        mine = [r for r in rows_of(run.folder, "predictions.csv") if r["fold"] == fold["fold"]]
        assert {r["predicted"] for r in mine} == {0}, "the most frequent class"
        share = np.mean(labels[[r["row"] for r in mine]] == 0)
        assert row["test_accuracy"] == fold["metrics"]["test"]["accuracy"] == share
        assert row["epochs"] == row["best_epoch"] == 0
    assert run.summary["mean"] == pytest.approx(0.5, abs=0.02)


def test_a_diverged_regression_is_scored_as_the_training_mean(tmp_path: Path) -> None:
    config = {
        "name": "line",
        "dataset": {"name": "regression", "examples": 60, "scale": "none"},
        "model": [{"dense": 4}, {"dense": 1}],
        "loss": "squared_error",
        "optimizer": {"sgd": {"learning_rate": 1e4}},
        "training": {"epochs": 20, "batch_size": 8},
    }
    run = cross_validate(config, folds=2, runs_dir=tmp_path)
    rows = rows_of(run.folder, "predictions.csv")
    for fold in run.summary["folds"]:
        assert fold["status"] == "diverged"
        mine = [r for r in rows if r["fold"] == fold["fold"]]
        assert len({r["predicted_0"] for r in mine}) == 1
        assert abs(mine[0]["predicted_0"]) < 0.3, "near the mean of the targets"
        targets = np.array([r["target_0"] for r in mine])
        expected = np.mean((targets - mine[0]["predicted_0"]) ** 2)
        assert fold["metrics"]["test"]["loss"] == pytest.approx(expected, rel=1e-5)
