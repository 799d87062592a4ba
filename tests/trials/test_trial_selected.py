"""`predict` uses the weights that the run was tested with, whichever it selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import OFFICIAL, arrays_of, problem, rows_of, train, write_npz

from cnnopt import api

AVERAGE = [{"average_weights": {"ema": 0.9}}]


@pytest.mark.parametrize(
    ("select", "validation", "rules", "array"),
    [
        ("last", 0.1, AVERAGE, "average"),
        ("best", 0, AVERAGE, "average"),
        ("best", 0.1, AVERAGE, "best_weights"),
        ("last", 0.1, [{"average_weights": {"swa": 0.5}}], "average"),
        ("last", 0.1, [], "weights"),
        ("best", 0.1, [], "best_weights"),
    ],
)
def test_predictions_are_those_of_the_run(
    tmp_path: Path, select: str, validation: float, rules: list[Any], array: str
) -> None:
    data = write_npz(tmp_path / "data.npz", test_rows=40)
    config = problem(data, dataset=OFFICIAL | {"validation": validation}, regularizers=rules,
                     optimizer={"adam": 0.2},
                     training={"epochs": 6, "batch_size": 16, "select": select})  # fmt: skip
    run = train(config, runs_dir=tmp_path / "runs")
    arrays = arrays_of(run.folder)
    assert array in arrays
    with np.load(data) as given:
        np.savez(tmp_path / "test.npz", x=given["x_test"])
    told = api.predict(run.folder, [tmp_path / "test.npz"])
    rows = rows_of(run.folder, "predictions.csv")
    columns = [[row[f"p_{name}"] for row in rows] for name in told.classes]
    np.testing.assert_allclose(told.values, np.transpose(columns), rtol=1e-5, atol=1e-6)
    if array == "average":
        assert not np.array_equal(arrays["weights"], arrays["average"])
