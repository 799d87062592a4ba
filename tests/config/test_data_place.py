"""`dataset.path` is relative to what says it, and absolute from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_cases import load, text_of, write

from cnnopt.config import load_config

HERE = "here"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `project` with a config's folder, and `here` to be in."""
    (tmp_path / "project" / "sub").mkdir(parents=True)
    (tmp_path / HERE).mkdir()
    monkeypatch.chdir(tmp_path / HERE)
    return tmp_path


def on(path: str) -> str:
    return text_of(dataset=f"{{name: npz, path: {path}}}")


def path_of(source: object, *overrides: str) -> str:
    return str(load_config(source, overrides).resolved()["dataset"]["path"])  # type: ignore[arg-type]  # a file or a mapping


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a.npz", "project/a.npz"),
        ("sub/a.npz", "project/sub/a.npz"),
        ("../a.npz", "a.npz"),
        ("/data/a.npz", "/data/a.npz"),
        ("~/a.npz", "home/a.npz"),
        ("$$a.npz", "project/$a.npz"),
    ],
)
def test_in_a_file_it_is_relative_to_the_file(
    folder: Path, written: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder / "home"))
    file = write(folder / "project", on(written))
    assert path_of(file) == str(folder / meant)
    assert path_of(Path("..", "project", file.name)) == str(folder / meant)


def test_in_a_file_that_is_extended_to_that_file(folder: Path) -> None:
    write(folder / "project" / "sub", on("a.npz"), "base.yaml")
    child = write(folder / "project", "extends: sub/base.yaml\nseed: 1\n")
    assert path_of(child) == str(folder / "project/sub/a.npz")
    own = write(folder / "project", "extends: sub/base.yaml\ndataset: {path: b.npz}\n", "own.yaml")
    assert path_of(own) == str(folder / "project/b.npz")
    assert path_of({"extends": "../project/sub/base.yaml"}) == str(folder / "project/sub/a.npz")


def test_set_by_hand_to_the_working_directory(folder: Path) -> None:
    file = write(folder / "project", on("a.npz"))
    assert path_of(file, "dataset.path=b.npz") == str(folder / HERE / "b.npz")
    assert path_of(file, "dataset={name: npz, path: b.npz}") == str(folder / HERE / "b.npz")
    mapping = load_config(file).resolved() | {"dataset": {"name": "npz", "path": "c.npz"}}
    assert path_of(mapping) == str(folder / HERE / "c.npz")


def test_a_resolved_config_means_the_same_data_from_anywhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load(folder / "project", on("a.npz"))
    monkeypatch.chdir(folder)
    assert load_config(config.resolved()) == config


def test_links_stay_as_they_are_unless_the_path_goes_back_through_them(folder: Path) -> None:
    (folder / "elsewhere" / "deep").mkdir(parents=True)
    (folder / "project" / "link").symlink_to(folder / "elsewhere" / "deep")
    file = write(folder / "project", on("link/a.npz"))
    assert path_of(file) == str(folder / "project/link/a.npz")
    file = write(folder / "project", on("link/../a.npz"))
    assert path_of(file) == str(folder / "elsewhere/a.npz")
