"""Every error ends in its exit code and one message, never in a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from cnnopt import errors
from cnnopt.cli import main
from cnnopt.cli.call import Call
from cnnopt.errors import ExitCode, Fault, Interrupted

CASES = [
    (errors.ConfigError(Fault("seed", "must be a whole number", "x", "", "a.yaml", 2)), 2),
    (errors.UsageError("wrong"), 2),
    (errors.DataError("missing"), 2),
    (errors.Diverged("the loss became NaN"), 3),
    (errors.CheckpointError("corrupt"), 4),
    (errors.LockedError("locked"), 5),
    (MemoryError(), 6),
    (errors.TrialsCrashed("2 of 5"), 7),
    (errors.WriteError("no space left"), 74),
    (Interrupted("saved"), 130),
    (Interrupted("saved", ExitCode.TERMINATED), 143),
    (KeyboardInterrupt(), 130),
    (typer.Abort(), 130),
    (ZeroDivisionError("division by zero"), 1),
]


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def app(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(main, "app", app)


@pytest.mark.parametrize(("error", "code"), CASES, ids=lambda case: type(case).__name__)
def test_errors_end_in_their_code_with_a_message_on_stderr(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(monkeypatch, error)
    assert main.run(["train"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert "Traceback" not in err


def test_every_kind_of_error_has_a_case() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    ours = {kind for kind in kinds if issubclass(kind, errors.CnnoptError)}
    assert ours - {errors.CnnoptError} <= {type(error) for error, _ in CASES}


def test_faults_of_a_config_stand_alone_so_that_editors_find_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, CASES[0][0])
    main.run(["train"])
    assert capsys.readouterr().err == "a.yaml:2: seed: must be a whole number, got x.\n"


def test_a_bug_says_what_it_is_and_how_to_see_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    main.run(["train"])
    assert capsys.readouterr().err == (
        "error: cnnopt has a bug here (ZeroDivisionError: division by zero). "
        "Run again with --traceback.\n"
    )
    main.run(["train", "--traceback"])
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), CASES, ids=lambda case: type(case).__name__)
def test_json_is_one_document_also_when_it_fails(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(monkeypatch, error)
    main.run(["cv", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["command"] == "cv"
    assert document["exit_code"] == code
    expected = {3: "diverged", 130: "interrupted", 143: "interrupted"}.get(code, "failed")
    assert document["status"] == expected
    assert document["folder"] is None


def test_json_of_a_failed_run_has_what_its_folder_says(tmp_path: Path) -> None:
    call = Call(folder=tmp_path)
    assert call.document("train", ValueError("x"), 1)["folder"] == str(tmp_path)
    (tmp_path / "summary.json").write_text('{"status": "diverged", "epochs": 3}')
    document = call.document("train", errors.Diverged("the loss became NaN"), 3)
    assert document["epochs"] == 3
    assert document["status"] == "diverged"
    assert document["error"] == "the loss became NaN"


def test_the_signal_decides_the_code_of_an_interruption() -> None:
    call = Call()
    call.stop.exit_code = ExitCode.TERMINATED
    assert main.ending(Interrupted("saved"), call) == (143, "saved")
