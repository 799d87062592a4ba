"""What a finished trial says, recomputed from its own files by other means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, r2_score
from small_problems import OFFICIAL, arrays_of, blobs, problem, rows_of, train, write_npz

from cnnopt import api
from cnnopt.api import Run
from cnnopt.training.events import EpochDone

MOVING = {"optimizer": {"adam": {"learning_rate": 0.3}}, "training": {"epochs": 12}}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


@pytest.fixture(scope="module")
def run(data: Path) -> Run:
    return train(problem(data, **MOVING), runs_dir=data.parent / "runs")


def test_test_metrics_are_those_of_the_predictions(run: Run) -> None:
    rows = rows_of(run.folder, "predictions.csv")
    assert {row["part"] for row in rows} == {"test"}
    targets, shares = (
        [row["target"] for row in rows],
        [[row[f"p_{k}"] for k in "012"] for row in rows],
    )
    np.testing.assert_allclose(np.sum(shares, axis=1), 1)
    test = run.summary["metrics"]["test"]
    assert test["accuracy"] == accuracy_score(targets, np.argmax(shares, axis=1))
    assert test["loss"] == pytest.approx(log_loss(targets, shares), rel=1e-5)
    assert [row["predicted"] for row in rows] == np.argmax(shares, axis=1).tolist()


def test_predictions_name_the_rows_of_the_data(run: Run) -> None:
    _, labels = blobs(90)
    rows = rows_of(run.folder, "predictions.csv")
    assert len({row["row"] for row in rows}) == len(rows) == 18
    assert all(labels[row["row"]] == row["target"] for row in rows)


def test_the_selected_row_is_the_best_on_validation_and_its_metrics_are_the_result(
    run: Run,
) -> None:
    best = int(np.argmin(run.history["validation_loss"]))
    assert best < 11, "the best row is to be an earlier one"
    assert run.summary["best_epoch"] == best + 1
    for part in ("train", "validation"):
        for name, value in run.summary["metrics"][part].items():
            assert value == run.history[f"{part}_{name}"][best], (part, name)
    assert run.summary["selection"] == {
        "metric": "loss",
        "value": min(run.history["validation_loss"]),
    }


def test_the_gap_is_error_on_validation_minus_error_on_training(data: Path, tmp_path: Path) -> None:
    config = problem(data, **{**MOVING, "training": {"epochs": 12, "select": "last"}})
    told: list[Any] = []
    summary = train(config, runs_dir=tmp_path, listener=told.append).summary
    accuracy = {part: values["accuracy"] for part, values in summary["metrics"].items()}
    assert accuracy["train"] != accuracy["validation"]
    expected = (1 - accuracy["validation"]) - (1 - accuracy["train"])
    assert summary["generalization_gap"] == pytest.approx(expected)
    rows = [event for event in told if isinstance(event, EpochDone)]
    assert summary["generalization_gap_error"] == rows[-1].gap_error > 0


@pytest.mark.parametrize(
    ("select", "column", "pick"),
    [
        ({"best": "accuracy"}, "validation_accuracy", np.argmax),
        ("best", "validation_loss", np.argmin),
        ("last", "epoch", np.argmax),
    ],
)
def test_training_select_says_which_weights(
    data: Path, tmp_path: Path, select: Any, column: str, pick: Any
) -> None:
    config = problem(data, **{**MOVING, "training": {"epochs": 12, "select": select}})
    found = train(config, runs_dir=tmp_path)
    epoch = int(pick(found.history[column])) + 1
    assert found.summary["best_epoch"] == epoch
    assert (
        found.summary["metrics"]["validation"]["loss"]
        == (found.history["validation_loss"][epoch - 1])
    )


def test_without_a_validation_part_the_last_weights_count(data: Path, tmp_path: Path) -> None:
    config = problem(data, **MOVING, dataset={"validation": 0})
    found = train(config, runs_dir=tmp_path)
    assert found.summary["best_epoch"] == 12
    assert set(found.history) == {
        "epoch",
        "step",
        "learning_rate",
        "batch_loss",
        "train_loss",
        "train_accuracy",
    }
    assert set(found.summary["metrics"]) == {"train", "test"}


def test_without_a_test_part_the_validation_part_is_predicted(data: Path, tmp_path: Path) -> None:
    found = train(problem(data, dataset={"test": 0}), runs_dir=tmp_path)
    rows = rows_of(found.folder, "predictions.csv")
    assert {row["part"] for row in rows} == {"validation"}
    right = np.mean([row["target"] == row["predicted"] for row in rows])
    assert found.summary["metrics"]["validation"]["accuracy"] == right
    assert "test" not in found.summary["metrics"]


def test_an_official_test_part_is_what_is_tested(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz", rows=60, test_rows=30)
    found = train(problem(data, dataset=OFFICIAL), runs_dir=tmp_path / "runs")
    assert found.config["dataset"]["test"] == "official"
    assert [row["row"] for row in rows_of(found.folder, "predictions.csv")] == list(range(60, 90))


def test_predict_says_what_the_run_itself_said(data: Path, run: Run, tmp_path: Path) -> None:
    rows = rows_of(run.folder, "predictions.csv")
    x, _ = blobs(90)
    np.savez(tmp_path / "again.npz", x=x[[row["row"] for row in rows]])
    said = api.predict(run.folder, [tmp_path / "again.npz"])
    assert said.classes == ("0", "1", "2")
    expected = [[row[f"p_{k}"] for k in "012"] for row in rows]
    np.testing.assert_allclose(said.values, expected, rtol=1e-5)
    assert [int(row["class"]) for row in said.rows()] == [row["predicted"] for row in rows]


def test_batch_loss_counts_a_ragged_batch_by_its_size(data: Path, tmp_path: Path) -> None:
    """With a rate of almost nothing the mean over batches is that over the training part."""
    model = ["flatten", {"dense": "classes"}]
    config = problem(data, model=model, optimizer={"sgd": {"learning_rate": 1e-9}})
    config |= {"training": {"epochs": 1, "batch_size": 40}, "dataset": config["dataset"]}
    found = train(config, ["dataset.validation=0", "dataset.test=27"], runs_dir=tmp_path)
    whole = train(
        config,
        ["dataset.validation=0", "dataset.test=27", "training.batch_size=full"],
        runs_dir=tmp_path,
    )
    assert found.history["step"] == [2]
    assert found.history["batch_loss"][0] == pytest.approx(whole.history["batch_loss"][0], rel=1e-5)


def test_regression_is_measured_by_mse_mae_and_r2(tmp_path: Path) -> None:
    config = {
        "name": "line",
        "dataset": {"name": "regression", "examples": 200, "scale": "none"},
        "model": [{"dense": 8}, "tanh", {"dense": 1}],
        "loss": "squared_error",
        "optimizer": "adam",
        "training": {"steps": 30, "evaluate_every": 10},
    }
    found = train(config, runs_dir=tmp_path)
    rows = rows_of(found.folder, "predictions.csv")
    targets = [row["target_0"] for row in rows]
    outputs = [row["predicted_0"] for row in rows]
    test = found.summary["metrics"]["test"]
    assert test["loss"] == pytest.approx(np.mean(np.square(np.subtract(targets, outputs))))
    assert test["mae"] == pytest.approx(mean_absolute_error(targets, outputs), rel=1e-5)
    assert test["r2"] == pytest.approx(r2_score(targets, outputs), rel=1e-4, abs=1e-5)
    metrics = found.summary["metrics"]
    gap = metrics["validation"]["loss"] - metrics["train"]["loss"]
    assert found.summary["generalization_gap"] == pytest.approx(gap)
    assert found.history["epoch"] == [1, 2, 3]
    assert found.history["step"] == [10, 20, 30]


def test_dropout_is_off_where_metrics_are_taken(data: Path, tmp_path: Path) -> None:
    """Clean metrics: the same weights with and without a dropout layer give the same numbers."""
    runs = []
    for rate in (0.0, 0.9):
        model = ["flatten", {"dropout": rate}, {"dense": "classes"}]
        model = [entry for entry in model if entry != {"dropout": 0.0}]
        config = problem(data, model=model, optimizer={"sgd": {"learning_rate": 1e-12}})
        runs.append(train(config, ["training.epochs=1"], runs_dir=tmp_path))
    plain, masked = runs
    np.testing.assert_allclose(
        arrays_of(plain.folder)["weights"], arrays_of(masked.folder)["weights"], atol=1e-9
    )
    assert plain.history["train_loss"] == pytest.approx(masked.history["train_loss"], rel=1e-5)
    assert plain.history["batch_loss"] != pytest.approx(masked.history["batch_loss"], rel=1e-2)
