"""The word for a fit: thresholds by hand, the interval against a formula, whole runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_problems import problem, train, write_npz

from cnnopt.trials.fit_word import gap_interval, word_of


@pytest.mark.parametrize(
    ("train_error", "gap", "low", "word"),
    [
        (0.0, 0.3, 0.2, "memorizing"),
        (0.0179, 0.181, 0.1, "memorizing"),
        (0.019, 0.18, 0.1, "over-fitting"),  # more than 2 % of 0.9 is not by heart
        (0.0, 0.17, 0.1, "over-fitting"),
        (0.0, 0.02, 0.001, "over-fitting"),
        (0.0, 0.02, 0.0, "fitting"),  # the interval holds 0
        (0.0, 0.017, 0.01, "fitting"),  # less than 2 % of 0.9
        (0.46, 0.05, 0.02, "under-fitting"),
        (0.46, 0.1, 0.05, "over-fitting"),
        (0.44, 0.0, -0.1, "fitting"),
        (0.9, -0.1, -0.2, "under-fitting"),
    ],
)
def test_words_at_their_thresholds(train_error: float, gap: float, low: float, word: str) -> None:
    assert word_of(train_error, gap, low, 0.9) == word


def test_the_interval_is_that_of_two_independent_means() -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(0, 1, 400), generator.normal(1, 2, 300)
    low, high = gap_interval(a, b, np.random.default_rng(1))
    middle, error = b.mean() - a.mean(), np.hypot(a.std() / 20, b.std() / np.sqrt(300))
    assert low == pytest.approx(middle - 1.96 * error, abs=0.02)
    assert high == pytest.approx(middle + 1.96 * error, abs=0.02)
    assert gap_interval(np.zeros(9), np.zeros(9), generator) == (0.0, 0.0)


def test_a_net_that_learns_random_labels_by_heart_is_said_to(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    x, y = generator.normal(size=(150, 6, 6)), generator.integers(0, 3, 150)
    np.savez(tmp_path / "data.npz", x=x, y=y)
    config = problem(
        tmp_path / "data.npz",
        dataset={"validation": 0.3},
        model=["flatten", {"dense": 128}, "relu", {"dense": "classes"}],
        training={"epochs": 60, "batch_size": 16, "select": "last"},
    )
    fit = train(config, runs_dir=tmp_path / "runs").summary["fit"]
    assert fit["word"] == "memorizing"
    low, high = fit["interval"]
    assert 0.3 < low < fit["gap"] < high


def test_a_net_that_has_learnt_nothing_is_under_fitting(tmp_path: Path) -> None:
    config = problem(
        write_npz(tmp_path / "data.npz"),
        optimizer={"sgd": 1e-6},
        training={"epochs": 1, "batch_size": 16},
    )
    assert train(config, runs_dir=tmp_path / "runs").summary["fit"]["word"] == "under-fitting"


def test_a_regression_is_judged_by_its_loss(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(120, 3))
    np.savez(tmp_path / "data.npz", x=x, y=x @ np.ones((3, 1)) + 0.5)
    config = problem(
        tmp_path / "data.npz",
        model=[{"dense": 1}],
        loss="squared_error",
        optimizer={"adam": 0.1},
        training={"epochs": 40, "batch_size": 16},
    )
    fit = train(config, runs_dir=tmp_path / "runs").summary["fit"]
    assert fit["word"] == "fitting"
    assert fit["trivial"] == pytest.approx(3, rel=0.9)
