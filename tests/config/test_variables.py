"""`variables`, `$name` and `repeat`."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_cases import faults_of, load, text_of


def with_variables(units: str, variables: str = "{width: 16, half: 0.5}") -> str:
    used = "optimizer: {adam: $half}"
    return text_of(model=f"[dense: {units}]", variables=variables, optimizer="") + used + "\n"


@pytest.mark.parametrize(
    ("value", "units"),
    [
        ("$width", 16),
        ("$width*2", 32),
        ("$width * 3", 48),
        ("$width*0.5", 8),
        ("$width*$half", 8),
        ("$width*2.5e-1", 4),
        ("'$width'", 16),
    ],
)
def test_a_variable_or_a_product_is_a_number(tmp_path: Path, value: str, units: int) -> None:
    resolved = load(tmp_path, with_variables(value)).resolved()
    assert resolved["model"][0]["dense"]["units"] == units
    assert resolved["optimizer"]["adam"]["learning_rate"] == 0.5
    assert "variables" not in resolved


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("$with", "unknown variable $with"),
        ("$width*$hlf", "unknown variable $hlf"),
        ("$width*two", "must be multiplied by a number"),
        ("$width*-2", "must be multiplied by a number"),
        ("$width*2*2", "must be a variable or a product with one"),
        ("$width+2", "must be a variable or a product with one"),
        ("$", "must be a variable or a product with one"),
        ("$width*" + "9" * 5000, "must be a variable or a product with one"),
    ],
)
def test_what_is_no_variable_is_told(tmp_path: Path, value: str, rule: str) -> None:
    faults = [
        fault
        for fault in faults_of(tmp_path, with_variables(value))
        if fault.path != "variables.width"  # not used then
    ]
    (fault,) = faults
    assert (fault.path, fault.rule, fault.line) == ("model.0.dense.units", rule, 2)


def test_the_result_has_to_fit_and_the_message_shows_where_it_came_from(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, with_variables("$width*0.7"))
    assert fault.path == "model.0.dense.units"
    assert fault.given == "11.2 ($width*0.7)"


@pytest.mark.parametrize(
    ("variables", "path", "rule"),
    [
        ("3", "variables", "must be a mapping of names to numbers"),
        ("{half: 0.5, width: a}", "variables.width", "must be a number"),
        ("{half: 0.5, width: true}", "variables.width", "must be a number"),
        ("{half: 0.5, 1w: 3}", "variables.1w", "must have a name of letters, digits and _"),
        ("{half: 0.5, depth: 3}", "variables.depth", "has no effect"),
    ],
)
def test_wrong_variables_are_told(tmp_path: Path, variables: str, path: str, rule: str) -> None:
    faults = {fault.path: fault for fault in faults_of(tmp_path, with_variables("4", variables))}
    assert faults[path].rule == rule
    assert faults[path].line == 4


def test_two_dollars_are_one_that_is_meant(tmp_path: Path) -> None:
    config = load(tmp_path, text_of(dataset="{name: csv, path: a.csv, target: $$price}"))
    assert config.resolved()["dataset"]["target"] == ["$price"]


def test_a_value_that_goes_beyond_all_numbers_is_told(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, text_of(variables="{big: 1e308}", optimizer="{sgd: $big*100}"))
    assert fault.rule == "must be a finite number greater than 0"


def test_repeats_are_unrolled_in_order_and_nest(tmp_path: Path) -> None:
    inner = "repeat: {times: 2, layers: [relu]}"
    text = text_of(
        model=f"[repeat: {{times: $depth, layers: [tanh, {inner}]}}, dense: classes]",
        variables="{depth: 3}",
    )
    kinds = [layer.kind for layer in load(tmp_path, text).model]
    assert kinds == ["tanh", "relu", "relu"] * 3 + ["dense"]


def test_a_repeat_of_no_times_leaves_its_layers_out(tmp_path: Path) -> None:
    config = load(tmp_path, text_of(model="[repeat: {times: 0, layers: [relu]}, dense: classes]"))
    assert [layer.kind for layer in config.model] == ["dense"]


def test_a_fault_in_a_repeat_is_told_once(tmp_path: Path) -> None:
    text = text_of(model="[repeat: {times: 5, layers: [dropout: 2]}, dense: classes]")
    (fault,) = faults_of(tmp_path, text)
    assert fault.path == "model.0.repeat.layers.0.dropout.rate"
