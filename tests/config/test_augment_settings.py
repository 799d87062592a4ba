"""`augment`: short and long forms, faults, and labels that have to survive."""

from __future__ import annotations

from typing import Any

import pytest

from cnnopt.config import load_config
from cnnopt.config.augment import Augment, notes_of
from cnnopt.data.catalogue import data_sets
from cnnopt.data.class_changes import DECLARED, change_of
from cnnopt.errors import ConfigError, Fault

BASE = {
    "model": ["flatten", {"dense": "classes"}],
    "loss": "cross_entropy",
    "optimizer": "adam",
}


def loaded(augment: Any, dataset: Any = "digits", overrides: tuple[str, ...] = ()) -> Augment:
    keys = {**BASE, "dataset": dataset, "regularizers": [{"augment": augment}]}
    if dataset in ("sunspots", "co2", "regression"):
        keys["loss"] = "squared_error"
    config = load_config(keys, overrides)
    assert load_config(config.resolved()) == config
    (entry,) = config.regularizers
    assert isinstance(entry, Augment)
    return entry


def faults(augment: Any, dataset: Any = "digits") -> tuple[Fault, ...]:
    with pytest.raises(ConfigError) as caught:
        loaded(augment, dataset)
    return caught.value.faults


def test_short_and_long_forms_are_the_same() -> None:
    short = loaded([{"rotate": 10}, {"zoom": 0.25}, {"shift": 2}])
    long = loaded(
        {
            "transforms": [
                {"rotate": {"degrees": 10, "probability": 1.0}},
                {"zoom": {"factor": [0.75, 1.25]}},
                {"shift": {"pixels": 2, "whole": True}},
            ],
            "labels_may_change": False,
        }
    )
    assert short == long


def test_set_takes_the_paths_of_messages() -> None:
    entries = [{"rotate": 10}, {"flip": {"axis": "horizontal", "probability": 0}}]
    found = loaded(
        entries,
        overrides=(
            "regularizers.augment.rotate=0",
            "regularizers.augment.1.flip.axis=vertical",
            "regularizers.augment.labels_may_change=true",
        ),
    )
    assert [vars(each) for each in found.transforms] == [
        {"probability": 1.0, "kind": "rotate", "degrees": 0.0, "axis": None},
        {"kind": "flip", "axis": "vertical", "probability": 0.0},
    ]
    assert found.labels_may_change


@pytest.mark.parametrize(
    ("entry", "path", "rule", "remedy"),
    [
        ({"rotat": 3}, "", "unknown augmentation", "Did you mean rotate?"),
        ({"rotate": {"degrees": 3, "chance": 1}}, ".rotate.chance", "unknown key", "rotate has"),
        ({"rotate": 181}, ".rotate.degrees", "[0, 180]", ""),
        ({"rotate": -1}, ".rotate.degrees", "[0, 180]", ""),
        ({"rotate": {"degrees": 1, "probability": 2}}, ".rotate.probability", "[0, 1]", ""),
        ({"rotate": {"degrees": 1, "axis": "up"}}, ".rotate.axis", "one of horizontal", ""),
        ("flip", ".flip.axis", "must be given", "horizontal, vertical, depth"),
        ({"flip": "horizontl"}, ".flip.axis", "must be one of", "Did you mean horizontal?"),
        ({"shear": 61}, ".shear.degrees", "[0, 60]", ""),
        ({"zoom": 1}, ".zoom.factor", "[lowest, highest]", ""),
        ({"zoom": [2, 1]}, ".zoom.factor", "[lowest, highest]", ""),
        ({"contrast": [0, 1]}, ".contrast.factor", "[lowest, highest]", ""),
        ({"shift": -1}, ".shift.pixels", "at least 0", ""),
        ({"shift": 1.5}, ".shift.pixels", "must be whole", "whole: false"),
        ({"crop": 1.5}, ".crop.padding", "whole number", ""),
        ({"crop": {"padding": 1, "fill": "black"}}, ".crop.fill", "background, edge", ""),
        ({"elastic": {"alpha": 1, "sigma": 0}}, ".elastic.sigma", "greater than 0", ""),
        ({"brightness": 1.5}, ".brightness.change", "[0, 1]", ""),
        ({"time_warp": 1}, ".time_warp.change", "[0, 1)", ""),
        ({"time_warp": {"change": 0.1, "knots": 1}}, ".time_warp.knots", "at least 2", ""),
        ({"jitter": True}, ".jitter.sd", "finite number", ""),
        ({"brightness": 0.1}, ".brightness", "must stand there once", "Remove one"),
    ],
)
def test_faults(entry: Any, path: str, rule: str, remedy: str) -> None:
    (found,) = faults([{"brightness": 0}, entry])
    assert found.path == f"regularizers.0.augment.1{path}"
    assert rule in found.rule
    assert remedy in found.remedy


