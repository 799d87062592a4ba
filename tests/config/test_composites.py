"""Layers inside layers: short forms, places of faults, paths to set, names, repeats."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_cases import faults_of, load, text_of
from test_overrides import at

from cnnopt.config import Config, load_config, set_values
from cnnopt.errors import Fault

MODEL = """
  - conv2d: {filters: 4, kernel: 3}
  - residual:
      - conv2d: {filters: 4, kernel: 3, padding: same}
      - relu
      - conv2d: {name: last, filters: 8, kernel: 3, padding: same}
  - parallel:
      - []
      - - conv2d: {filters: 2, kernel: 1}
        - residual: {name: inner, layers: [tanh]}
  - flatten
  - drop_connect: {rate: 0.5, layer: {dense: 7}}
  - dense: classes"""


def model(*entries: str) -> str:
    return text_of(model=f"[{', '.join(entries)}, dense: classes]")


def test_the_long_form_has_every_default_at_every_depth_and_is_itself_again(tmp_path: Path) -> None:
    config = load(tmp_path, text_of(model=MODEL))
    resolved = config.resolved()
    assert at(resolved, "model.1.residual.layers.1") == {"relu": {}}
    assert at(resolved, "model.2.parallel.branches.0") == []
    assert at(resolved, "model.2.parallel.branches.1.1.residual.layers") == [{"tanh": {}}]
    assert at(resolved, "model.4.drop_connect.layer.dense.bias") is True
    again = load_config(resolved)
    assert again == config
    assert hash(again) == hash(config)
    assert again.resolved() == resolved


SAME = [
    ("residual: [relu]", "residual: {layers: [relu: {}]}"),
    ("parallel: [[relu], []]", "parallel: {branches: [[{relu: {}}], []]}"),
    ("residual: [residual: [relu]]", "residual: {layers: [residual: {layers: [relu]}]}"),
    ("residual: [repeat: {times: 2, layers: [relu]}, tanh]", "residual: [relu, relu, tanh]"),
    ("parallel: [[repeat: {times: 0, layers: [relu]}]]", "parallel: [[]]"),
    (
        "repeat: {times: 2, layers: [residual: [repeat: {times: 2, layers: [relu]}]]}",
        "residual: [relu, relu], residual: [relu, relu]",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=[one for one, _ in SAME])
def test_two_ways_to_write_the_same(tmp_path: Path, one: str, other: str) -> None:
    assert load(tmp_path, model(one)) == load(tmp_path, model(other))


FAULTS = [
    ("residual: [conv2: 3]", "model.0.residual.0", "unknown layer"),
    ("residual: relu", "model.0.residual", "must be a list of layers"),
    ("residual: []", "model.0.residual", "at least one layer"),
    ("residual: {name: a}", "model.0.residual.layers", "must be given"),
    ("residual: [relu, dropout: 2]", "model.0.residual.1.dropout.rate", "[0, 1)"),
    ("residual: {layers: [relu, dropout: 2]}", "model.0.residual.1.dropout.rate", "[0, 1)"),
    ("residual: [repeat: {times: 0, layers: [relu]}]", "model.0.residual", "at least one layer"),
    ("residual: {layers: [relu], nam: a}", "model.0.residual.nam", "unknown key"),
    ("parallel: [relu]", "model.0.parallel.0", "must be a list of layers"),
    ("parallel: []", "model.0.parallel", "at least one list of layers"),
    ("parallel: [[], [relu, dropout: 2]]", "model.0.parallel.1.1.dropout.rate", "[0, 1)"),
    (
        "residual: [repeat: {times: 2, layers: [dropout: 2]}]",
        "model.0.residual.0.repeat.layers.0.dropout.rate",
        "[0, 1)",
    ),
    ("drop_connect: 0.5", "model.0.drop_connect", "must be a mapping"),
    ("drop_connect: {rate: 0.5}", "model.0.drop_connect.layer", "must be given"),
    (
        "drop_connect: {rate: 0.5, layer: relu}",
        "model.0.drop_connect.layer",
        "unknown layer with weights",
    ),
    (
        "drop_connect: {rate: 0.5, layer: {dense: 0}}",
        "model.0.drop_connect.layer.dense.units",
        "at least 1",
    ),
    # between settings
    (
        "drop_connect: {rate: 0.5, layer: {dense: {units: 3, name: a}}}",
        "model.0.drop_connect.layer.dense.name",
        "must stand at drop_connect",
    ),
    (
        "residual: [tanh: {name: a}, relu: {name: a}]",
        "model.0.residual.1.relu.name",
        "from model.0.residual.0's",
    ),
    (
        "residual: [repeat: {times: 2, layers: [relu: {name: a}]}]",
        "model.0.residual.0.repeat.layers.0.relu.name",
        "each time",
    ),
    ("residual: [relu: {name: relu_1}]", "model.0.residual.0.relu.name", "without a name get"),
    ("residual: [relu: {name: projection}]", "model.0.residual.0.relu.name", "without a name get"),
]


@pytest.mark.parametrize(("entry", "path", "rule"), FAULTS, ids=[entry for entry, _, _ in FAULTS])
def test_a_fault_says_where_it_is(tmp_path: Path, entry: str, path: str, rule: str) -> None:
    (fault,) = faults_of(tmp_path, model(entry))
    assert fault.path == path
    assert rule in fault.rule


def test_names_may_be_the_same_in_different_lists(tmp_path: Path) -> None:
    load(
        tmp_path,
        model("tanh: {name: a}", "residual: [tanh: {name: a}]", "residual: [tanh: {name: a}]"),
    )
    load(tmp_path, model("parallel: [[tanh: {name: a}], [tanh: {name: a}]]"))
    load(tmp_path, model("repeat: {times: 2, layers: [residual: [tanh: {name: a}]]}"))
    load(tmp_path, model("tanh: {name: projection}"))


def test_weights_inside_are_weights(tmp_path: Path) -> None:
    load(tmp_path, text_of(model="[flatten, residual: [dense: 64]]"))
    load(tmp_path, text_of(model="[flatten, drop_connect: {rate: 0.5, layer: {dense: classes}}]"))
    (fault,) = faults_of(tmp_path, text_of(model="[flatten, residual: [relu]]"))
    assert (fault.path, "layer with weights" in fault.rule) == ("model", True)


@pytest.mark.parametrize(
    ("end", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")]
)
def test_what_the_loss_takes_itself_must_not_end_the_model(
    tmp_path: Path, end: str, loss: str
) -> None:
    (fault,) = faults_of(tmp_path, text_of(model=f"[dense: 1, {end}]", loss=loss))
    assert fault.path == f"model.1.{end}"
    assert f"takes the {end} itself" in fault.rule
    load(tmp_path, text_of(model=f"[{end}, residual: [{end}], dense: 1]", loss=loss))
    load(tmp_path, text_of(model=f"[dense: 1, residual: [{end}]]", loss=loss))


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("model.1.residual.0.conv2d.filters=9", "model.1.residual.layers.0.conv2d.filters", 9),
        (
            "model.1.residual.layers.0.conv2d.filters=9",
            "model.1.residual.layers.0.conv2d.filters",
            9,
        ),
        ("model.residual.last.conv2d.filters=9", "model.1.residual.layers.2.conv2d.filters", 9),
        ("model.1.residual.relu=tanh", "model.1.residual.layers.1", {"relu": {}}),
        ("model.1.residual.1=tanh", "model.1.residual.layers.1", {"tanh": {}}),
        ("model.1.residual.name=block", "model.1.residual.name", "block"),
        ("model.1.residual=[tanh]", "model.1.residual.layers", [{"tanh": {}}]),
        ("model.1.residual.1=null", "model.1.residual.layers.1.conv2d.name", "last"),
        (
            "model.2.parallel.1.0.conv2d.filters=9",
            "model.2.parallel.branches.1.0.conv2d.filters",
            9,
        ),
        (
            "model.2.parallel.1.inner.residual.0=relu",
            "model.2.parallel.branches.1.1.residual.layers.0",
            {"relu": {}},
        ),
        ("model.2.parallel.0=[silu]", "model.2.parallel.branches.0", [{"silu": {}}]),
        ("model.drop_connect.rate=0.25", "model.4.drop_connect.rate", 0.25),
        ("model.4.drop_connect.layer.dense.units=9", "model.4.drop_connect.layer.dense.units", 9),
    ],
)
def test_one_value_inside_is_set(tmp_path: Path, override: str, path: str, value: object) -> None:
    text = text_of(model=MODEL)
    if override == "model.1.residual.relu=tanh":  # relu has no setting of that kind
        (fault,) = faults_of(tmp_path, text, override)
        assert fault.path == "model.1.residual.1.relu"
        return
    before, after = load(tmp_path, text).resolved(), load(tmp_path, text, override).resolved()
    assert before != after
    assert at(after, path) == value
    assert set_values(before, [override]) == after


def test_a_number_that_no_layer_has_is_told(tmp_path: Path) -> None:
    (fault, *_) = faults_of(tmp_path, text_of(model=MODEL), "model.1.residual.7.relu=tanh")
    assert fault.path == "model.1.residual"
    assert fault.rule == "has 3 entries, counted from 0"


def test_a_fault_of_shapes_is_located_inside(tmp_path: Path) -> None:
    repeated = "repeat: {times: 2, layers: [relu, tanh]}"
    config: Config = load(tmp_path, "\n" + model(f"residual: [{repeated}, dense: 3]"))
    found = config.located(Fault("model.0.residual.4.dense", "does not fit"))
    assert (found.path, found.line) == ("model.0.residual.1.dense", 3)
    found = config.located(Fault("model.0.residual.3.tanh", "does not fit"))
    assert found.path == "model.0.residual.0.repeat.layers.1.tanh"
    found = config.located(Fault("model.0.residual", "does not fit"))
    assert found.path == "model.0.residual"


def test_layers_at_every_depth_count_as_layers(tmp_path: Path) -> None:
    many = "repeat: {times: 100, layers: [residual: [repeat: {times: 100, layers: [relu]}]]}"
    (fault,) = faults_of(tmp_path, model(many))
    assert "at most 10,000 layers" in fault.rule
