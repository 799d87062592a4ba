"""`describe` and `gradcheck`: tables for people, one document for scripts, exit codes."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from cnnopt import api
from cnnopt.cli import main
from cnnopt.layers import Dense, Tanh

SMALL = """\
name: small
dataset: {name: digits, limit: 300}
model: [flatten, {dense: 16}, tanh, {dense: classes}]
loss: cross_entropy
optimizer: momentum
training: {epochs: 3}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def break_tanh(monkeypatch: pytest.MonkeyPatch) -> None:
    def backward(self: Tanh, s: Any, parameters: Any, gradients: Any) -> None:
        s.dx[...] = s.dy * (1 - s.y)

    monkeypatch.setattr(Tanh, "backward", backward)


def test_describe_shows_all_in_80_columns(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main.run(["describe"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert "config.yaml" in lines[0]
    for words in ("64 = 8·8·1", "1,210", "each of 16 from all 64", "momentum keeps 1 number"):
        assert words in out
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert sorted(path.name for path in here.iterdir()) == ["config.yaml"], "nothing is written"


def test_describe_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["describe", "--json", "--threads", "1", "--set", "optimizer=sgd"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["totals"]["parameters"] == 64 * 16 + 16 + 16 * 10 + 10
    assert document["slots"] == []
    assert document["dense_twin"] is None
    assert document["time"]["threads"] == 1
    assert "config.yaml" in err


def test_describe_draws_a_schedule_in_80_columns(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    assert main.run(["describe", "--schedule", "--set", "schedule={cosine: 1}"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "small: cosine after a warm-up of 1 epoch; 27 steps, 3 epochs of 9 steps" in out
    assert "█" in out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert "conv" not in out
    assert "parameters" not in out
    assert sorted(path.name for path in here.iterdir()) == ["config.yaml"], "nothing is written"


def test_describe_gives_a_schedule_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["describe", "config.yaml", "--schedule", "--json", "--set", "schedule={plateau: 2}"]
    assert main.run(words) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["step"] == list(range(1, 28))
    assert document["learning_rate"] == [0.01] * 27
    assert document["plateau"]["patience"] == 2


def test_threads_have_no_effect_on_a_schedule(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["describe", "--schedule", "--threads", "2"]) == 2
    assert "--threads: has no effect with --schedule" in capsys.readouterr().err


def test_gradcheck_passes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["gradcheck"]) == 0
    out, _ = capsys.readouterr()
    assert "All 10 gradients agree" in out
    assert "WRONG" not in out
    assert sorted(path.name for path in here.iterdir()) == ["config.yaml"]


def test_gradcheck_ends_in_8_where_a_layer_is_wrong(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_tanh(monkeypatch)
    assert main.run(["gradcheck"]) == 8
    out, err = capsys.readouterr()
    assert err == ""
    assert sum("WRONG" in line for line in out.splitlines()) == 2
    assert "2 of 10 gradients differ by more than 1e-06 of their size: tanh_1 by input" in out


def test_gradcheck_as_json_is_one_document_also_where_it_fails(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_tanh(monkeypatch)
    assert main.run(["gradcheck", "--json", "--seed", "5"]) == 8
    document = json.loads(capsys.readouterr().out)
    assert document["passed"] is False
    assert document["seed"] == 5
    wrong = [check["layer"] for check in document["checks"] if not check["passed"]]
    assert wrong == ["tanh_1", "network"]


def test_a_gradient_that_is_not_finite_is_null_in_the_document(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def backward(self: Dense, s: Any, parameters: Any, gradients: Any) -> None:
        """Write nothing."""

    monkeypatch.setattr(Dense, "backward", backward)
    assert main.run(["gradcheck", "--json"]) == 8
    checks = json.loads(capsys.readouterr().out)["checks"]
    weight = next(check for check in checks if check["tensor"] == "weight")
    assert weight["analytic"] is None
    assert weight["passed"] is False


@pytest.mark.parametrize("command", ["describe", "gradcheck"])
def test_a_fault_of_the_config_ends_in_2(
    command: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run([command, "config.yaml", "--set", "model.1.dense.units=0"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "model.1.dense.units" in err
    assert main.run([command, "--set", "model=[flatten,{dense: 3}]"]) == 2


@pytest.mark.parametrize("function", [api.describe, api.describe_schedule, api.gradcheck])
def test_the_functions_take_what_the_others_take(function: Any) -> None:
    parameters = list(inspect.signature(function).parameters)
    assert parameters[:2] == ["config", "overrides"]
    assert parameters[-1] == "listener"
