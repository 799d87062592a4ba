"""The built wheel holds what an installed cnnopt needs, and nothing besides."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("cnnopt-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "name",
    [
        *("data/digits.npz", "data/sunspots.csv", "data/co2.csv", "config/digits.yaml"),
        *("py.typed", "__main__.py", "cli/main.py"),
    ],
)
def test_package_files_are_inside(names: set[str], name: str) -> None:
    assert f"cnnopt/{name}" in names


def test_licence_and_credits_are_inside(names: set[str]) -> None:
    inside = {name.rsplit("/", 1)[-1] for name in names if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE", "entry_points.txt"} <= inside


def test_every_module_is_inside(names: set[str]) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "cnnopt").rglob("*.py")}
    assert modules <= names


def test_nothing_besides_the_package_is_inside(names: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {"cnnopt"}
    assert not [name for name in names if "__pycache__" in name]
