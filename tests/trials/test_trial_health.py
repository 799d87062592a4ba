"""Training health in whole commands: its file, the same bits without it, and after a stop."""

from pathlib import Path

import pytest
from small_problems import CONV_NET, after, cross_validate, problem, resume, train, write_npz

from cnnopt.errors import Diverged, Interrupted
from cnnopt.records.tables import read_table

ON = {"epochs": 4, "batch_size": 16, "health": True}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_npz(tmp_path / "data.npz")


def test_a_run_has_one_row_for_each_epoch_and_layer(data: Path, tmp_path: Path) -> None:
    run = train(problem(data, model=CONV_NET, training=ON), runs_dir=tmp_path / "runs")
    rows = read_table(run.folder / "health.csv")
    layers = ["conv2d_1", "relu_1", "dense_1"]
    assert [(row["epoch"], row["layer"]) for row in rows] == [
        (str(epoch), layer) for epoch in range(1, 5) for layer in layers
    ]
    assert "gradient_norm" not in (run.folder / "metrics.csv").read_text()
    for row in rows:
        assert bool(row["dead"]) == (row["layer"] == "relu_1")
        assert bool(row["gradient_norm"]) == bool(row["update_ratio"]) != bool(row["dead"])


def test_all_else_is_the_same_as_without(data: Path, tmp_path: Path) -> None:
    on, off = (
        train(problem(data, model=CONV_NET, training=ON | {"health": wanted}), runs_dir=tmp_path)
        for wanted in (True, False)
    )
    assert not (off.folder / "health.csv").exists()
    for name in ("metrics.csv", "predictions.csv"):
        assert (on.folder / name).read_bytes() == (off.folder / name).read_bytes()


@pytest.mark.parametrize("calls", [3, 6, 9])
def test_a_stop_changes_no_figure(calls: int, data: Path, tmp_path: Path) -> None:
    config = problem(data, model=CONV_NET, training=ON)
    whole = train(config, runs_dir=tmp_path / "whole")
    with pytest.raises(Interrupted):
        train(config, runs_dir=tmp_path / "cut", stop=after(calls))
    run = resume("latest", runs_dir=tmp_path / "cut")
    for name in ("health.csv", "metrics.csv"):
        assert (run.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_trials_of_a_study_have_their_own(data: Path, tmp_path: Path) -> None:
    run = cross_validate(problem(data, training=ON), folds=2, runs_dir=tmp_path / "runs")
    assert len(list(run.folder.glob("trials/*/health.csv"))) == 2


def test_a_diverged_run_says_where_in_its_summary(data: Path, tmp_path: Path) -> None:
    config = problem(data, optimizer={"sgd": {"learning_rate": 1e30}}, training=ON)
    with pytest.raises(Diverged, match="It began in the layer dense_2"):
        train(config, runs_dir=tmp_path / "runs")
    (folder,) = (tmp_path / "runs").iterdir()
    assert "It began in the layer dense_2" in (folder / "summary.json").read_text()
