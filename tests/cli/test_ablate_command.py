"""`cnnopt ablate` as it is typed: what stands on the screen, in JSON and in the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_problems import problem, write_npz

from cnnopt.cli import main
from cnnopt.config import dump_yaml


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_npz(tmp_path / "data.npz", rows=60)
    config = problem(
        Path("data.npz"), dataset={"validation": 0.3, "test": 0.3},
        training={"epochs": 2, "batch_size": 16}, regularizers=[{"l2": 1e-3}],
    )  # fmt: skip
    (tmp_path / "config.yaml").write_text(dump_yaml(config))
    return tmp_path


def test_an_ablation(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["ablate", "--seeds", "2", "--jobs", "1", "--json"]) == 0
    out, told = capsys.readouterr()
    summary = json.loads(out)
    assert summary["options"] == {"parts": None, "seeds": 2, "sweep": {}}
    assert "ablate    baseline, l2 alone, dropout alone, all, all but l2" in told
    plots = {path.name for path in (Path(summary["folder"]) / "plots").iterdir()}
    assert plots == {"effects.png", "ablation_curves.png"}
    assert main.run(["runs", "show", "latest"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80 + len(str(here))
    text = " ".join(shown.split())
    assert "Accuracy on the test part, 2 runs each" in text
    assert (
        "On the same seeds, against baseline, of all but one against all; adjusted by Holm" in text
    )
    assert "Verdict: On mean test accuracy over 2 seeds" in text


def test_a_sweep(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ablate", "--sweep", "l2=1e-2,0", "--seeds", "2", "--jobs", "1"]
    assert main.run(words) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "sweep l2=0, l2=1e-2: 2 paired seeds" in shown
    assert "2 runs each; * best on validation" in shown
    (folder,) = (here / "runs").iterdir()
    assert (folder / "plots" / "sweep.png").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--parts", "l1"], "--parts: l1 is no part of this config. Known: l2, dropout."),
        (["--parts", ","], "--parts: must be names with commas between them"),
        (["--seeds", "1"], "must be a whole number of at least 2, got '1'"),
        (["--sweep", "l2"], "--sweep: must read PATH=VALUE,VALUE, a path once, got 'l2'."),
        (["--sweep", "l2=1e-4"], "--sweep: l2 must have two or more different values, got 1e-4."),
        (["--sweep", "l2=0,1", "--parts", "l2"], "--parts and --sweep cannot both be given."),
    ],
)
def test_what_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main.run(["ablate", *words]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not (here / "runs").exists()
