"""No fork: a study runs on workers where Python can start processes by spawning alone."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
from small_problems import cross_validate, final_bits, problem, write_npz

from cnnopt.config import dump_yaml, load_config

ROOT = Path(__file__).parents[2]

SCRIPT = """
import os, sys

def refuse(event, arguments):
    if event in ("os.fork", "os.forkpty"):
        raise RuntimeError(f"{event} was called")

sys.addaudithook(refuse)
for name in ("fork", "forkpty", "register_at_fork"):
    if hasattr(os, name):
        delattr(os, name)

import multiprocessing.context
spawning = {"spawn": multiprocessing.context.SpawnContext()}
multiprocessing.context._concrete_contexts = spawning
multiprocessing.set_start_method("spawn", force=True)

from unittest.mock import patch
import cnnopt
print("the script begins")
with patch("cnnopt.api_studies.draw_study"):
    cnnopt.cross_validate(sys.argv[1], folds=3, jobs=2, runs_dir=sys.argv[2])
"""  # no guard on __name__: a worker that ran the script again would begin it again


def test_cv_on_two_workers_without_fork_gives_the_same_bits(tmp_path: Path) -> None:
    config = problem(write_npz(tmp_path / "data.npz"))
    usual = cross_validate(config, folds=3, jobs=1, runs_dir=tmp_path / "usual")
    file, script = tmp_path / "config.yaml", tmp_path / "script.py"
    file.write_text(dump_yaml(load_config(config).resolved()))
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(file), str(tmp_path / "spawned")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the script begins\n"
    [folder] = (tmp_path / "spawned").iterdir()
    assert final_bits(folder) == final_bits(usual.folder)


FORKS = re.compile(r"\bfork|\bmultiprocessing\b|ProcessPool|preexec_fn")


@pytest.mark.parametrize("line", ["os.fork()", "import multiprocessing", "ProcessPoolExecutor()"])
def test_the_search_finds_a_fork(line: str) -> None:
    assert FORKS.search(line)


def test_no_module_forks() -> None:
    """Strings and comments aside, which say why."""
    found = [
        f"{path}:{token.start[0]}: {token.string}"
        for path in sorted((ROOT / "cnnopt").rglob("*.py"))
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
        if token.type == tokenize.NAME and FORKS.search(token.string)
    ]
    assert not found, found
