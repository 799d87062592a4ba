"""What `cv` says, recomputed by hand and by scikit-learn from its own tables."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from plain_splits import folds_of
from scipy import stats
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from small_problems import (
    OFFICIAL,
    blobs,
    cross_validate,
    problem,
    rows_of,
    train,
    write_npz,
)

from cnnopt.api import Run

ROWS, FOLDS = 100, 4


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=ROWS)


@pytest.fixture(scope="module")
def study(data: Path) -> Run:
    config = problem(data, dataset={"split_seed": 3})
    return cross_validate(config, folds=FOLDS, repeats=2, runs_dir=data.parent / "runs")


def rows_tested(repeat: int) -> list[np.ndarray]:
    _, labels = blobs(ROWS)
    return folds_of(ROWS, labels, scheme="stratified", folds=FOLDS, repeat=repeat, split_seed=3)


def test_the_folds_are_the_splitter_s(study: Run) -> None:
    predicted = rows_of(study.folder, "predictions.csv")
    for repeat in range(2):
        for fold, expected in enumerate(rows_tested(repeat)):
            mine = [
                row["row"] for row in predicted if (row["repeat"], row["fold"]) == (repeat, fold)
            ]
            assert mine == expected.tolist()
    assert any((a != b).any() for a, b in zip(rows_tested(0), rows_tested(1), strict=True))


def test_every_example_is_tested_once_in_each_repetition(study: Run) -> None:
    rows = rows_of(study.folder, "predictions.csv")
    for repeat in range(2):
        found = sorted(row["row"] for row in rows if row["repeat"] == repeat)
        assert found == list(range(ROWS))
    assert {row["part"] for row in rows} == {"test"}


def test_parts_of_a_fold_add_up(study: Run) -> None:
    for fold in study.summary["folds"]:
        assert fold["n_test"] == ROWS // FOLDS
        assert fold["n_train"] + fold["n_validation"] == ROWS - ROWS // FOLDS
        assert fold["n_validation"] == math.ceil(0.1 * (ROWS - ROWS // FOLDS)), "share of the rest"


def test_results_csv_has_a_row_a_fold_as_in_the_summary_and_no_times(study: Run) -> None:
    rows = rows_of(study.folder, "results.csv")
    assert [(row["repeat"], row["fold"]) for row in rows] == [
        (repeat, fold) for repeat in range(2) for fold in range(FOLDS)
    ]
    for row, fold in zip(rows, study.summary["folds"], strict=True):
        assert row["status"] == fold["status"] == "completed"
        assert row["best_epoch"] == fold["best_epoch"]
        for part, metrics in fold["metrics"].items():
            assert row[f"n_{part}"] == fold[f"n_{part}"]
            assert {name: row[f"{part}_{name}"] for name in metrics} == metrics
    assert not any("second" in name for name in rows[0])
    assert len({row["trial"] for row in rows}) == 2 * FOLDS


def test_mean_spread_and_corrected_interval_by_hand(study: Run) -> None:
    values = [row["test_accuracy"] for row in rows_of(study.folder, "results.csv")]
    n, mean = len(values), sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    ratio = (ROWS / FOLDS) / (ROWS - ROWS / FOLDS)  # the whole training part, validation included
    half = stats.t.ppf(0.975, n - 1) * math.sqrt((1 / n + ratio) * variance)
    assert variance > 0
    assert study.summary["metric"] == "accuracy"
    assert study.summary["mean"] == pytest.approx(mean)
    assert study.summary["sd"] == pytest.approx(math.sqrt(variance))
    assert study.summary["interval"] == pytest.approx([mean - half, mean + half])


def test_the_pooled_metric_is_that_of_all_predictions(study: Run) -> None:
    rows = rows_of(study.folder, "predictions.csv")
    right = np.mean([row["target"] == row["predicted"] for row in rows])
    pooled = study.summary["pooled"]
    assert pooled["value"] == pytest.approx(right)
    low, high = pooled["interval"]
    assert low < right < high
    assert pooled["n"] == ROWS


def test_test_metrics_of_a_fold_are_those_of_its_predictions(study: Run) -> None:
    rows = rows_of(study.folder, "predictions.csv")
    for fold in study.summary["folds"]:
        place = fold["repeat"], fold["fold"]
        mine = [row for row in rows if (row["repeat"], row["fold"]) == place]
        right = np.mean([row["target"] == row["predicted"] for row in mine])
        assert fold["metrics"]["test"]["accuracy"] == pytest.approx(right)


def test_the_baseline_is_one_nearest_neighbour_on_the_same_folds(study: Run) -> None:
    x, labels = blobs(ROWS)
    expected = []
    for repeat in range(2):
        for test in rows_tested(repeat):
            known = np.setdiff1d(np.arange(ROWS), test)
            # One channel: a single mean and scale, as of a column of all pixels.
            scaler = StandardScaler().fit(x[known].reshape(-1, 1))
            pixels = scaler.transform(x.reshape(-1, 1)).reshape(ROWS, -1)
            oracle = KNeighborsClassifier(1).fit(pixels[known], labels[known])
            expected.append(oracle.score(pixels[test], labels[test]))
    assert study.summary["baseline"]["name"] == "1-nearest-neighbour"
    assert study.summary["baseline"]["folds"] == pytest.approx(expected)
    assert study.summary["baseline"]["mean"] == pytest.approx(np.mean(expected))


def test_the_audit_of_clean_data_finds_nothing(study: Run) -> None:
    assert [entry["found"] for entry in study.summary["audit"]] == [0, 0, 0]
    keys = {"check", "found", "detail", "leak"}
    assert all(set(entry) == keys for entry in study.summary["audit"])


def test_the_audit_finds_planted_twins_across_folds_only(tmp_path: Path) -> None:
    x, labels = blobs(60)
    tests = folds_of(60, labels, scheme="stratified", folds=3, repeat=0, split_seed=0)
    apart = int(tests[0][0]), int(tests[1][0])
    together = int(tests[2][0]), int(tests[2][1])
    for one, other in (apart, together):
        x[other] = x[one]
    np.savez(tmp_path / "data.npz", x=x, y=labels)
    study = cross_validate(problem(tmp_path / "data.npz"), folds=3, runs_dir=tmp_path / "runs")
    twins = study.summary["audit"][0]
    assert "duplicates" in twins["check"]
    assert twins["found"] == 1
    assert all(str(row) in twins["detail"] for row in apart)
    assert str(max(together)) not in twins["detail"]


def test_an_official_test_part_is_in_no_fold(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz", rows=60, test_rows=30)
    study = cross_validate(problem(data, dataset=OFFICIAL), folds=3, runs_dir=tmp_path / "runs")
    tested = [row["row"] for row in rows_of(study.folder, "predictions.csv")]
    assert sorted(tested) == list(range(60))
    for fold in study.summary["folds"]:
        assert fold["n_train"] + fold["n_validation"] + fold["n_test"] == 60


def test_regression_is_cross_validated_by_k_fold_on_the_loss(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    x = generator.normal(size=(60, 5))
    y = x @ generator.normal(size=(5, 2)) + 1
    np.savez(tmp_path / "data.npz", x=x, y=y)
    config = problem(
        tmp_path / "data.npz",
        model=[{"dense": 8}, "tanh", {"dense": 2}],
        loss="squared_error",
    )
    study = cross_validate(config, folds=3, runs_dir=tmp_path / "runs")
    assert (study.summary["scheme"], study.summary["metric"]) == ("k_fold", "loss")
    rows = rows_of(study.folder, "predictions.csv")
    squares = [(row[f"target_{k}"] - row[f"predicted_{k}"]) ** 2 for row in rows for k in (0, 1)]
    assert study.summary["pooled"]["value"] == pytest.approx(np.mean(squares), rel=1e-5)
    expected = []
    for test in folds_of(60, None, scheme="k_fold", folds=3, repeat=0, split_seed=0):
        known = np.setdiff1d(np.arange(60), test)
        scaler = StandardScaler().fit(x[known])
        oracle = KNeighborsRegressor(1).fit(scaler.transform(x[known]), y[known])
        wrong = oracle.predict(scaler.transform(x[test])) - y[test]
        expected.append(np.mean(wrong**2))
    assert study.summary["baseline"]["folds"] == pytest.approx(expected, rel=1e-5)


def test_a_fold_is_the_training_that_train_would_do_on_its_rows(data: Path, tmp_path: Path) -> None:
    """The first fold's trial, made again by `train` with the fold's test rows as official ones."""
    study = cross_validate(problem(data), ["dataset.validation=0"], folds=4, runs_dir=tmp_path)
    x, labels = blobs(ROWS)
    test = folds_of(ROWS, labels, scheme="stratified", folds=4, repeat=0, split_seed=0)[0]
    known = np.setdiff1d(np.arange(ROWS), test)
    np.savez(
        tmp_path / "fold.npz", x=x[known], y=labels[known], x_test=x[test], y_test=labels[test]
    )
    config = problem(tmp_path / "fold.npz", dataset={**OFFICIAL, "validation": 0})
    alone = train(config, runs_dir=tmp_path / "train")
    fold = study.summary["folds"][0]
    assert fold["metrics"]["test"] == alone.summary["metrics"]["test"]
