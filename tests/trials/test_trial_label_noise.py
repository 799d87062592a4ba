"""Label noise in a trial: the training part alone errs, whoever trains on it, and it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score
from small_problems import blobs, problem, rows_of, train, write_npz

from cnnopt.config import load_config
from cnnopt.splits import Place
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import load_data

NOISE = {"regularizers": [{"label_noise": 0.4}]}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


def prepared(data: Path, fold: Place | None = None, **changes: Any) -> Prepared:
    config = load_config(problem(data, **changes))
    return prepare_trial(config, fold, load_data(config))


def test_the_training_part_alone_errs(data: Path) -> None:
    plain, noised = prepared(data), prepared(data, **NOISE)
    assert plain.task.parts.keys() == noised.task.parts.keys() == {"train", "validation", "test"}
    for name, part in noised.task.parts.items():
        clean = plain.task.parts[name]
        np.testing.assert_array_equal(part.x, clean.x)
        wrong = int((part.y != clean.y).sum())
        assert wrong == (round(0.4 * len(part)) if name == "train" else 0)
    assert plain.notes == ()
    n = len(plain.task.parts["train"])
    [note] = noised.notes
    assert f"{round(0.4 * n)} of {n} training labels are wrong" in note


def test_seeds_and_folds_agree_on_the_wrong_labels(data: Path) -> None:
    said: dict[int, set[int]] = {}
    changes: dict[str, Any] = {
        "regularizers": [{"label_noise": 1.0}],
        "cv": {"scheme": "k_fold", "folds": 5},
    }
    trials = [prepared(data, **changes), prepared(data, **changes, seed=5)]
    trials += [prepared(data, Place(0, fold), **changes) for fold in (0, 1)]
    for trial in trials:
        train_part = trial.task.parts["train"]
        for row, label in zip(train_part.rows, train_part.y, strict=True):
            said.setdefault(int(row), set()).add(int(label))
    assert len(said) > 80
    assert all(len(labels) == 1 for labels in said.values())


def test_class_weights_count_the_labels_that_are_trained_on(data: Path) -> None:
    loss = {"cross_entropy": {"class_weights": "balanced"}}
    trial = prepared(data, **NOISE, loss=loss)
    counts = np.bincount(trial.task.parts["train"].y, minlength=3)
    np.testing.assert_allclose(trial.task.class_weights, counts.sum() / (3 * counts))


def test_a_run_is_measured_on_true_labels_and_says_what_was_done(
    data: Path, tmp_path: Path
) -> None:
    run = train(problem(data, **NOISE), runs_dir=tmp_path)
    _, labels = blobs(90)
    rows = rows_of(run.folder, "predictions.csv")
    assert all(labels[row["row"]] == row["target"] for row in rows)
    wanted = accuracy_score([r["target"] for r in rows], [r["predicted"] for r in rows])
    assert run.summary["metrics"]["test"]["accuracy"] == wanted
    assert any("training labels are wrong" in note for note in run.summary["notes"])
    assert run.summary["turned"].keys() == {"loss", "accuracy"}


def test_numbers_are_blurred(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(90, 3))
    np.savez(tmp_path / "d.npz", x=x, y=x @ [1.0, 2.0, 3.0])
    keys: dict[str, Any] = {"loss": "squared_error", "model": [{"dense": 1}]}
    noise = {"regularizers": [{"label_noise": {"sd": 0.5}}]}
    plain, noised = (prepared(tmp_path / "d.npz", **keys, **each) for each in ({}, noise))
    for name, part in noised.task.parts.items():
        difference = part.y - plain.task.parts[name].y
        assert difference.std() == pytest.approx(0.5 if name == "train" else 0, abs=0.15)
    assert "sd 0.5" in noised.notes[0]
