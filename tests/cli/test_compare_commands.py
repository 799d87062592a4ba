"""`compare`, `run` and `--configs` as they are typed: what stands on the screen and in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from small_problems import in_a_hurry, problem, write_npz

from cnnopt.cli import main
from cnnopt.config import dump_yaml

SHORT = {"training": {"epochs": 1, "batch_size": 32}}
OPTIONS = ["--jobs", "1", "--json"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_npz(tmp_path / "data.npz", rows=60)
    config = problem(Path("data.npz"), **SHORT)
    for name in ("config", "other"):
        (tmp_path / f"{name}.yaml").write_text(dump_yaml(config | {"name": name}))
    return tmp_path


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Any, str]:
    """Return the summary and what was told on the way."""
    assert main.run([*words, *OPTIONS]) == 0
    out, err = capsys.readouterr()
    return json.loads(out), err


def test_arms_and_values_to_tune(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "--arm", "plain", "--seeds", "2",
             "--arm", "never: training.shuffle=never; optimizer={momentum: {learning_rate: 0.01}}",
             "--tune", "training.batch_size=16, 32"]  # fmt: skip
    summary, told = typed(capsys, *words)
    assert summary["options"] == {
        "arms": {
            "plain": [],
            "never": ["training.shuffle=never", "optimizer={momentum: {learning_rate: 0.01}}"],
        },
        "seeds": 2,
        "tune": {"training.batch_size": ["16", "32"]},
    }
    assert "plain, never: 2 settings each on 2 tuning seeds, then 2 paired seeds" in told
    plots = {path.name for path in Path(summary["folder"], "plots").iterdir()}
    assert plots == {"curves.png", "final_values.png"}
    assert main.run(["runs", "show", "latest"]) == 0
    shown = capsys.readouterr().out
    assert "plain: tuned to training.batch_size=" in shown
    assert "on the test part, 2 runs each" in shown
    assert f"Verdict: {summary['verdict'].split('.')[0]}" in " ".join(shown.split())


def test_a_study_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = (
        "extends: config.yaml\nstudy: {command: compare, seeds: 1, arms: {a: [], b: [seed=0]}}\n"
    )
    (here / "study.yaml").write_text(study)
    summary, _ = typed(capsys, "run", "study.yaml", "--set", "training.epochs=2", "--seed", "0")
    assert summary["command"] == "compare"
    assert [arm["name"] for arm in summary["arms"]] == ["a", "b"]
    assert main.run(["train", "study.yaml"]) == 2
    assert "study.yaml:2: study: unknown key. Run a study file with" in capsys.readouterr().err
    (here / "study.yaml").write_text(study.replace("seeds", "seed"))
    assert main.run(["run", "study.yaml"]) == 2
    assert "study.seed: compare has no such option. Did you mean seeds?" in capsys.readouterr().err


def test_several_problems(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare-optimizers", "--configs", "config.yaml,other.yaml", "--budget", "1",
             "--optimizers", "sgd,adam", "--trials", "1", "--seeds", "2"]  # fmt: skip
    with in_a_hurry(), patch("cnnopt.studies.compare_optimizers.COMMON", (0.01,)):
        summary, told = typed(capsys, *words)
    assert [table["name"] for table in summary["problems"]] == ["config", "other"]
    assert told.index("Problem config:") < told.index("Problem other:")
    assert main.run(["runs", "show", "latest"]) == 0
    assert "No ranks over 2 problems" in capsys.readouterr().out
