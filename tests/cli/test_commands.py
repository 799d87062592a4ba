"""The commands on a real, small run: what a person and what a script gets."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnopt.cli import main

SMALL = """\
name: small
dataset: {name: digits, limit: 300}
model: [flatten, {dense: 16}, relu, {dense: classes}]
loss: cross_entropy
optimizer: adam
training: {epochs: 3}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config and one finished run."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "config.yaml").write_text(SMALL)
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert main.run(["train", "-q"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(place)
    return place


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_train_says_what_why_and_where(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["train", "--set", "training.epochs=2"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "config.yaml" in out.splitlines()[0]
    assert sum(line.startswith("epoch ") for line in out.splitlines()) == 2
    assert "epoch 2 of 2: loss " in out
    assert "learning_curves.png" in out
    assert "cnnopt predict runs/" in out


def test_quiet_is_silent(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main.run(["train", "-q", "--set", "training.epochs=1"]) == 0
    assert capfd.readouterr() == ("", "")


def test_json_is_on_stdout_and_the_rest_on_stderr(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["train", "--json", "--set", "training.epochs=1"]) == 0
    out, err = capsys.readouterr()
    summary = json.loads(out)
    assert summary["status"] == "completed"
    assert Path(summary["folder"]).is_dir()
    assert "epoch 1 of 1: loss " in err


def test_a_fault_leaves_nothing_behind(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(here.rglob("*"))
    assert main.run(["train", "--set", "optimizer.adam.learning_rate=-1"]) == 2
    assert "optimizer.adam.learning_rate" in capsys.readouterr().err
    assert sorted(here.rglob("*")) == before


def test_divergence_is_told_with_its_code(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "train",
        "--json",
        "--set",
        "optimizer=sgd",
        "--set",
        "optimizer.sgd.learning_rate=1e30",
    ]
    assert main.run(words) == 3
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["status"], told["exit_code"]) == ("diverged", 3)
    assert Path(told["folder"]).is_dir()
    assert "Traceback" not in err


def test_a_run_is_listed_shown_and_compared(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["runs", "list", "--json"]) == 0
    rows = document(capsys)
    first = Path(rows[0]["folder"]).name
    assert rows[0]["status"] == "completed"
    assert rows[0]["result"].startswith("accuracy ")
    assert main.run(["runs", "show", first]) == 0
    shown = capsys.readouterr().out
    assert "small: completed" in shown
    assert "validation" in shown
    assert main.run(["train", "--json", "--seed", "5"]) == 0
    second = Path(document(capsys)["folder"]).name
    assert main.run(["runs", "compare", first, second, "--json"]) == 0
    told = document(capsys)
    assert told["settings"]["seed"] == [0, 5]
    assert Path(told["plot"]).read_bytes().startswith(b"\x89PNG")


def test_predictions_as_table_csv_and_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    np.savez(here / "two.npz", x=np.zeros((2, 8, 8, 1)))
    run = sorted((here / "runs").glob("*-small-*"))[0].name
    assert main.run(["predict", run, "--input", "two.npz", "--output", "out.csv"]) == 0
    out = capsys.readouterr().out
    assert out.count("two.npz[") == 2
    with (here / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert main.run(["predict", run, "two.npz", "--json"]) == 0
    assert len(document(capsys)) == 2


def test_going_on_for_longer(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = sorted((here / "runs").glob("*-small-*"))[0].name
    assert main.run(["resume", run, "--epochs", "4", "--json"]) == 0
    assert document(capsys)["epochs"] == 4


def test_ctrl_c_saves_and_says_how_to_go_on(place: Path) -> None:
    long = ["--set", "training.epochs=100000", "--set", "dataset.limit=100"]
    command = [sys.executable, "-m", "cnnopt", "train", *long]
    with subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("epoch "):
                break
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "cnnopt resume runs/" in err
    assert "Traceback" not in err
