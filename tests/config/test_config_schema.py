"""The JSON Schema and the loader agree: on every config, every fault, and every single setting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from config_cases import BETWEEN_KEYS, CONFIGS, FAULTS, Case, text_of
from jsonschema import Draft202012Validator

from cnnopt.config import config_schema, load_config, load_study, starter_config
from cnnopt.config.augmentation import AUGMENTATIONS
from cnnopt.config.config import Config
from cnnopt.config.cv import Cv
from cnnopt.config.datasets import DATASETS
from cnnopt.config.layers.table import ENTRIES
from cnnopt.config.objectives import REGULARIZERS
from cnnopt.config.optimizers import OPTIMIZERS
from cnnopt.config.schedules import SCHEDULES
from cnnopt.config.settings import Settings, fields_of
from cnnopt.config.strict_yaml import parse_yaml
from cnnopt.config.training import Training
from cnnopt.errors import ConfigError

SCHEMA = config_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def valid(data: Any) -> bool:
    return bool(VALIDATOR.is_valid(data))


def test_the_schema_is_a_schema_and_json() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def test_every_definition_is_used_and_every_reference_defined() -> None:
    text = json.dumps(SCHEMA)
    assert SCHEMA["$defs"]
    for name in SCHEMA["$defs"]:
        assert f'"#/$defs/{name}"' in text
    assert text.count('"$ref"') == text.count('"#/$defs/')


@pytest.mark.parametrize("file", sorted(CONFIGS.rglob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_config_is_valid_as_written_and_resolved(file: Path) -> None:
    assert list(VALIDATOR.iter_errors(parse_yaml(file.read_text(), "").plain())) == []
    study = file.parent.name == "studies"
    resolved = (load_study(file)[0] if study else load_config(file)).resolved()
    assert list(VALIDATOR.iter_errors(resolved)) == []


def test_the_starter_and_a_config_that_extends_are_valid() -> None:
    assert valid(parse_yaml(starter_config(), "").plain())
    assert valid(
        {"extends": "a.yaml", "dataset": {"split_seed": 3}, "training": {"evaluate_every": 3}}
    )
    assert not valid({"extends": "a.yaml", "dataset": {"split_sead": 3}})
    assert not valid({"dataset": {"split_seed": 3}})


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: f"{case.path} {case.lines}")
def test_the_schema_tells_every_fault_that_it_can_express(case: Case) -> None:
    data = parse_yaml(text_of(**case.lines), "").plain()
    assert valid(data) == (not case.in_schema)


@pytest.mark.parametrize("case", BETWEEN_KEYS, ids=lambda case: f"{case.path} {case.lines}")
def test_what_lies_between_keys_is_the_loader_s_alone(case: Case) -> None:
    assert valid(parse_yaml(text_of(**case.lines), "").plain())


PROBES: list[Any] = [
    None, True, False, -1, 0, 1, 2, 3, 10**30, 0.0, 0.5, 1.5, 2.0, -0.5, 1e-9, 1e30, "", "a", "a b",
    "full", "classes", "official", "same", "valid", "standard", "loss", "accuracy", "1e-3", "he",
    "repeat", "relu", [], {}, [1], [1, 2], [0, 1], [1, 2, 3], ["a"], ["a", "a"], ["a", 1], [1, "a"],
    [[1, 1], [0, 2]], [[1, 1], 2], [[-1, 1], [1, 1]], {"a": 1}, {"constant": 0}, {"constant": "a"},
    {"he": {}}, {"he": 3}, {"normal": 0}, {"normal": {"sd": 1}}, {"best": "r3"}, {"best": "loss"},
    {"last": {}}, ["relu"], [{"dense": 3}], [{"dense": {"units": "class"}}], [{"l2": 1}], ["l2"],
    [["relu"], []], [["relu"], "relu"], {"dense": 3},
]  # fmt: skip


def placed(section: str, name: str, key: str, value: Any, needed: dict[str, Any]) -> dict[str, Any]:
    """Return a sound config but for `value` as a setting of `name` in `section`."""
    base: dict[str, Any] = {
        "dataset": "digits",
        "model": [{"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "adam",
    }
    settings = {**needed, key: value}
    if section == "model":
        base["model"] = [{name: settings}, {"dense": "classes"}]
    elif section == "regularizers":
        base["regularizers"] = [{name: settings}]
    elif section == "augment":
        base["dataset"] = {"name": "npz", "path": "a"}  # which says nothing of its labels
        base["regularizers"] = [{"augment": [{name: settings}]}]
    elif section == "dataset":
        base["dataset"] = {"name": name, **settings}
        if name in FORECASTS:
            base["loss"] = "squared_error"
    else:
        base[section] = {name: settings} if name else settings
    return base


NEEDED: dict[str, dict[str, Any]] = {
    **{f"conv{rank}d": {"filters": 3, "kernel": 3} for rank in (1, 2, 3)},
    **{f"{kind}_pool{rank}d": {"kernel": 2} for kind in ("max", "avg") for rank in (1, 2, 3)},
    "dense": {"units": 3},
    "group_norm": {"groups": 1},
    "dropout": {"rate": 0.5},
    "spatial_dropout": {"rate": 0.5},
    "drop_connect": {"rate": 0.5, "layer": {"dense": 3}},
    "residual": {"layers": ["relu"]},
    "parallel": {"branches": [["relu"]]},
    "repeat": {"times": 1, "layers": ["relu"]},
    "exponential": {"factor": 0.5},
    "cosine_restarts": {"period": 2},
    "plateau": {"patience": 3},
    **{name: {"strength": 1} for name in ("l1", "l2")},
    "elastic_net": {"l1": 1, "l2": 1},
    "weight_decay": {"decay": 1},
    "weight_noise": {"sd": 1},
    "early_stopping": {"patience": 3},
    "augment": {"transforms": [{"rotate": 3}]},
    "rotate": {"degrees": 3},
    "shift": {"pixels": 1},
    "flip": {"axis": "horizontal"},
    "shear": {"degrees": 3},
    "zoom": {"factor": 0.1},
    "crop": {"padding": 1},
    "elastic": {"alpha": 1},
    "brightness": {"change": 0.1},
    "contrast": {"factor": 0.1},
    "jitter": {"sd": 0.1},
    "scale": {"factor": 0.1},
    "time_warp": {"change": 0.1},
    "npz": {"path": "a", "x_test": "a", "y_test": "b"},
    "images": {"path": "a"},
    "csv": {"path": "a", "target": "y"},
    "series": {"path": "a", "time": "t", "target": "y"},
}
PROBED = (
    *("digits", "digits3d", "mnist1d", "mnist", "cifar10", "npz", "images", "csv"),
    *("sunspots", "co2", "series", "watch"),
)
FORECASTS = ("sunspots", "co2", "series")
TABLES: list[tuple[str, dict[str, type[Settings]]]] = [
    ("model", ENTRIES),
    ("optimizer", OPTIMIZERS),
    ("schedule", SCHEDULES),
    ("regularizers", REGULARIZERS),
    ("augment", AUGMENTATIONS),
    ("dataset", {name: DATASETS[name] for name in PROBED}),
    ("training", {"": Training}),
    ("cv", {"": Cv}),
]
SETTINGS = [
    (section, name, key)
    for section, table in TABLES
    for name, model in table.items()
    for key in fields_of(model)
    if (section, key) != ("dataset", "name")
]
# rules between keys that a probe of one setting meets; the schema does not know them
BETWEEN = {
    "must divide the number of filters",
    "has no effect with padding: same",
    "has no effect without padding",
    "must be at most training.epochs (10)",
    "must be less than training.epochs (10)",
    "must be given, or milestones",
    "must differ from the names that layers without a name get",
    "digits has no official test part",
    "images has no official test part",
    "csv has no official test part",
    "digits3d has no official test part",
    "npz has no official validation part",
    *(f"{name} has no official test part" for name in (*FORECASTS, "watch")),
    "must be at least 2 with relative: differences to the only value are 0",
    "cannot stand beside official parts, whose rows have no groups",
    "unit is for pixels",
    "must be whole where whole pixels are drawn",
    "is for targets that are numbers; there are classes here",
    "must be measured, as loss, accuracy are",
    "has no effect while the window expands",
}


@pytest.mark.parametrize(("section", "name", "key"), SETTINGS, ids=str)
def test_loader_and_schema_agree_on_every_setting(section: str, name: str, key: str) -> None:
    if (section, key) == ("training", "evaluate_every"):
        needed: dict[str, Any] = {"steps": 10**18}
    else:
        needed = NEEDED.get(name, {})
    head = {
        "model": f"model.0.{name}",
        "regularizers": f"regularizers.0.{name}",
        "augment": f"regularizers.0.augment.0.{name}",
    }.get(section)
    head = head or (f"{section}.{name}" if name and section != "dataset" else section)
    # the layers of a composite, and transforms, are counted right below it
    bare = key in ("layers", "branches", "transforms") and name != "repeat"
    where = head if bare else f"{head}.{key}"
    for probe in PROBES:
        data = placed(section, name, key, probe, needed)
        paths = faults_at(data)
        own = [path for path in paths if path == where or path.startswith(f"{where}.")]
        assert valid(data) == (not own), (probe, paths)


def faults_at(data: dict[str, Any]) -> list[str]:
    try:
        load_config(data)
    except ConfigError as error:
        return [fault.path for fault in error.faults if fault.rule not in BETWEEN]
    return []


def test_the_top_level_has_no_key_that_only_one_of_the_two_knows() -> None:
    known = {*fields_of(Config), "extends", "variables", "study"}
    assert set(SCHEMA["properties"]) == known
