"""Labels that nothing tells of: what nested cross-validation says of them, and a plain search.

50 data sets of 60 rows, 4 inputs, two classes of 30, their labels permuted; a linear model, 4
settings, 3 outer and 2 inner folds: 27 trainings of 0.02 s each. Folds are stratified and draws
independent of the labels, so that chance is exactly 0.5 on average. Measured: nested 0.503 with a
standard error of 0.010, the inner means of the settings chosen 0.548 with 0.006.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from folded_problems import LINEAR, points
from small_problems import cross_validate, problem

REPETITIONS = 50
CHANCE = 0.5
TUNE = {"optimizer.sgd.learning_rate": ["0.001", "1"], "training.batch_size": ["10", "40"]}


def estimates(folder: Path, seed: int, *, permuted: bool) -> tuple[float, float]:
    """Return the nested mean, and the mean of the inner values that the settings were chosen by."""
    x, labels = points(60, seed=seed)
    x[:, 0] += 2 * labels
    if permuted:
        labels = np.random.default_rng(seed).permutation(labels)
    np.savez(folder / "data.npz", x=x, y=labels)
    config = problem(
        folder / "data.npz",
        seed=seed,
        dataset={"validation": 0},
        model=LINEAR,
        optimizer={"sgd": {"learning_rate": 0.1}},
        training={"epochs": 2, "batch_size": 20, "select": "last"},
    )
    summary = cross_validate(
        config, folds=3, tune=TUNE, inner_folds=2, runs_dir=folder / "runs", fresh=True
    ).summary
    return summary["mean"], summary["tuning"]["inner_mean"]


@pytest.fixture(scope="module")
def permuted(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    folder = tmp_path_factory.mktemp("permuted")
    return np.array([estimates(folder, seed, permuted=True) for seed in range(REPETITIONS)])


def standard_error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def test_nested_cross_validation_says_chance(permuted: np.ndarray) -> None:
    nested = permuted[:, 0]
    assert standard_error(nested) < 0.015, "else anything would pass"
    assert abs(nested.mean() - CHANCE) < 2 * standard_error(nested)


def test_a_plain_search_says_more(permuted: np.ndarray) -> None:
    plain = permuted[:, 1]
    assert plain.mean() > CHANCE + 4 * standard_error(plain)
    more = plain - permuted[:, 0]
    assert more.mean() > 2 * standard_error(more)


def test_where_labels_are_told_of_both_find_it(tmp_path: Path) -> None:
    assert min(estimates(tmp_path, 0, permuted=False)) > 0.8
