"""A model of a table meets other tables: their columns are told apart by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_problems import cross_validate, train

from cnnopt import api
from cnnopt.errors import DataError

ROWS = np.random.default_rng(0).normal(size=(60, 2)) * [1, 100]


def config(folder: Path) -> dict[str, object]:
    lines = [f"{a},note,{int(a > 0)},{b}" for a, b in ROWS]
    (folder / "train.csv").write_text("\n".join(["small,text,kind,large", *lines]) + "\n")
    dataset = {
        "name": "csv", "path": str(folder / "train.csv"), "target": "kind", "ignore": ["text"],
    }  # fmt: skip
    return {
        "dataset": dataset, "model": [{"dense": "classes"}], "loss": "cross_entropy",
        "optimizer": "adam", "training": {"epochs": 2}, "cv": {"folds": 2},
    }  # fmt: skip


def table(folder: Path, name: str, *columns: str) -> Path:
    by_name = {"small": ROWS[:, 0], "large": ROWS[:, 1]}
    lines = [
        ",".join(str(by_name[name][row]) if name in by_name else "x" for name in columns)
        for row in range(len(ROWS))
    ]
    (folder / name).write_text("\n".join([",".join(columns), *lines]) + "\n")
    return folder / name


@pytest.mark.parametrize("command", ["train", "cv"])
def test_the_order_of_columns_and_other_columns_change_nothing(
    tmp_path: Path, command: str
) -> None:
    if command == "train":
        folder = train(config(tmp_path), runs_dir=tmp_path / "runs").folder
    else:
        folder = cross_validate(config(tmp_path), refit=True, runs_dir=tmp_path / "runs").folder
    plain = api.predict(folder, [table(tmp_path, "a.csv", "small", "large")]).values
    assert np.ptp(plain[:, 0]) > 0.1, "the rows are to differ"
    for columns in (("large", "small"), ("large", "kind", "text", "small")):
        other = api.predict(folder, [table(tmp_path, "b.csv", *columns)]).values
        np.testing.assert_array_equal(other, plain)
    with pytest.raises(DataError, match=r"b\.csv:1: .* lacks: large"):
        api.predict(folder, [table(tmp_path, "b.csv", "small", "kind")])
