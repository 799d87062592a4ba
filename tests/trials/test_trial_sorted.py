"""`dataset.sort: label`: the training part in the order of its labels, and nothing else moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import problem, write_npz

from cnnopt.config import load_config
from cnnopt.splits import Place
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import load_data


def prepared(config: dict[str, Any], sort: str | None, fold: Place | None = None) -> Prepared:
    settings = load_config(config, [f"dataset.sort={sort}"] if sort else [])
    return prepare_trial(settings, fold, load_data(settings))


def regression() -> dict[str, Any]:
    return {
        "dataset": {"name": "regression", "examples": 300},
        "model": [{"dense": 1}], "loss": "squared_error", "optimizer": "sgd",
        "training": {"epochs": 1},
    }  # fmt: skip


@pytest.fixture(params=["classes", "numbers", "fold"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Prepared, Prepared]:
    config = regression()
    if request.param != "numbers":
        config = problem(write_npz(tmp_path / "data.npz"), cv={"scheme": "stratified", "folds": 3})
    fold = Place(0, 1) if request.param == "fold" else None
    return prepared(config, "label", fold), prepared(config, None, fold)


def test_the_training_part_is_in_the_order_of_its_labels(
    both: tuple[Prepared, Prepared],
) -> None:
    mine, plain = (each.task.parts["train"] for each in both)
    assert (np.diff(plain.rows) > 0).all()
    expected = sorted(range(len(plain)), key=lambda place: float(plain.y[place].item()))
    np.testing.assert_array_equal(mine.rows, plain.rows[expected])
    np.testing.assert_array_equal(mine.y, plain.y[expected])
    np.testing.assert_array_equal(mine.x, plain.x[expected])


def test_all_else_is_untouched(both: tuple[Prepared, Prepared]) -> None:
    mine, plain = both
    assert mine.scaler.to_json() == plain.scaler.to_json()
    others = [name for name in plain.task.parts if name != "train"]
    assert others
    for name in others:
        for what in ("rows", "x", "y"):
            np.testing.assert_array_equal(
                getattr(mine.task.parts[name], what), getattr(plain.task.parts[name], what)
            )
