"""`--set`: the paths that messages show, whatever form the file is written in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from config_cases import CONFIGS, faults_of, load, text_of

from cnnopt.config import load_config, set_values
from cnnopt.errors import ConfigError

MODEL = "[conv2d: {filters: 4, kernel: 3}, relu, conv2d: {name: second, filters: 8, kernel: 3},"
MODEL += " max_pool2d: 2, flatten, dropout: 0.5, dense: classes]"


def at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("seed=7", "seed", 7),
        ("optimizer.adam.learning_rate=3e-4", "optimizer.adam.learning_rate", 3e-4),
        ("optimizer.adam=3e-4", "optimizer.adam.learning_rate", 3e-4),
        ("optimizer=sgd", "optimizer", {"sgd": {"learning_rate": 0.01}}),
        ("optimizer={sgd: 1}", "optimizer", {"sgd": {"learning_rate": 1.0}}),
        ("model.0.conv2d.filters=8", "model.0.conv2d.filters", 8),
        ("model.0.conv2d.kernel=[1, 2]", "model.0.conv2d.kernel", [1, 2]),
        ("model.2.conv2d.filters=9", "model.2.conv2d.filters", 9),
        ("model.second.conv2d.filters=9", "model.2.conv2d.filters", 9),
        ("model.max_pool2d=3", "model.3.max_pool2d.kernel", [3, 3]),
        ("model.dropout.rate=0.1", "model.5.dropout.rate", 0.1),
        ("model.1=tanh", "model.1", {"tanh": {}}),
        ("model.dropout=null", "model.5", {"dense": {"units": "classes", "bias": True}}),
        ("regularizers.l2=0", "regularizers", [{"l2": {"strength": 0.0}}]),
        ("regularizers.l2.strength=2", "regularizers", [{"l2": {"strength": 2.0}}]),
        ("dataset.validation=0.3", "dataset.validation", 0.3),
        ("initial.weights=lecun", "initial.weights", {"lecun": {}}),
        ("initial={normal: 1}", "initial.weights", {"normal": {"sd": 1.0}}),
        ("schedule.cosine.warmup=1", "schedule", {"cosine": {"warmup": 1.0, "final": 0.0}}),
        (
            "schedule={step: {milestones: [2, 5]}}",
            "schedule.step",
            {"warmup": 0.0, "milestones": [2.0, 5.0], "factor": 0.1},
        ),
        ("training.select=last", "training.select", {"last": {}}),
        ("training.select.best=accuracy", "training.select.best.metric", "accuracy"),
        (" training.epochs = 3", "training.epochs", 3),
        ("name=a", "name", "a"),
    ],
)
def test_one_value_is_set(tmp_path: Path, override: str, path: str, value: object) -> None:
    text = text_of(model=MODEL)
    before, after = load(tmp_path, text).resolved(), load(tmp_path, text, override).resolved()
    assert at(after, path) == value
    assert after.keys() == before.keys()
    # nothing beside it moved
    assert [key for key in before if before[key] != after[key]] == [path.split(".")[0].strip()]
    # and a resolved config is set by the same paths
    if not override.startswith("schedule.cosine"):  # there the default stands, not nothing
        assert set_values(before, [override]) == after


def test_the_later_one_wins_and_null_takes_away(tmp_path: Path) -> None:
    text = text_of(training="{epochs: 3}", regularizers="[l2: 1]")
    config = load(tmp_path, text, "seed=1", "seed=2", "training.epochs=null", "training.steps=5")
    assert (config.seed, config.training.epochs, config.training.steps) == (2, None, 5)
    assert load(tmp_path, text, "regularizers.l2=null").regularizers == ()
    assert load(tmp_path, text, "regularizers=").regularizers == ()


def test_another_optimizer_can_be_set_and_then_its_settings(tmp_path: Path) -> None:
    config = load(tmp_path, text_of(), "optimizer=momentum", "optimizer.momentum.momentum=0.5")
    assert config.resolved()["optimizer"] == {"momentum": {"learning_rate": 0.01, "momentum": 0.5}}


def test_repeats_and_variables_can_be_set(tmp_path: Path) -> None:
    text = text_of(
        model="[repeat: {times: 2, layers: [dense: $n]}, dense: classes]", variables="{n: 3}"
    )
    config = load(
        tmp_path,
        text,
        "model.repeat.times=1",
        "variables.n=5",
        "model.0.repeat.layers.0.dense.bias=false",
    )
    assert config.resolved()["model"] == [
        {"dense": {"units": 5, "bias": False}},
        {"dense": {"units": "classes", "bias": True}},
    ]


@pytest.mark.parametrize(
    ("override", "path", "message"),
    [
        ("seed", "", "must read path=value, got 'seed'"),
        ("=3", "", "must read path=value"),
        ("seed=x", "seed", "must be a whole number, at least 0, got 'x'"),
        ("sead=3", "sead", "unknown key. Did you mean seed?"),
        ("optimizer.sgd.learning_rate=1", "optimizer", "is adam, so that sgd cannot be set"),
        ("optimizer.adam.lr=1", "optimizer.adam.lr", "unknown key. Did you mean learning_rate?"),
        ("model.9.relu=1", "model", "has 7 entries, counted from 0, got 9"),
        (
            "model.999999999999999999999.relu=1",
            "model",
            "counted from 0, got 99999999999999999999.",
        ),
        (
            "model.conv2d.filters=1",
            "model",
            "has several entries conv2d. Use one of model.0, model.2",
        ),
        ("model.secnd.conv2d.filters=1", "model", "no such entry, got secnd. Did you mean second?"),
        ("seed.a=1", "seed", "has no settings, so that a cannot be set"),
        ("seed=[1", "seed.1", "is not valid YAML"),
        ("dataset={name: digits, name: mnist}", "dataset.name", "duplicate key"),
        ("seed=" + "9" * 5000, "seed", "must be a number of at most 100 characters"),
        (
            "regularizers.l3=1",
            "regularizers.0",
            "unknown regularizer, got l3. Known: l2, l1",
        ),
        ("extends=a.yaml", "extends", "cannot be set"),
        ("training.epochs=true", "training.epochs", "at least 1, got true"),
        ("loss=null", "loss", "must be given"),
    ],
)
def test_a_wrong_override_is_told_with_its_path(
    tmp_path: Path, override: str, path: str, message: str
) -> None:
    (fault, *others) = faults_of(tmp_path, text_of(model=MODEL, seed="1"), override)
    assert not others
    assert fault.path == path
    assert message in str(fault)
    if override != "loss=null":  # what is missing is missing in the file
        assert (fault.file, fault.line) == ("--set", 0)


def test_faults_of_overrides_are_told_with_those_of_the_file(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path, text_of(cv="{folds: 1}"), "seed=x", "model.rel=1", "training.epochs=0"
    )
    assert {fault.path for fault in faults} == {"cv.folds", "seed", "model", "training.epochs"}


def test_set_values_needs_a_whole_config_and_leaves_its_argument_alone() -> None:
    resolved = load_config(CONFIGS / "digits.yaml").resolved()
    copy = load_config(CONFIGS / "digits.yaml").resolved()
    assert set_values(resolved, ["seed=9"])["seed"] == 9
    assert resolved == copy
    with pytest.raises(ConfigError, match="optimizer: must be given"):
        set_values({"dataset": "digits"}, [])
