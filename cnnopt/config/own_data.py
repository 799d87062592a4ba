"""Settings of the user's own data: arrays, folders of images, tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cnnopt.config.dataset_base import DatasetBase, Scale
from cnnopt.config.rule import Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import (
    Columns,
    Count,
    Pair,
    Positive,
    SomeColumns,
    TestSize,
    Text,
    whole,
)

Task = Literal["classification", "regression"]

Dimensions = Annotated[
    int,
    Field(strict=True, ge=1, le=3),
    BeforeValidator(whole),
    Rule("must be 1 (series), 2 (images) or 3 (volumes)"),
]
"""Axes in space of an example."""

MEDMNIST = {
    "y": "train_labels",
    "x_validation": "val_images",
    "y_validation": "val_labels",
    "x_test": "test_images",
    "y_test": "test_labels",
}
"""The other arrays of a file whose inputs are called train_images, as all of MedMNIST's are."""


def _beside(key: str, otherwise: str | None = None) -> Callable[[dict[str, Any]], Any]:
    return lambda given: MEDMNIST[key] if given.get("x") == "train_images" else otherwise


def _npz_test(given: dict[str, Any]) -> Any:
    return "official" if given.get("x_test") else 0.2


def _npz_validation(given: dict[str, Any]) -> Any:
    return "official" if given.get("x_validation") else 0.1


class Npz(Settings):
    """Arrays of a NumPy `.npz` file, such as those of MedMNIST (`x: train_images`).

    `dimensions` are the axes in space: 1 for series, 2 for images, 3 for volumes. `groups` is the
    array that says which group (person, device, place) a row belongs to.
    """

    # not on the common base: the default of `test` has to stand after what it follows from

    name: Literal["npz"] = "npz"
    path: Text
    x: Text = "x"
    y: Text = Field(default_factory=_beside("y", "y"))
    x_validation: Text | None = Field(default_factory=_beside("x_validation"))
    y_validation: Text | None = Field(default_factory=_beside("y_validation"))
    x_test: Text | None = Field(default_factory=_beside("x_test"))
    y_test: Text | None = Field(default_factory=_beside("y_test"))
    dimensions: Dimensions | None = None
    groups: Text | None = None
    task: Task | None = None
    test: TestSize = Field(default_factory=_npz_test)
    validation: TestSize = Field(default_factory=_npz_validation)
    split_seed: Count = 0
    scale: Scale = "standard"
    limit: Positive | None = None
    sort: Literal["label"] | None = None


class Images(DatasetBase):
    """A folder with one sub-folder of images per class."""

    name: Literal["images"] = "images"
    path: Text
    size: Pair | None = None
    colour: Literal["grey", "rgb"] = "grey"


class Csv(DatasetBase):
    """A table with one example per row.

    `groups` is the column that says which group (person, device, place) a row belongs to.
    """

    name: Literal["csv"] = "csv"
    path: Text
    target: SomeColumns
    task: Task | None = None
    ignore: Columns = ()
    groups: Text | None = None
