"""One config over another."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_cases import faults_of, load, text_of, write

from cnnopt.config import load_config
from cnnopt.errors import ConfigError

BASE = text_of(
    optimizer="{adam: {learning_rate: 1e-2, beta1: 0.8}}",
    dataset="{name: digits, test: 0.3, limit: 99}",
    training="{epochs: 3, batch_size: 8}",
    regularizers="[l2: 1]",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    write(tmp_path, BASE, "base.yaml")
    return tmp_path


def test_mappings_merge_and_all_else_replaces(folder: Path) -> None:
    child = "extends: base.yaml\nseed: 5\noptimizer: {adam: {beta1: 0.7}}\ntraining: {epochs: 4}\n"
    config = load(folder, child + "regularizers: [early_stopping: 3]\ndataset: {test: 0.25}\n")
    resolved = config.resolved()
    assert resolved["optimizer"]["adam"]["learning_rate"] == 1e-2
    assert resolved["optimizer"]["adam"]["beta1"] == 0.7
    assert (config.training.epochs, config.training.batch_size) == (4, 8)
    assert [entry.kind for entry in config.regularizers] == ["early_stopping"]
    assert (config.dataset.test, config.dataset.limit) == (0.25, 99)
    assert (config.name, config.seed) == ("c", 5)


def test_another_entry_of_a_table_replaces_the_one_before(folder: Path) -> None:
    config = load(folder, "extends: base.yaml\noptimizer: {sgd: 1}\ndataset: {name: mnist}\n")
    assert config.resolved()["optimizer"] == {"sgd": {"learning_rate": 1.0}}
    assert (config.dataset.test, config.dataset.limit) == ("official", None)


def test_a_name_alone_keeps_the_settings_of_the_same_entry(folder: Path) -> None:
    config = load(folder, "extends: base.yaml\noptimizer: adam\n")
    assert config.resolved()["optimizer"]["adam"]["beta1"] == 0.8


def test_null_takes_a_key_of_the_base_away(folder: Path) -> None:
    config = load(folder, "extends: base.yaml\ntraining: {epochs: null, steps: 9}\n")
    assert (config.training.epochs, config.training.steps) == (None, 9)


def test_the_path_is_relative_to_the_file_and_chains_go_on(folder: Path) -> None:
    write(folder / "sub", "extends: ../base.yaml\nseed: 1\n", "middle.yaml")
    config = load(folder, "extends: sub/middle.yaml\ncv: {folds: 3}\n", "optimizer.adam.beta2=0.9")
    assert (config.seed, config.cv.folds) == (1, 3)
    assert config.resolved()["optimizer"]["adam"] == {
        "learning_rate": 1e-2,
        "beta1": 0.8,
        "beta2": 0.9,
        "epsilon": 1e-8,
        "amsgrad": False,
    }


def test_variables_of_the_base_can_be_changed(folder: Path) -> None:
    write(folder, text_of(model="[dense: $n]", variables="{n: 2}"), "base.yaml")
    config = load(folder, "extends: base.yaml\nvariables: {n: 7}\n")
    assert config.resolved()["model"][0]["dense"]["units"] == 7


def test_a_fault_names_the_file_that_it_stands_in(folder: Path) -> None:
    write(folder, text_of(optimizer="{adam: -1}"), "base.yaml")
    first, second = faults_of(folder, "extends: base.yaml\nseed: -1\n")
    assert (first.file, first.line) == (str(folder / "base.yaml"), 4)
    assert (second.file, second.line) == (str(folder / "c.yaml"), 2)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("extends: none.yaml", "no such file"),
        ("extends: sub", "must be a file, not a folder"),
        ("extends: 3", "must be the path of a config"),
        ("extends: ''", "must be the path of a config"),
        ("extends: c.yaml", "must not lead back to the same file"),
    ],
)
def test_what_cannot_be_extended_is_told_in_its_line(folder: Path, line: str, rule: str) -> None:
    (fault,) = faults_of(folder, f"seed: 3\n{line}\n")
    assert rule in fault.rule
    assert (fault.path, fault.line) == ("extends", 2)


def test_a_circle_of_two_and_a_long_chain_end(folder: Path) -> None:
    write(folder, "extends: c.yaml\n", "other.yaml")
    (fault,) = faults_of(folder, "extends: other.yaml\n")
    assert fault.rule == "must not lead back to the same file"
    for number in range(12):
        write(folder, f"extends: n{number + 1}.yaml\n", f"n{number}.yaml")
    with pytest.raises(ConfigError, match="more than 10 files"):
        load_config(folder / "n0.yaml")
