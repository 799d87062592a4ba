"""Every fault of a setting: one message with place, path, rule, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_cases import BETWEEN_KEYS, FAULTS, Case, faults_of, load, text_of

from cnnopt.config import load_config
from cnnopt.errors import ConfigError


@pytest.mark.parametrize(
    "case", FAULTS + BETWEEN_KEYS, ids=lambda case: f"{case.path} {case.lines}"
)
def test_one_fault_is_told_once_with_its_place(tmp_path: Path, case: Case) -> None:
    text = text_of(**case.lines)
    (fault,) = faults_of(tmp_path, text)
    assert fault.path == case.path
    assert case.rule in fault.rule
    assert case.remedy in fault.remedy
    if case.given:
        assert fault.given == case.given
    assert fault.file == str(tmp_path / "c.yaml")
    key = case.path.split(".")[0]
    lines = [
        number for number, line in enumerate(text.splitlines(), 1) if line.startswith(f"{key}:")
    ]
    assert fault.line == (lines[0] if lines else 1)
    for word in ("pydantic", "Input should", "validation error"):
        assert word not in str(fault)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = text_of(
        seed="-1", optimizer="{adam: {lr: 1, beta1: 2}}", training="{epochs: 0, steps: x}"
    )
    faults = faults_of(tmp_path, text + "regularizers: [l2: 1, l2: -1]\n")
    assert [fault.path for fault in faults] == [
        "optimizer.adam.lr",
        "optimizer.adam.beta1",
        "seed",
        "training.steps",
        "training.epochs",
        "regularizers.1.l2.strength",
    ]
    assert [fault.line for fault in faults] == [4, 4, 5, 6, 6, 7]


def test_a_message_reads_place_path_rule_value_remedy(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, text_of(training="{shuffle: epohc}"))
    assert str(fault) == (
        f"{tmp_path / 'c.yaml'}:5: training.shuffle: must be one of epoch, once, never, step, "
        "got 'epohc'. Did you mean epoch?"
    )


def test_faults_in_a_block_name_the_line_of_the_key(tmp_path: Path) -> None:
    text = (
        text_of(model="")
        + "model:\n  - flatten\n  - dense:\n      units: classes\n      bias: no\n"
    )
    (fault,) = faults_of(tmp_path, text)
    assert (fault.path, fault.line, fault.given) == ("model.1.dense.bias", 8, "'no'")


def test_a_value_on_a_line_of_its_own_is_named_by_its_key(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, text_of() + "cv:\n  folds:\n    # at least 2\n    1\n")
    assert (fault.path, fault.line) == ("cv.folds", 6)


def test_a_mapping_has_faults_without_file_and_line() -> None:
    source = {"dataset": "digits", "model": ["flatten", {"dense": 0}], "loss": "cross_entropy"}
    with pytest.raises(ConfigError) as caught:
        load_config({**source, "optimizer": {"adam": float("nan")}})
    assert str(caught.value) == (
        "model.1.dense.units: must be classes or a whole number, at least 1, got 0.\n"
        "optimizer.adam.learning_rate: must be a finite number greater than 0, got nan."
    )


@pytest.mark.parametrize("value", [object(), b"x", {1: 2}, {"a": {2, 3}}])
def test_a_mapping_holds_plain_values_only(value: object) -> None:
    with pytest.raises(ConfigError, match=r"seed.*must"):
        load_config({"seed": value})


def test_a_mapping_that_holds_itself_ends() -> None:
    loop: dict[str, object] = {}
    loop["model"] = [loop]
    with pytest.raises(ConfigError, match="levels"):
        load_config(loop)


def test_the_seed_of_the_command_is_checked_as_well(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(text_of(seed="4"))
    assert load_config(file, seed=7).seed == 7
    with pytest.raises(
        ConfigError, match=r"--seed: seed: must be a whole number, at least 0, got -1"
    ):
        load_config(file, seed=-1)


def test_too_many_layers_by_repeats_within_repeats(tmp_path: Path) -> None:
    inner = "[repeat: {times: 1000, layers: [repeat: {times: 1000, layers: [relu]}]}]"
    (fault,) = faults_of(tmp_path, text_of(model=inner))
    assert (fault.path, fault.rule) == ("model", "must have at most 10,000 layers")


def test_a_located_fault_names_the_line_and_the_path_in_the_file(tmp_path: Path) -> None:
    from cnnopt.errors import Fault

    text = text_of(model="") + (
        "model:\n  - repeat:\n      times: 2\n      layers:\n        - dense: 3\n        - relu\n"
        "  - dense: classes\n"
    )
    config = load(tmp_path, text)
    inside = config.located(Fault("model.2.dense", "too large"))
    assert (inside.path, inside.line) == ("model.0.repeat.layers.0.dense", 8)
    units = config.located(Fault("model.4.dense.units", "too large"))
    assert (units.path, units.line) == ("model.1.dense.units", 10)
    default = config.located(Fault("training.epochs", "too large"))
    assert (default.path, default.line) == ("training.epochs", 0)


def test_the_examples_in_the_docstrings_run() -> None:
    import doctest

    from cnnopt.config import load as module  # the module, not a function

    assert doctest.testmod(module).attempted > 0
    assert doctest.testmod(module).failed == 0
