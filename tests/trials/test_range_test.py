"""The range test as a whole: a case whose answer is known, same bits, interruption, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import after, all_files, arrays_of, problem, rows_of, write_npz

import cnnopt
from cnnopt.cli import main
from cnnopt.config import load_config
from cnnopt.errors import ConfigError, Interrupted, UsageError
from cnnopt.records import load_run
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

LINEAR: dict[str, Any] = {
    "name": "linear",
    "dataset": {"name": "regression", "examples": 200, "noise": 0.03, "scale": "none"},
    "model": [{"dense": 1}],
    "loss": "squared_error",
    "optimizer": {"sgd": {"learning_rate": 0.5}},
    "training": {"epochs": 1, "batch_size": "full"},
}


def most_curved(config: dict[str, Any]) -> float:
    """Return the largest eigenvalue of the squared error's second derivative, of weight and bias.

    The mean of (x·w + b - y)² has 2·mean([x, 1]ᵀ[x, 1]) for it, wherever w and b are.
    """
    settings = load_config(config)
    x = prepare_trial(settings, None, load_data(settings)).task.parts["train"].x
    x = np.hstack([x.reshape(len(x), -1), np.ones((len(x), 1))]).astype(np.float64)
    return float(np.linalg.eigvalsh(2 * x.T @ x / len(x))[-1])


def range_test(config: Any, tmp_path: Path, **options: Any) -> cnnopt.Run:
    return cnnopt.range_test(config, runs_dir=tmp_path / "runs", threads=1, **options)


@pytest.mark.parametrize("steps", [60, 200])
def test_gradient_descent_on_a_quadratic_ends_above_two_over_the_curvature(
    steps: int, tmp_path: Path
) -> None:
    bound = 2 / most_curved(LINEAR)
    run = range_test(LINEAR, tmp_path, low=bound / 1e4, high=bound * 1e4, steps=steps)
    found = run.summary
    assert found["diverged_at"] > bound
    assert bound / 1e3 < found["suggested_rate"] < bound
    assert found["suggested_rate"] <= found["lowest_loss_rate"]
    table = rows_of(run.folder, "range_test.csv")
    growing = [i for i in range(1, len(table)) if table[i]["loss"] > table[i - 1]["loss"] + 1e-6]
    # The first loss that grows follows the first rate above the bound, or comes later.
    assert table[growing[0] - 1]["learning_rate"] > bound


def test_the_rates_of_the_table_are_those_of_the_steps(tmp_path: Path) -> None:
    """Gradient descent written out in float64, with the rates of the row, has the same losses."""
    run = range_test(LINEAR, tmp_path, low=1e-3, high=0.1, steps=20)
    rates = [row["learning_rate"] for row in rows_of(run.folder, "range_test.csv")]
    np.testing.assert_allclose(rates, np.geomspace(1e-3, 0.1, 20), rtol=1e-13)
    settings = load_config(LINEAR)
    part = prepare_trial(settings, None, load_data(settings)).task.parts["train"]
    x, y = part.x.reshape(-1).astype(np.float64), part.y.reshape(-1).astype(np.float64)
    design = np.stack([x, np.ones_like(x)], axis=1)
    start = cnnopt.train(
        LINEAR, ["training.epochs=1", "optimizer.sgd.learning_rate=1e-30"],
        runs_dir=tmp_path / "start", threads=1,
    )  # fmt: skip
    w = arrays_of(start.folder)["weights"].astype(np.float64)
    losses = []
    for rate in rates:
        error = design @ w - y
        losses.append(float(np.mean(error**2)))
        w = w - rate * 2 * design.T @ error / len(y)
    made = [row["loss"] for row in rows_of(run.folder, "range_test.csv")]
    np.testing.assert_allclose(made, losses, rtol=1e-5)


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    return problem(write_npz(tmp_path / "data.npz"), regularizers=[{"early_stopping": 1}])


def test_the_same_seed_gives_the_same_bytes(config: dict[str, Any], tmp_path: Path) -> None:
    one = range_test(config, tmp_path, steps=30)
    two = cnnopt.range_test(config, runs_dir=tmp_path / "runs", threads=2, steps=30)
    other = range_test(config, tmp_path, steps=30, seed=5)
    table, picture = "range_test.csv", "plots/range_test.png"
    assert (one.folder / table).read_bytes() == (two.folder / table).read_bytes()
    assert (one.folder / picture).read_bytes() == (two.folder / picture).read_bytes()
    assert (one.folder / table).read_bytes() != (other.folder / table).read_bytes()


def test_the_configs_rate_schedule_and_held_out_rows_have_no_effect(
    config: dict[str, Any], tmp_path: Path
) -> None:
    table = (range_test(config, tmp_path, steps=30).folder / "range_test.csv").read_bytes()
    with np.load(config["dataset"]["path"]) as data:
        arrays = dict(data)
    settings = load_config(config)
    parts = prepare_trial(settings, None, load_data(settings)).task.parts
    for name in ("validation", "test"):
        arrays["x"][parts[name].rows] = 1e6
    np.savez(tmp_path / "other.npz", **arrays)
    other = config | {
        "dataset": {"name": "npz", "path": str(tmp_path / "other.npz")},
        "optimizer": {"adam": {"learning_rate": 5.0}},
        "schedule": {"plateau": {"patience": 1}},
        "training": config["training"] | {"epochs": 9, "health": True},
    }
    assert (range_test(other, tmp_path, steps=30).folder / "range_test.csv").read_bytes() == table


def test_by_default_it_has_a_hundred_steps_or_two_epochs(
    config: dict[str, Any], tmp_path: Path
) -> None:
    assert range_test(config, tmp_path, high=1e-3).summary["planned_steps"] == 100
    many = config | {"training": {"epochs": 1, "batch_size": 1}}
    rows = len(load_data(load_config(config)).y)
    run = range_test(many, tmp_path, high=1e-3)
    assert run.summary["planned_steps"] == 2 * round(0.7 * rows)
    assert run.summary["diverged_at"] is None
    assert run.summary["ended_by"] == "last_step"


def test_a_loss_that_is_not_finite_is_a_result(config: dict[str, Any], tmp_path: Path) -> None:
    wild = config | {"optimizer": "sgd", "dataset": config["dataset"] | {"scale": "none"}}
    run = range_test(wild, tmp_path, low=1e-3, high=1e38, steps=20)
    assert run.summary["status"] == "completed"
    assert run.summary["ended_by"] in ("not_finite", "too_high")
    rows = rows_of(run.folder, "range_test.csv")
    assert run.summary["steps"] == len(rows) < 20
    assert run.summary["diverged_at"] >= rows[-1]["learning_rate"]
    assert np.isfinite([row["loss"] for row in rows]).all()


def test_interrupted_it_keeps_its_steps_and_is_not_resumed(
    config: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(Interrupted, match=r"after step 12 of 30; .*range_test.csv") as error:
        range_test(config, tmp_path, steps=30, stop=after(13))
    assert error.value.exit_code == 130
    (folder,) = (tmp_path / "runs").iterdir()
    assert load_run(folder).status == "interrupted"
    assert len(rows_of(folder, "range_test.csv")) == 12
    before = all_files(folder)
    with pytest.raises(UsageError, match="a range test is not gone on with"):
        cnnopt.resume(folder)
    assert all_files(folder) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--low", "1", "--high", "0.1"], "--low: must be below --high, got 1 and 0.1."),
        (["--low", "1", "--high", "1"], "--low: must be below --high"),
        (["--low", "0"], "--low: must be a finite number above 0, got 0."),
        (["--high", "inf"], "--high: must be a finite number above 0, got inf."),
        (["--low", "nan"], "--low: must be a finite number above 0, got nan."),
        (["--steps", "9"], "must be a whole number of at least 10, got '9'."),
        (["--steps", "x"], "must be a whole number of at least 10, got 'x'."),
    ],
)
def test_wrong_options_are_told_in_one_line(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.run(["range-test", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_config_is_told_before_anything_is_written(
    config: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError):
        range_test(config | {"optimizer": "sgdd"}, tmp_path)
    with pytest.raises(UsageError, match="--steps"):
        range_test(config, tmp_path, steps=9)
    assert not (tmp_path / "runs").exists()


def test_the_command_suggests_in_a_sentence_and_as_json(
    config: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(json.dumps(config))
    words = ["range-test", "--low", "1e-5", "--high", "100", "--steps", "60"]
    assert main.run([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert "config.yaml" in err
    keys = "schema command status seconds folder lowest_loss_rate steepest_rate suggested_rate"
    assert {*keys.split(), "diverged_at"} <= document.keys()
    assert document["suggested_rate"] == document["steepest_rate"]
    assert main.run([*words, "--seed", "0"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"Suggested learning rate: {document['suggested_rate']:.2g}" in out
    assert "on the training part, one seed" in out
    assert main.run([*words, "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert (Path(document["folder"]) / "plots" / "range_test.png").is_file()
    assert main.run(["runs", "show", document["folder"]]) == 0
    assert "Suggested learning rate" in capsys.readouterr().out
    assert main.run(["resume", document["folder"]]) == 2
    assert capsys.readouterr().err.count("\n") == 1
