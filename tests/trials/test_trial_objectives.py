"""Losses, class weights and metrics on their way from the config to the folder's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn
from small_problems import compare, cross_validate, problem, rows_of, train, write_npz

from cnnopt import predict
from cnnopt.api import Run
from cnnopt.errors import ConfigError

METRICS = ["auc", "f1", "accuracy", "log_loss"]
ONE = ["flatten", {"dense": 8}, "relu", {"dense": 1}]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of two classes, one of them three times as large."""
    folder = tmp_path_factory.mktemp("two")
    with np.load(write_npz(folder / "four.npz", rows=120, classes=4)) as file:
        x, y = file["x"], file["y"]
    np.savez(folder / "data.npz", x=x, y=(y == 0).astype(int))
    return folder / "data.npz"


@pytest.fixture(scope="module")
def binary(two: Path) -> Run:
    config = problem(
        two,
        model=ONE,
        loss={"binary_cross_entropy": {"class_weights": "balanced"}},
        training={"epochs": 4, "metrics": METRICS, "select": {"best": "auc"}},
    )
    return train(config, runs_dir=two.parent / "runs")


def of_test(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return targets and the second class's probabilities of the test part."""
    rows = rows_of(run.folder, "predictions.csv")
    return np.array([row["target"] for row in rows]), np.array([row["p_1"] for row in rows])


def test_metrics_of_one_output_are_those_of_its_predictions(binary: Run) -> None:
    y, p = of_test(binary)
    found = binary.summary["metrics"]["test"]
    assert found["auc"] == pytest.approx(sklearn.roc_auc_score(y, p))
    assert found["accuracy"] == pytest.approx(np.mean((p > 0.5) == y))
    assert found["f1"] == pytest.approx(sklearn.f1_score(y, p > 0.5, average="macro"))
    assert found["log_loss"] == pytest.approx(sklearn.log_loss(y, p), rel=1e-6)
    by_class = sklearn.f1_score(y, p > 0.5, average=None).tolist()
    assert found["per_class"]["f1"] == pytest.approx(dict(zip("01", by_class, strict=True)))
    assert list(found["per_class"]) == ["auc", "f1"]


def test_the_loss_is_weighted_by_the_training_part_s_classes(binary: Run, two: Path) -> None:
    y, p = of_test(binary)
    with np.load(two) as file:
        labels = file["y"]
    kept = labels[[row["row"] for row in rows_of(binary.folder, "predictions.csv")]]
    assert (kept == y).all()
    rows = binary.summary["rows"]
    share = rows["train"] / np.array([rows["train"] * 0.75, rows["train"] * 0.25]) / 2
    losses = -np.log(np.where(y == 1, p, 1 - p))
    by_hand = np.average(losses, weights=share[y])
    # The training part's shares are 3 to 1 up to the rounding of a stratified split.
    assert binary.summary["metrics"]["test"]["loss"] == pytest.approx(by_hand, rel=0.02)
    assert binary.summary["metrics"]["test"]["loss"] != pytest.approx(losses.mean(), rel=0.02)


def test_what_is_chosen_becomes_columns_and_single_classes_do_not(binary: Run) -> None:
    names = list(binary.history)
    ends = ["loss", *METRICS]
    assert names[4:] == [f"train_{end}" for end in ends] + [f"validation_{end}" for end in ends]
    best = int(np.argmax(binary.history["validation_auc"]))
    assert binary.summary["best_epoch"] == best + 1
    assert binary.summary["selection"]["metric"] == "auc"


def test_predicts_with_one_output(binary: Run, two: Path, tmp_path: Path) -> None:
    with np.load(two) as file:
        x = file["x"]
    rows = [row["row"] for row in rows_of(binary.folder, "predictions.csv")]
    np.savez(tmp_path / "more.npz", x=x[rows])
    found = predict(binary.folder, [tmp_path / "more.npz"])
    assert found.values.shape == (len(rows), 2)
    np.testing.assert_allclose(found.values[:, 1], of_test(binary)[1], atol=1e-6)
    np.testing.assert_allclose(found.values.sum(axis=1), 1)


def test_cross_validation_by_a_metric_that_is_no_mean(two: Path, tmp_path: Path) -> None:
    config = problem(two, training={"epochs": 2, "metrics": ["auc", "accuracy"]})
    study = cross_validate(config, folds=3, repeats=2, runs_dir=tmp_path)
    rows = rows_of(study.folder, "predictions.csv")
    assert study.summary["metric"] == "auc"
    by_repeat = []
    for repeat in (0, 1):
        mine = [row for row in rows if row["repeat"] == repeat]
        targets, scores = [r["target"] for r in mine], [r["p_1"] for r in mine]
        by_repeat.append(sklearn.roc_auc_score(targets, scores))
    assert study.summary["pooled"]["value"] == pytest.approx(np.mean(by_repeat))
    assert study.summary["pooled"]["interval"] is None
    table = rows_of(study.folder, "results.csv")
    assert [row["test_auc"] for row in table] == [
        fold["metrics"]["test"]["auc"] for fold in study.summary["folds"]
    ]
    assert not [name for name in table[0] if "per_class" in name]
    # A neighbour says 0 or 1: its AUC is the mean of the two classes' recalls.
    assert all(0 < value < 1 for value in study.summary["baseline"]["folds"])


@pytest.mark.parametrize("loss", ["absolute_error", {"huber": 0.5}])
def test_regression_is_pooled_and_compared_by_its_own_loss(tmp_path: Path, loss: Any) -> None:
    x = np.random.default_rng(0).normal(size=(60, 3))
    np.savez(tmp_path / "a.npz", x=x, y=x @ [1.0, -2.0, 0.5])
    config = problem(
        tmp_path / "a.npz", model=[{"dense": 1}], loss=loss, dataset={"task": "regression"}
    )
    study = cross_validate(config, folds=3, runs_dir=tmp_path / "runs")
    d = np.array(
        [row["target_0"] - row["predicted_0"] for row in rows_of(study.folder, "predictions.csv")]
    )
    far = np.abs(d)
    by_hand = far if loss == "absolute_error" else np.where(far < 0.5, d**2 / 2, far / 2 - 0.125)
    assert study.summary["pooled"]["value"] == pytest.approx(by_hand.mean(), rel=1e-5)
    folds = [fold["metrics"]["test"]["loss"] for fold in study.summary["folds"]]
    assert np.mean(folds) == pytest.approx(by_hand.mean(), rel=1e-5)


def test_optimizers_are_compared_by_the_first_metric(two: Path, tmp_path: Path) -> None:
    config = problem(two, training={"epochs": 1, "metrics": ["auc"]})
    study = compare(config, runs_dir=tmp_path)
    assert study.summary["metric"] == "auc"
    table = [row for row in rows_of(study.folder, "results.csv") if row["stage"] == "tuned"]
    for entry in study.summary["optimizers"]:
        mine = [row["test_auc"] for row in table if row["optimizer"] == entry["name"]]
        assert entry["mean"] == pytest.approx(np.mean(mine))
    assert "AUC" in study.summary["verdict"] or "auc" in study.summary["verdict"]


def test_a_diverged_fold_with_one_output_scores_the_trivial_predictor(
    two: Path, tmp_path: Path
) -> None:
    config = problem(
        two, model=ONE, loss="binary_cross_entropy", optimizer={"sgd": 1e30},
        training={"epochs": 1, "metrics": ["accuracy", "auc"]},
    )  # fmt: skip
    study = cross_validate(config, folds=3, runs_dir=tmp_path)
    for fold in study.summary["folds"]:
        assert fold["status"] == "diverged"
        assert fold["metrics"]["test"]["auc"] == 0.5
        assert fold["metrics"]["test"]["accuracy"] == pytest.approx(0.75)
        assert fold["metrics"]["test"]["loss"] == pytest.approx(0.562, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "binary_cross_entropy", "model": ONE}, "needs two classes; npz has 3"),
        (
            {"loss": {"cross_entropy": {"class_weights": [1, 2]}}},
            "loss.cross_entropy.class_weights: must be 3 numbers.* got 2",
        ),
        ({"training": {"metrics": ["top_5"]}}, "top_5 needs at least 6 classes; npz has 3"),
    ],
)
def test_what_does_not_fit_the_classes_is_told_before_training(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    config = problem(write_npz(tmp_path / "three.npz"), **changes)
    with pytest.raises(ConfigError, match=message):
        train(config, runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_two_outputs_are_too_many_for_binary_cross_entropy(two: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end with 1 number an example.*dense: 1"):
        train(problem(two, loss="binary_cross_entropy"), runs_dir=tmp_path)


def test_the_summary_is_json_and_says_each_class(two: Path, tmp_path: Path) -> None:
    config = problem(two, training={"epochs": 1, "metrics": ["recall", "precision"]})
    run = train(config, runs_dir=tmp_path)
    metrics = json.loads((run.folder / "summary.json").read_text())["metrics"]
    for part in ("train", "validation", "test"):
        found = metrics[part]
        for name in ("recall", "precision"):
            values = found["per_class"][name]
            assert list(values) == ["0", "1"]
            assert found[name] == pytest.approx(np.mean(list(values.values())))
