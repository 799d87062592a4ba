"""A BLAS whose threads cannot be limited, such as Apple's: all runs, and the folder says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import threadpoolctl
from small_problems import compare, cross_validate, problem, resume, rows_of, train, write_npz

from cnnopt.api import Run
from cnnopt.config import dump_yaml, load_config
from cnnopt.records import blas, blas_warning
from cnnopt.training.events import Warned
from cnnopt.trials import trial
from cnnopt.trials.events import StudyNote

ROOT = Path(__file__).parents[2]
WORDS = "cannot be limited"


def forget() -> None:
    """Let the next question be answered anew, as in a new process."""
    blas.cache_clear()
    trial.numerics.cache_clear()


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let threadpoolctl find no library, to tell of or to limit."""
    forget()
    monkeypatch.setattr(threadpoolctl.ThreadpoolController, "_load_libraries", lambda _: None)
    assert threadpoolctl.threadpool_info() == []
    yield
    forget()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return problem(write_npz(tmp_path_factory.mktemp("data") / "data.npz"))


def test_a_limited_blas_is_no_news(config: dict[str, Any], tmp_path: Path) -> None:
    told: list[Any] = []
    run = train(config, runs_dir=tmp_path, listener=told.append)
    assert run.meta["blas_threads_limited"] is True
    assert all(library["threads"] >= 1 for library in run.meta["blas"])
    assert not blas_warning()
    assert not notes(told)
    assert WORDS not in (run.folder / "log.txt").read_text()


COMMANDS = pytest.mark.parametrize("command", [train, cross_validate, compare])


@COMMANDS
def test_everything_works_and_the_folder_says_what_is_not_promised(
    command: Any, config: dict[str, Any], tmp_path: Path, unlimited: None
) -> None:
    told: list[Any] = []
    run = command(config, runs_dir=tmp_path, listener=told.append)
    assert run.summary["status"] == "completed"
    assert run.meta["blas_threads_limited"] is False
    [library] = run.meta["blas"]
    assert library["name"], "NumPy knows what it was built with"
    assert library["threads"] is None
    assert library["kernel"] is None
    [note] = notes(told)
    assert library["name"] in note
    assert (run.folder / "log.txt").read_text().count(WORDS) == 1


@COMMANDS
def test_results_are_those_of_a_limited_blas_but_for_rounding(
    command: Any,
    config: dict[str, Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    usual = command(config, runs_dir=tmp_path / "usual")
    request.getfixturevalue("unlimited")
    free = command(config, runs_dir=tmp_path / "free")
    table = "metrics.csv" if command is train else "results.csv"
    assert len(numbers(free, table)) == len(numbers(usual, table)) > 0
    np.testing.assert_allclose(numbers(free, table), numbers(usual, table), rtol=1e-3, atol=1e-3)


def test_a_run_goes_on_and_says_it_again(
    config: dict[str, Any], tmp_path: Path, unlimited: None
) -> None:
    run = train(config, runs_dir=tmp_path)
    told: list[Any] = []
    resume(run.folder, epochs=6, listener=told.append)
    assert sum(WORDS in note for note in notes(told)) == 1


def test_the_machines_are_not_taken_for_each_other(request: pytest.FixtureRequest) -> None:
    usual = trial.numerics()
    request.getfixturevalue("unlimited")
    assert trial.numerics() != usual


HIDE = """
import threadpoolctl
threadpoolctl.ThreadpoolController._load_libraries = lambda self: None
"""


def test_the_command_says_it_once_also_with_workers(tmp_path: Path) -> None:
    """The workers have no such library either."""
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    file = tmp_path / "config.yaml"
    file.write_text(dump_yaml(load_config(problem(write_npz(tmp_path / "data.npz"))).resolved()))
    words = ["cv", str(file), "--folds", "2", "--jobs", "2", "--runs-dir", str(tmp_path / "runs")]
    done = subprocess.run(
        [sys.executable, "-m", "cnnopt", *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).count(WORDS) == 1
    [folder] = (tmp_path / "runs").iterdir()
    assert json.loads((folder / "meta.json").read_text())["blas_threads_limited"] is False
    assert (folder / "log.txt").read_text().count(WORDS) == 1
    assert json.loads((folder / "summary.json").read_text())["status"] == "completed"


def notes(told: list[Any]) -> list[str]:
    """Return what was said of BLAS."""
    texts = [e.text for e in told if isinstance(e, StudyNote)]
    texts += [e.message for e in told if isinstance(e, Warned)]
    return [text for text in texts if WORDS in text]


def numbers(run: Run, table: str) -> list[float]:
    """Return all numbers of a table but the ids."""
    return [
        float(value)
        for row in rows_of(run.folder, table)
        for value in row.values()
        if isinstance(value, int | float)
    ]
