"""A config as it was written: with other values of its variables it is what the file would be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnopt.config import BUILT_IN, dump_yaml, load_config, written_config
from cnnopt.errors import ConfigError

BASE: dict[str, Any] = {
    "variables": {"width": 4, "depth": 2},
    "dataset": {"name": "npz", "path": "data.npz"},
    "model": [
        {"repeat": {"times": "$depth", "layers": [{"conv2d": {"filters": "$width", "kernel": 3}}]}},
        "flatten",
        {"dense": "classes"},
    ],
    "loss": "cross_entropy",
    "optimizer": "adam",
    "study": {"command": "search"},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.yaml").write_text(dump_yaml(BASE))
    path = tmp_path / "child.yaml"
    path.write_text("extends: sub/base.yaml\ntraining: {epochs: 3}\n")
    return path


def plain(file: Path) -> Path:
    """Return the file without its study, which no config has."""
    base = file.parent / "sub" / "base.yaml"
    base.write_text(base.read_text().replace("study: {command: search}\n", ""))
    return file


@pytest.mark.parametrize("changes", [[], ["variables.width=8"], ["variables.depth=3", "seed=4"],
                                     ["model.1=relu"]])  # fmt: skip
def test_it_loads_as_the_file_does(file: Path, changes: list[str]) -> None:
    written = written_config(file, ["training.batch_size=8"])
    expected = load_config(plain(file), ["training.batch_size=8", *changes])
    assert load_config(written, changes) == expected
    assert load_config(written_config(written, changes)) == expected  # and once more


def test_variables_repeats_and_names_stand_as_they_were(file: Path) -> None:
    written = written_config(file, seed=7)
    assert written["variables"] == {"width": 4, "depth": 2}
    assert written["model"][0]["repeat"]["times"] == "$depth"
    assert written["name"] == "child"
    assert written["seed"] == 7
    assert "study" not in written
    assert written["dataset"]["path"] == str(file.parent / "sub" / "data.npz")


def test_of_a_config_no_variable_is_left() -> None:
    config = load_config(BUILT_IN)
    assert written_config(config, ["seed=3"]) == load_config(config, ["seed=3"]).resolved()


def test_faults_of_the_overrides_are_told() -> None:
    with pytest.raises(ConfigError, match="--set: optimizer: is adam, so that sgd cannot be set"):
        written_config(BASE, ["optimizer.sgd.learning_rate=1"])
