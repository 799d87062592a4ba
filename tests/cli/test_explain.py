"""`cnnopt explain optimizers`: tables for people, one document for scripts, a folder for later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnopt
from cnnopt import analysis
from cnnopt.analysis import surfaces
from cnnopt.cli import main
from cnnopt.errors import Interrupted, UsageError
from cnnopt.records import load_run
from cnnopt.records.tables import read_table
from cnnopt.trials.events import nobody

FILES = {"config.yaml", "meta.json", "summary.json", "results.csv", "tried.csv", "paths.csv"}
SHORT = ["--steps", "30", "--functions", "saddle,noisy"]


def explain(place: Path, *more: str) -> int:
    return main.run(["explain", "optimizers", "--runs-dir", str(place / "runs"), *more])


def test_tables_and_sentences_in_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert explain(tmp_path, *SHORT) == 0
    out, err = capsys.readouterr()
    assert err == ""
    (folder,) = (tmp_path / "runs").iterdir()
    lines = [line.rstrip() for line in out.splitlines() if str(folder) not in line]
    assert max(map(len, lines)) <= 80
    assert "Noisy quadratic: (w₁² + 5·w₂²)/2" in lines
    for name in ("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "lion"):
        assert sum(line.startswith(f"{name} ") for line in lines) >= 2
    assert "Off the saddle" in out
    assert sum(line.startswith("At the same rate") for line in lines) == 2
    for picture in ("paths_saddle", "rates_saddle", "paths_noisy", "rates_noisy"):
        assert str(folder / "plots" / f"{picture}.png") in out
        assert (folder / "plots" / f"{picture}.png").read_bytes().startswith(b"\x89PNG")


def test_one_json_document_and_a_folder_that_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(tmp_path, "--json", *SHORT, "--optimizers", "adam,sgd", "--seed", "4") == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document)[:5] == ["schema", "command", "status", "seconds", "folder"]
    assert (document["command"], document["status"]) == ("explain", "completed")
    assert (document["topic"], document["steps"], document["seed"]) == ("optimizers", 30, 4)
    folder = Path(document["folder"])
    record = load_run(folder)
    assert record.summary == document
    assert record.status == "completed"
    assert record.config["explain"]["optimizers"] == ["adam", "sgd"]
    assert {path.name for path in folder.iterdir() if path.name[0] != "."} == FILES | {"plots"}
    assert [function["name"] for function in document["functions"]] == ["saddle", "noisy"]
    saddle = document["functions"][0]
    assert saddle["minima"] == {"A": [0, 1], "B": [0, -1]}
    assert [row["optimizer"] for row in saddle["results"]] == ["adam", "sgd"]
    assert saddle["duel"] is None
    assert saddle["seen"]
    assert len(read_table(folder / "results.csv")) == 4
    tried = read_table(folder / "tried.csv")
    assert len(tried) == 4 * 13
    assert sum(row["chosen"] == "true" for row in tried) == 4
    for row in read_table(folder / "results.csv"):
        steps = [
            one
            for one in read_table(folder / "paths.csv")
            if (one["function"], one["optimizer"]) == (row["function"], row["optimizer"])
        ]
        assert len(steps) == 31
        assert steps[-1]["value"] == row["value"]


def test_the_same_numbers_again_and_others_with_another_seed(tmp_path: Path) -> None:
    def paths(seed: int) -> bytes:
        options = analysis.options_of(["adam"], ["noisy"], 20, seed)
        folder = analysis.explain_optimizers(options, tmp_path, lambda: False, nobody)
        return (folder / "paths.csv").read_bytes()

    assert paths(1) == paths(1)
    assert paths(1) != paths(2)


def test_quiet_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(tmp_path, "-q", "--steps", "10", "--functions", "ravine") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["optimisers"], "error: TOPIC: must be among optimizers, got 'optimisers'. Use: cnnopt"),
        ([], "error: cnnopt explain: missing argument 'TOPIC'."),
        (
            ["optimizers", "--optimizers", "sgd,adm"],
            "error: --optimizers: must be among sgd, momentum, ",
        ),
        (
            ["optimizers", "--functions", "beal"],
            "error: --functions: must be among ravine, rosenbrock, beale, ",
        ),
        (["optimizers", "--functions", ","], "error: --functions: must be names with commas"),
        (["optimizers", "--optimizers", "sgd,sgd"], "error: --optimizers: must be different"),
        (["optimizers", "--steps", "9"], "error: cnnopt explain: invalid value for '--steps'"),
        (["optimizers", "--seed", "-1"], "error: cnnopt explain: invalid value for '--seed'"),
    ],
)
def test_wrong_usage_is_told_in_one_line_and_nothing_is_written(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.run(["explain", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(message)
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_nearest_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["explain", "optimizers", "--functions", "beal"]) == 2
    assert capsys.readouterr().err.endswith("got beal. Did you mean beale?\n")


def test_the_help_names_the_functions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["explain", "--help"]) == 0
    words = set(capsys.readouterr().out.replace(",", " ").replace(";", " ").split())
    assert set(surfaces.SURFACES) <= words


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 9}, "--steps: must be at least 10, got 9"),
        ({"seed": -1}, "--seed: must be at least 0, got -1"),
        ({"functions": []}, "--functions: must be different names, got none"),
    ],
)
def test_the_function_refuses_what_the_command_does(
    wrong: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        cnnopt.explain_optimizers(runs_dir=tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


def test_a_lesson_that_is_stopped_says_so_and_is_not_resumed(tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="start anew with: cnnopt explain optimizers"):
        cnnopt.explain_optimizers(runs_dir=tmp_path, stop=lambda: True)
    (folder,) = tmp_path.iterdir()
    assert load_run(folder).status == "interrupted"
    with pytest.raises(UsageError, match="a lesson is not resumed"):
        cnnopt.resume(folder)


def test_runs_list_and_show_know_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = tmp_path / "runs"
    assert explain(tmp_path, "-q", "--steps", "10", "--functions", "ravine") == 0
    assert main.run(["runs", "list", "--runs-dir", str(runs)]) == 0
    assert "explain-optimizers" in capsys.readouterr().out
    assert main.run(["runs", "show", "latest", "--runs-dir", str(runs)]) == 0
    assert "Quadratic ravine" in capsys.readouterr().out