@pytest.mark.parametrize("augment", [[], {"rotate": 3}, "rotate", 3, {"transforms": "rotate"}])
def test_what_is_no_list_of_transforms(augment: Any) -> None:
    assert faults(augment)[0].path.startswith("regularizers.0.augment")


def test_both_flips_may_stand_beside_each_other() -> None:
    both = [{"flip": "horizontal"}, {"flip": "vertical"}]
    assert len(loaded(both, "fashion-mnist").transforms) == 2
    (found,) = faults([*both, {"flip": "vertical"}], "fashion-mnist")
    assert found.path == "regularizers.0.augment.2.flip"
    assert "flip vertical must stand there once" in found.rule


HARMFUL: list[tuple[str, dict[str, Any], str]] = [
    *(
        (name, {"flip": "horizontal"}, "2 looks like 5")
        for name in ("digits", "digits3d", "mnist", "emnist-digits", "emnist-mnist")
    ),
    ("digits", {"flip": "vertical"}, "6 like 9"),
    ("mnist", {"rotate": 46}, "6 becomes 9 and 9 becomes 6"),
    ("emnist-letters", {"flip": "horizontal"}, "b looks like d"),
    ("emnist-letters", {"rotate": 90}, "M becomes W"),
    ("emnist-balanced", {"rotate": 90}, "6 becomes 9"),
    ("emnist-byclass", {"flip": "vertical"}, "M like W"),
    ("kmnist", {"flip": "horizontal"}, "kana"),
    ("kmnist", {"rotate": 90}, "kana"),
    ("mnist1d", {"flip": "horizontal"}, "1 looks like 4"),
    ("watch", {"flip": "horizontal"}, "(IR)"),
    ("sunspots", {"time_warp": 0.1}, "speed"),
    ("co2", {"scale": 0.1}, "not multiplied"),
    ("sunspots", {"flip": "horizontal"}, "backwards"),
]


@pytest.mark.parametrize(("dataset", "entry", "words"), HARMFUL)
def test_labels_have_to_survive(dataset: str, entry: dict[str, Any], words: str) -> None:
    (kind,) = entry
    (found,) = faults([{"shift": 0}, entry], dataset)
    assert found.path == f"regularizers.0.augment.1.{kind}"
    assert found.rule.startswith(f"would change labels of {dataset}: ")
    assert words in found.rule
    assert "labels_may_change: true" in found.remedy
    allowed = loaded({"transforms": [entry], "labels_may_change": True}, dataset)
    (note,) = notes_of(allowed, dataset)
    assert words in note
    assert kind in note


@pytest.mark.parametrize(
    ("dataset", "entry"),
    [
        ("digits", {"rotate": 45}),
        ("digits", {"flip": {"axis": "horizontal", "probability": 0}}),
        ("digits", {"rotate": {"degrees": 90, "probability": 0}}),
        ("digits3d", {"flip": "depth"}),
        ("fashion-mnist", {"flip": "horizontal"}),
        ("fashion-mnist", {"rotate": 180}),
        ("cifar10", {"flip": "horizontal"}),
        ("mnist1d", {"shift": 3}),
        ("watch", {"time_warp": 0.2}),
        ("sunspots", {"jitter": 0.1}),
        ("sunspots", {"scale": 0}),
        ({"name": "npz", "path": "a.npz"}, {"flip": "vertical"}),
    ],
)
def test_what_labels_survive_is_allowed(dataset: Any, entry: dict[str, Any]) -> None:
    assert notes_of(loaded([entry], dataset), "digits" if dataset == "digits" else "npz") == ()


def test_declarations_are_of_known_sets() -> None:
    assert {*DECLARED} <= {entry.name for entry in data_sets()} | {"series"}
    assert change_of("fashion-mnist", "flip", "horizontal", 0.5) is None
    assert change_of("unknown", "rotate", "", 180) is None
