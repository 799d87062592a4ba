"""The fits of a regression in a whole command: which rows, which values, and after a stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import after, problem, resume, rows_of, train, write_npz

from cnnopt import api
from cnnopt.config import load_config
from cnnopt.errors import ConfigError, Interrupted
from cnnopt.training.fit_trace import POINTS
from cnnopt.trials.splitting import split_of
from cnnopt.trials.trial import load_data

EXAMPLES = 400


def config(**changes: Any) -> dict[str, Any]:
    return {
        "name": "fitted",
        "dataset": {"name": "regression", "examples": EXAMPLES, "scale": "standard"},
        "model": [{"dense": 8}, "tanh", {"dense": 1}],
        "loss": "squared_error",
        "optimizer": {"adam": {"learning_rate": 0.01}},
        "training": {"steps": 12, "evaluate_every": 4, "batch_size": 16, "fits": True}
        | changes.pop("training", {}),
    } | changes


@pytest.mark.parametrize("averaged", [False, True])
def test_the_fit_is_what_the_network_says(averaged: bool, tmp_path: Path) -> None:
    rule = [{"average_weights": {"ema": 0.8}}] if averaged else []
    given = config(training={"select": "last"}, regularizers=rule)
    run = train(given, runs_dir=tmp_path / "runs")
    rows = rows_of(run.folder, "fits.csv")
    settings = load_config(given)
    data = load_data(settings)
    training = split_of(settings, None, data).parts()["train"]
    assert len(training) == 280 > POINTS
    assert [(r["epoch"], r["step"]) for r in rows] == [
        (row, 4 * row) for row in (1, 2, 3) for _ in range(POINTS)
    ]
    shown = [row["row"] for row in rows[:POINTS]]
    for group in range(3):
        assert [row["row"] for row in rows[group * POINTS :][:POINTS]] == shown
    x = data.x[shown, 0]
    assert (np.diff(x) >= 0).all()
    assert set(shown) <= set(training.tolist())
    assert (x[0], x[-1]) == (data.x[training].min(), data.x[training].max())
    np.savez(tmp_path / "x.npz", x=data.x[shown])
    last = api.predict(run.folder, [tmp_path / "x.npz"]).values[:, 0]
    np.testing.assert_allclose([r["predicted"] for r in rows[-POINTS:]], last, rtol=1e-6, atol=1e-7)
    assert abs(last - [r["predicted"] for r in rows[:POINTS]]).max() > 0.01, "it moves"


def test_a_short_training_part_is_kept_whole(tmp_path: Path) -> None:
    dataset = {"name": "regression", "examples": 40, "test": 0, "validation": 0}
    run = train(config(dataset=dataset), runs_dir=tmp_path)
    rows = rows_of(run.folder, "fits.csv")
    assert sorted(row["row"] for row in rows[:40]) == list(range(40))
    assert len(rows) == 3 * 40


def test_all_else_is_the_same_as_without(tmp_path: Path) -> None:
    on, off = (
        train(config(training={"fits": wanted}), runs_dir=tmp_path) for wanted in (True, False)
    )
    assert not (off.folder / "fits.csv").exists()
    for name in ("metrics.csv", "predictions.csv"):
        assert (on.folder / name).read_bytes() == (off.folder / name).read_bytes()


@pytest.mark.parametrize("calls", [3, 6, 10])
def test_a_stop_changes_no_byte(calls: int, tmp_path: Path) -> None:
    whole = train(config(), runs_dir=tmp_path / "whole")
    with pytest.raises(Interrupted):
        train(config(), runs_dir=tmp_path / "cut", stop=after(calls))
    run = resume("latest", runs_dir=tmp_path / "cut")
    for name in ("fits.csv", "metrics.csv"):
        assert (run.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_rows_that_a_kill_left_behind_are_made_again(tmp_path: Path) -> None:
    """Whole ones and a torn one, after the row of metrics that a checkpoint counts."""
    whole = train(config(), runs_dir=tmp_path / "whole")
    with pytest.raises(Interrupted):
        train(config(), runs_dir=tmp_path / "cut", stop=after(7))
    (folder,) = (tmp_path / "cut").iterdir()
    with (folder / "fits.csv").open("ab") as file:
        file.write(b"2,8,3,0.5\n2,8,7,0.25\n2,8,1")
    resume(folder)
    assert (folder / "fits.csv").read_bytes() == (whole.folder / "fits.csv").read_bytes()


def test_other_problems_are_refused(tmp_path: Path) -> None:
    classes = problem(write_npz(tmp_path / "data.npz"), training={"epochs": 1, "fits": True})
    x = np.random.default_rng(0).normal(size=(40, 2))
    np.savez(tmp_path / "two.npz", x=x, y=x[:, 0])
    dataset = {"name": "npz", "path": str(tmp_path / "two.npz"), "task": "regression"}
    for given in (classes, config(dataset=dataset)):
        with pytest.raises(ConfigError) as refused:
            train(given, runs_dir=tmp_path / "runs")
        assert [fault.path for fault in refused.value.faults] == ["training.fits"]
    assert not (tmp_path / "runs").exists()
