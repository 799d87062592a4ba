"""`cnnopt data audit`: a table for people, one document for scripts, exit codes 0 and 8."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import NET, blobs, problem

import cnnopt
from cnnopt import api_data
from cnnopt.cli import main
from cnnopt.config import dump_yaml
from cnnopt.errors import ExitCode

ROWS = 60


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def write(here: Path, x: np.ndarray, y: np.ndarray, test: int = 20) -> None:
    """Write config.yaml and its data, the last rows as the official test part."""
    np.savez(here / "data.npz", x=x[:-test], y=y[:-test], x_test=x[-test:], y_test=y[-test:])
    dataset = {"x_test": "x_test", "y_test": "y_test", "validation": 0.1}
    (here / "config.yaml").write_text(dump_yaml(problem(here / "data.npz", dataset=dataset)))


def test_clean_parts_end_in_0(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, *blobs(ROWS))
    assert main.run(["data", "audit"]) == ExitCode.DONE
    out, err = capsys.readouterr()
    assert err == ""
    assert "npz: 60 rows; train 36, validation 4, test 20" in out
    assert "No leak found." in out
    assert "\x1b" not in out
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80
    assert sorted(path.name for path in here.iterdir()) == ["config.yaml", "data.npz"]


def test_a_leak_ends_in_8_with_what_to_do(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x, y = blobs(ROWS)
    x[50] = x[3]
    x[55] = 1.05 * x[4] + 0.01 * x[4].std() * np.random.default_rng(0).normal(size=x[4].shape)
    x[56], y[56] = x[7], (y[7] + 1) % 3
    write(here, x, y)
    assert main.run(["data", "audit", "config.yaml"]) == ExitCode.CHECK_FAILED
    out, err = capsys.readouterr()
    assert err == ""
    text = " ".join(out.split())
    assert "rows 3 = 50, 7 = 56" in text
    assert "Leak, exact duplicates across parts: Take the copies out of the data" in text
    assert "Leak, near duplicates across parts: Make copies, such as augmented images" in text
    assert "2 leaks found: a result on these parts would be better than on new data." in text
    assert "one example with two labels 1 rows 7 = 56" in text
    assert "Leak, one example" not in text
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80


def test_a_leak_is_told_in_colour(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from rich.console import Console

    from cnnopt.display.audit import show_data_audit

    monkeypatch.delenv("NO_COLOR")
    x, y = blobs(ROWS)
    x[50] = x[3]
    x[:, 0, 0] = 0
    write(here, x, y)
    file = io.StringIO()
    show_data_audit(
        Console(file=file, force_terminal=True, color_system="standard", width=100),
        api_data.audit_data(here / "config.yaml"),
    )
    lines = file.getvalue().splitlines()
    red = [line for line in lines if "\x1b[1;31m" in line]
    assert len(red) >= 2
    assert not any("constant" in line for line in red)
    assert any("\x1b[33m" in line and "constant" in line for line in lines)


def test_as_json_it_is_one_document_also_with_a_leak(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = blobs(ROWS)
    x[50] = x[3]
    write(here, x, y)
    assert main.run(["data", "audit", "--json"]) == ExitCode.CHECK_FAILED
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"schema", "dataset", "rows", "parts", "findings", "leaks", "notes"}
    assert document["schema"] == 1
    assert document["rows"] == ROWS
    assert document["parts"] == {"train": 36, "validation": 4, "test": 20}
    assert document["leaks"] == 1
    first = document["findings"][0]
    assert set(first) == {"check", "found", "detail", "leak", "remedy"}
    assert (first["check"], first["found"], first["leak"]) == (
        "exact duplicates across parts",
        1,
        True,
    )
    assert len(document["findings"]) == 8


def test_quiet_says_nothing_but_the_code(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x, y = blobs(ROWS)
    x[50] = x[3]
    write(here, x, y)
    assert main.run(["data", "audit", "-q"]) == ExitCode.CHECK_FAILED
    assert capsys.readouterr() == ("", "")


def test_settings_decide_what_is_audited(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, *blobs(ROWS))
    words = ["data", "audit", "--json", "--set", "dataset.test=0.5", "--set", "dataset.limit=20"]
    assert main.run(words) == 0
    assert json.loads(capsys.readouterr().out)["parts"] == {
        "train": 16,
        "validation": 4,
        "test": 30,
    }
    words = ["data", "audit", "--set", "dataset.test=0", "--set", "dataset.validation=0"]
    assert main.run(words) == 0
    assert "there is only one part: nothing would be tested." in capsys.readouterr().out


def test_without_a_file_it_is_the_built_in_config(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["data", "audit"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "built-in digits config" in text
    assert "constant features 3 3 of the 64 values" in text
    assert "Note: The rows of digits come in blocks by writer" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["config.yaml", "--set", "dataset.test=2.5"], "dataset.test"),
        (["nowhere.yaml"], "nowhere.yaml"),
        (["--seed", "3"], "no such option: --seed"),
    ],
)
def test_faults_end_in_2(
    words: list[str], message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, *blobs(ROWS))
    assert main.run(["data", "audit", *words]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_data_that_are_not_there_end_in_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config: dict[str, Any] = problem(here / "none.npz") | {"model": NET}
    (here / "config.yaml").write_text(dump_yaml(config))
    assert main.run(["data", "audit"]) == ExitCode.USAGE
    assert "none.npz" in capsys.readouterr().err


def test_the_function_takes_what_the_others_take() -> None:
    assert cnnopt.audit_data is api_data.audit_data
    parameters = list(inspect.signature(api_data.audit_data).parameters)
    assert parameters == ["config", "overrides", "listener"]
