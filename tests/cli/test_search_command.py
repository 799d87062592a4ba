"""`cnnopt search` as it is typed: what stands on the screen, in JSON and in the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_problems import problem, write_npz

from cnnopt.cli import main
from cnnopt.config import dump_yaml

SPACE = ["--space", "optimizer.adam.learning_rate=log(1e-4, 1e-1)",
         "--space", "regularizers.l2=0, 1e-3"]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_npz(tmp_path / "data.npz", rows=60)
    config = problem(
        Path("data.npz"), dataset={"validation": 0.3}, training={"epochs": 3, "batch_size": 32}
    )
    (tmp_path / "config.yaml").write_text(dump_yaml(config))
    return tmp_path


def test_a_search_and_its_best_config(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["search", *SPACE, "--trials", "9", "--jobs", "1", "--json"]) == 0
    out, told = capsys.readouterr()
    summary = json.loads(out)
    assert summary["options"] == {
        "space": {
            "optimizer.adam.learning_rate": "log(1e-4, 1e-1)",
            "regularizers.l2": "0, 1e-3",
        },
        "method": "random",
        "trials": 9,
        "epochs": None,
        "seconds": None,
        "seeds": 2,
    }
    assert "9 random trials, 2 seeds each, judged by validation loss" in told
    assert "space     optimizer.adam.learning_rate: log(1e-4, 1e-1)" in told
    folder = Path(summary["folder"])
    plots = {path.name for path in (folder / "plots").iterdir()}
    assert plots == {"search_slices.png", "search_importance.png"}
    assert main.run(["runs", "show", "latest"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Loss on the validation part, best 9 of 9 (* within one error)" in shown
    assert "Importance: share of the variance of the ranks" in shown
    assert f"Verdict: {summary['verdict'].split('.')[0]}" in shown
    assert f"Train cnnopt train {folder / 'best.yaml'}" in shown
    assert main.run(["train", str(folder / "best.yaml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["test"]


def test_halving_tells_its_rungs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["search", *SPACE, "--method", "halving", "--trials", "9", "--jobs", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "halving: 9 for 1 epoch, then 3 for 3 epochs, 2 seeds each, judged by validation loss"
        in shown
    )
    assert "rung 1: 18 trials" in shown
    assert "rung trials epochs each diverged 1 9 1 0 2 3 3 0" in shown
    assert "Of the 9 trials of rung 1, 1 epoch each." in shown
    assert "of the 2 others that trained in full" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--space: needs one or more settings to vary. Write --space optimizer.adam.learning"),
        (["--space", "1e-3"], "--space: must read PATH=RANGE, got '1e-3'. Write optimizer"),
        (["--space", "=1,2"], "--space: must read PATH=RANGE"),
        (["--space", "a=1,2", "--space", "a=3,4"], "--space: a must be given once."),
        ([*SPACE, "--method", "hyperband"], "--method: must be a method, got hyperband. Known: "
         "random, grid, halving."),
        ([*SPACE, "--trials", "many"], "--trials"),
        ([*SPACE, "--seconds", "-1"], "--seconds: must be above 0, got -1.0."),
        (["--space", "optimizer.adm=1,2"], "--space optimizer.adm=1: optimizer"),
    ],
)  # fmt: skip
def test_what_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main.run(["search", *words]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not (here / "runs").exists()
