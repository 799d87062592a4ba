"""`make` finds a Python that will do, or says what is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "tools" / "find-python"

FAKE = """#!/bin/sh
case "$1 $2" in
    *version_info*) exit {old} ;;
    *ensurepip*) exit {bare} ;;
    --version*) echo Python 3.9.1 ;;
esac
"""


def find(folder: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Run the script where only these exist: `good`, `old`, or `bare` (without ensurepip)."""
    for name, kind in pythons.items():
        path = folder / name.replace("_", ".")
        path.write_text(FAKE.format(old=int(kind == "old"), bare=int(kind == "bare")))
        path.chmod(0o755)
    return subprocess.run(
        [SCRIPT], env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("pythons", "name"),
    [
        ({"python3": "good"}, "python3"),
        ({"python3": "old", "python3_12": "good"}, "python3.12"),
        ({"python3": "bare", "python3_11": "good"}, "python3.11"),
        ({"python3_11": "good", "python3_13": "good"}, "python3.13"),
    ],
)
def test_the_first_that_will_do(tmp_path: Path, pythons: dict[str, str], name: str) -> None:
    done = find(tmp_path, **pythons)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / name}\n"


def test_none_at_all(tmp_path: Path) -> None:
    done = find(tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("cnnopt needs Python 3.11 or newer, and none was found")
    assert "python3 here is" not in done.stderr


def test_too_old_says_which_is_there(tmp_path: Path) -> None:
    done = find(tmp_path, python3="old")
    assert done.returncode == 1
    assert "python3 here is Python 3.9.1." in done.stderr


def test_without_ensurepip_says_what_to_install(tmp_path: Path) -> None:
    done = find(tmp_path, python3_12="bare")
    assert done.returncode == 1
    assert "sudo apt install python3.12-venv" in done.stderr
