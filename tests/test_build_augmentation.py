"""Transforms are built where they have a meaning for the data, and refused elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnopt.build import build
from cnnopt.config import load_config
from cnnopt.config.augmentation import AUGMENTATIONS
from cnnopt.data import augmentation as made
from cnnopt.data.augmentation import Augment
from cnnopt.errors import ConfigError, Fault

SHAPES = {0: (5,), 1: (12, 2), 2: (8, 6, 1), 3: (4, 6, 8, 1)}
MAIN: dict[str, Any] = {
    "rotate": 10, "shift": 1, "flip": "horizontal", "shear": 5, "zoom": 0.1, "crop": 1,
    "elastic": 2, "brightness": 0.1, "contrast": 0.1, "jitter": 0.1, "scale": 0.1,
    "time_warp": 0.1,
}  # fmt: skip
SERIES = {"shift", "flip", "zoom", "crop", "jitter", "scale", "time_warp"}
FIT = {0: set(), 1: SERIES, 2: MAIN.keys() - {"jitter", "scale", "time_warp"}}
FIT[3] = FIT[2]


def config(*entries: Any) -> dict[str, Any]:
    return {
        "dataset": {"name": "npz", "path": "nowhere.npz"},
        "model": ["flatten", {"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "adam",
        "regularizers": [{"l2": 0.1}, {"augment": list(entries)}],
    }


def augment(rank: int, *entries: Any) -> Augment:
    experiment = build(load_config(config(*entries)), SHAPES[rank], 3, True)
    (transform,) = experiment.transforms
    assert isinstance(transform, Augment)
    assert transform.name == "augment"
    return transform


def fault(rank: int, *entries: Any) -> Fault:
    with pytest.raises(ConfigError) as caught:
        augment(rank, *entries)
    (found,) = caught.value.faults
    return found


def test_every_transform_has_a_case() -> None:
    assert MAIN.keys() == AUGMENTATIONS.keys()


@pytest.mark.parametrize("rank", SHAPES)
@pytest.mark.parametrize("kind", MAIN)
def test_a_transform_is_made_or_refused(kind: str, rank: int) -> None:
    entry = {kind: MAIN[kind]}
    if kind in FIT[rank]:
        (found,) = augment(rank, entry).entries
        assert found.name == ("flip horizontal" if kind == "flip" else kind)
        assert found.probability == (0.5 if kind == "flip" else 1)
        return
    refused = fault(rank, {"shift": 0} if rank else entry, *([entry] if rank else []))
    assert refused.path == f"regularizers.1.augment.{int(rank > 0)}.{kind}"
    assert "has no meaning for" in refused.rule
    assert refused.remedy.startswith("Use" if rank else "Remove")
    if rank:  # what is named instead would do
        named = refused.remedy.removeprefix("Use ").split(" or ")
        assert {*named} <= {*FIT[rank]}


@pytest.mark.parametrize(
    ("rank", "entry", "where", "remedy"),
    [
        (1, {"flip": "vertical"}, "flip.axis", "Use horizontal"),
        (2, {"flip": "depth"}, "flip.axis", "Use horizontal, vertical"),
        (2, {"rotate": {"degrees": 3, "axis": "depth"}}, "rotate.axis", "Use horizontal, vertical"),
        (2, {"rotate": {"degrees": 3, "axis": "vertical"}}, "rotate.axis", "Remove it"),
        (2, {"shift": 6}, "shift.pixels", "Use a smaller number"),
        (3, {"crop": 4}, "crop.padding", "Use a smaller number"),
        (2, {"elastic": {"alpha": 1, "sigma": 9}}, "elastic.sigma", "Use a smaller number"),
    ],
)
def test_settings_without_a_meaning(
    rank: int, entry: dict[str, Any], where: str, remedy: str
) -> None:
    found = fault(rank, entry)
    assert found.path == f"regularizers.1.augment.0.{where}"
    assert found.remedy == remedy


def test_a_fault_knows_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "dataset: {name: npz, path: a.npz}\nmodel: [flatten, dense: classes]\n"
        "loss: cross_entropy\noptimizer: adam\nregularizers:\n- augment:\n  - shift: 1\n"
        "  - time_warp: 0.3\n"
    )
    with pytest.raises(ConfigError) as caught:
        build(load_config(file), (8, 8, 1), 3, True)
    assert str(caught.value).startswith(f"{file}:8: regularizers.0.augment.1.time_warp: has no")


def test_settings_arrive() -> None:
    found = augment(
        3,
        {"rotate": {"degrees": 10, "axis": "vertical"}},
        {"flip": {"axis": "depth", "probability": 0.25}},
        {"zoom": [0.5, 3]},
        {"elastic": {"alpha": 3, "sigma": 2}},
        {"crop": {"padding": 1, "fill": "reflect"}},
        {"contrast": 0.25},
        {"shift": {"pixels": 1.5, "whole": False}},
        {"shear": 5},
        {"brightness": 0.1},
    )
    assert [each.transform for each in found.entries] == [
        made.Rotate(10, (0, 2)),
        made.Flip(0),
        made.Zoom(0.5, 3),
        made.Elastic(3, 2),
        made.Crop(1, "reflect"),
        made.Contrast(0.75, 1.25),
        made.Shift(1.5, whole=False),
        made.Shear(5),
        made.Brightness(0.1),
    ]
    assert found.entries[1].probability == 0.25


@pytest.mark.parametrize(
    ("rank", "axis", "plane"),
    [(2, None, (0, 1)), (3, None, (1, 2)), (3, "depth", (1, 2)), (3, "horizontal", (0, 1))],
)
def test_planes(rank: int, axis: str | None, plane: tuple[int, int]) -> None:
    entry = {"rotate": {"degrees": 3} | ({} if axis is None else {"axis": axis})}
    assert augment(rank, entry).entries[0].transform == made.Rotate(3, plane)


def test_axes_of_flips() -> None:
    assert [
        augment(rank, {"flip": axis}).entries[0].transform
        for rank, axis in [
            (1, "horizontal"), (2, "horizontal"), (2, "vertical"), (3, "horizontal"), (3, "depth")
        ]
    ] == [made.Flip(0), made.Flip(1), made.Flip(0), made.Flip(2), made.Flip(0)]  # fmt: skip


def test_series_settings_arrive() -> None:
    found = augment(1, {"jitter": 0.2}, {"scale": 0.5}, {"time_warp": {"change": 0.3, "knots": 6}})
    assert [each.transform for each in found.entries] == [
        made.Jitter(0.2), made.Scale(0.5, 1.5), made.TimeWarp(0.3, 6)
    ]  # fmt: skip
