"""Rules between the settings of a data set that the text alone decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cnnopt.config.breach import Breach
from cnnopt.config.datasets import (
    OFFICIAL_SEED,
    Cifar,
    DatasetSettings,
    Digits,
    Digits3d,
    Idx,
    Mnist1d,
    Regression,
)
from cnnopt.config.own_data import Csv, Images, Npz
from cnnopt.config.series_data import Co2, Series, Sunspots, Watch

Forecast = Sunspots | Co2 | Series
"""Data whose targets are later samples of the series that the inputs are cut from."""

WITHOUT_PIXELS = Csv | Regression | Mnist1d | Forecast | Watch
GROUPS_ALONE = "Put all rows in one x, with a group for each, and use a share as the test part"


def task_of(dataset: DatasetSettings) -> Literal["classification", "regression"] | None:
    """Return what the data set is for; None where only the data can tell."""
    if isinstance(dataset, Digits | Digits3d | Mnist1d | Idx | Cifar | Images | Watch):
        return "classification"
    if isinstance(dataset, Regression | Forecast):
        return "regression"
    return dataset.task


def breaches_of_data(dataset: DatasetSettings) -> Iterator[Breach]:
    """Yield the broken rules between the settings of a data set."""
    test, validation = dataset.test, dataset.validation
    if isinstance(test, float) and isinstance(validation, float) and test + validation >= 1:
        yield Breach(
            "dataset.validation",
            f"and dataset.test ({test}) must leave rows to train on: their sum must be below 1",
            "Use test: 0.2 and validation: 0.1",
        )
    if test == "official" and not _has_official_test(dataset):
        remedy = "Name x_test and y_test, or use a share" if isinstance(dataset, Npz) else "Use 0.2"
        yield Breach("dataset.test", f"{dataset.name} has no official test part", remedy)
    if isinstance(dataset, Npz) and validation == "official" and dataset.x_validation is None:
        remedy = "Name x_validation and y_validation, or use a share"
        yield Breach("dataset.validation", "npz has no official validation part", remedy)
    if isinstance(dataset, Mnist1d) and dataset.path and dataset.data_seed != OFFICIAL_SEED:
        rule = "has no effect with dataset.path: a file is read, nothing is drawn"
        yield Breach("dataset.data_seed", rule, "Keep one of them")
    if dataset.scale == "unit" and isinstance(dataset, WITHOUT_PIXELS):
        yield Breach("dataset.scale", "unit is for pixels", "Use standard or none")
    if isinstance(dataset, Npz):
        yield from _arrays(dataset)
    if isinstance(dataset, Csv):
        yield from _columns(dataset)
    if isinstance(dataset, Forecast):
        yield from _forecast(dataset)


def _has_official_test(dataset: DatasetSettings) -> bool:
    if isinstance(dataset, Npz):
        return dataset.x_test is not None
    if isinstance(dataset, Cifar) and dataset.path and dataset.path.endswith(".bin"):
        return False
    return isinstance(dataset, Idx | Cifar | Mnist1d)


def _columns(dataset: Csv) -> Iterator[Breach]:
    if both := set(dataset.target) & set(dataset.ignore):
        rule = f"must not hold the target {min(both)}"
        yield Breach("dataset.ignore", rule, "Remove it here or there")
    if dataset.groups is not None and dataset.groups in {*dataset.target, *dataset.ignore}:
        rule = f"must be another column than target and ignore ({dataset.groups})"
        yield Breach("dataset.groups", rule, "It is no input anyway: remove it there")


def _forecast(dataset: Forecast) -> Iterator[Breach]:
    if dataset.sort is not None:
        rule = f"{dataset.name} stays in the order of time"
        yield Breach("dataset.sort", rule, "Remove it")
    if dataset.relative and dataset.window == 1:
        rule = "must be at least 2 with relative: differences to the only value are 0"
        yield Breach("dataset.window", rule, "Use relative: false, or a longer window")
    if not isinstance(dataset, Series):
        return
    for key, columns in (("target", dataset.target), ("values", dataset.values)):
        if dataset.time in columns:
            rule = f"must not hold the column of times {dataset.time}"
            yield Breach(f"dataset.{key}", rule, "Remove it here")


def _arrays(dataset: Npz) -> Iterator[Breach]:
    arrays = {
        "x_test": dataset.x_test,
        "x_validation": dataset.x_validation,
        "y_test": dataset.y_test,
        "y_validation": dataset.y_validation,
    }
    for given, value in arrays.items():
        other = ("y" if given[0] == "x" else "x") + given[1:]
        if value is not None and arrays[other] is None:
            remedy = f"Give {other} as well"
            yield Breach(f"dataset.{given}", f"has no effect without {other}", remedy)
    if dataset.groups is not None and (dataset.x_test or dataset.x_validation):
        rule = "cannot stand beside official parts, whose rows have no groups"
        yield Breach("dataset.groups", rule, GROUPS_ALONE)
