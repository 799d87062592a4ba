"""What is typed wrong is told in one line, with the command whose help to read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cnnopt import __version__
from cnnopt.cli import main


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main.run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "error: cnnopt: no such command 'trian'. Did you mean 'train'?"),
        (["cv", "--fold"], "error: cnnopt cv: no such option: --fold. Did you mean --folds"),
        (["train", "--jobs", "2"], "error: cnnopt train: no such option: --jobs."),
        (["train", "a.yaml", "b.yaml"], "error: cnnopt train: got unexpected extra argument"),
        (["runs"], "error: cnnopt runs: missing command."),
        (["runs", "show"], "error: cnnopt runs show: missing argument 'RUN'."),
        (["resume"], "error: cnnopt resume: missing argument 'RUN'."),
        (["train", "-q", "-v"], "error: --quiet and --verbose cannot both be given."),
        (["predict", "latest"], "error: There is nothing to predict. Name files:"),
        (["runs", "compare", "a"], "error: A comparison needs two runs or more."),
        (["compare-optimizers", "--optimizers", ","], "error: --optimizers: must be names"),
        (["compare-optimizers", "--configs", ","], "error: --configs: must be names"),
        (
            ["compare-optimizers", "a.yaml", "--configs", "b.yaml,c.yaml"],
            "error: --configs and a config cannot both be given.",
        ),
        (
            ["compare-optimizers", "--epochs", "2", "--budget", "9"],
            "error: --epochs and --budget set the same thing.",
        ),
        (["compare"], "error: compare: needs two or more arms, got 0. "),
        (["compare", "--arm", "a"], "error: compare: needs two or more arms, got 1. "),
        (
            ["compare", "--arm", ""],
            "error: --arm: must read NAME or NAME: PATH=VALUE; ..., got ''.",
        ),
        (["compare", "--arm", "seed=1"], "error: --arm: must read NAME or NAME: PATH=VALUE"),
        (["compare", "--arm", "a", "--arm", "a: seed=1"], "error: --arm: a must be given once."),
        (["compare", "--tune", "x"], "error: --tune: must read PATH=VALUE,VALUE, a path once"),
        (["compare", "--tune", "x=,"], "error: --tune: must read PATH=VALUE,VALUE, a path once"),
        (["compare", "--tune", "x=1", "--tune", "x=2"], "error: --tune: must read PATH=VALUE,"),
        (["run"], "error: cnnopt run: missing argument 'STUDY'."),
        (["run", "nowhere.yaml"], "nowhere.yaml: no such file."),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(arguments, capsys).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        (["train", "--seed"], 0),
        (["train", "--threads"], 1),
        (["cv", "--folds"], 1),
        (["cv", "--repeats"], 1),
        (["cv", "--jobs"], 1),
        (["compare-optimizers", "--trials"], 1),
        (["compare-optimizers", "--seeds"], 1),
        (["compare-optimizers", "--epochs"], 1),
        (["compare-optimizers", "--budget"], 1),
        (["compare", "--seeds"], 1),
        (["resume", "latest", "--epochs"], 1),
    ],
)
@pytest.mark.parametrize("value", ["x", "1.5", "-1", "nan", ""])
def test_numbers_are_whole_and_in_range(
    arguments: list[str], least: int, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message = told([*arguments, value], capsys)
    assert f"must be a whole number of at least {least}, got '{value}'." in message
    assert arguments[-1] in message


def test_nothing_typed_is_a_question_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([]) == 0
    bare = capsys.readouterr().out
    assert main.run(["--help"]) == 0
    assert capsys.readouterr().out == bare
    for command in (
        "train",
        "cv",
        "compare-optimizers",
        "compare",
        "run",
        "resume",
        "predict",
        "runs",
        "data",
    ):
        assert f" {command} " in bare


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == f"cnnopt {__version__}\n"


def test_the_module_can_be_run() -> None:
    command = [sys.executable, "-m", "cnnopt", "trian"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: cnnopt: no such command")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m cnnopt --help | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "0"
    assert done.stderr == ""


def test_runs_of_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["runs", "list", "--runs-dir", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_init_writes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.run(["init"]) == 0
    text = (tmp_path / "config.yaml").read_text()
    assert capsys.readouterr().out == "Wrote config.yaml. Train with it: cnnopt train\n"
    (tmp_path / "config.yaml").write_text("mine")
    assert told(["init"], capsys).startswith("error: config.yaml exists and is left as it is.")
    assert (tmp_path / "config.yaml").read_text() == "mine"
    assert main.run(["init", "other.yaml"]) == 0
    assert (tmp_path / "other.yaml").read_text() == text


def test_schema_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12/")
