"""`load`: from the config's `dataset:` entry to a data set in memory. Names are a fixed table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from cnnopt.data.cifar import CIFAR_SETS, load_cifar
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.named import NAMED_SETS, load_named
from cnnopt.data.settings import (
    CsvSettings,
    DatasetSettings,
    ImagesSettings,
    Mnist1dSettings,
    NpzSettings,
    RegressionSettings,
    SeriesSettings,
    WatchSettings,
    WindowSettings,
)


def load(settings: DatasetSettings) -> Dataset:
    """Return the data set that `settings` (`config.dataset`) names, unscaled.

    Raises:
        DataError: files are missing or unreadable, values are not finite, labels do not fit.
    """
    if settings.name in NAMED_SETS or settings.name in CIFAR_SETS:
        wants_test = getattr(settings, "test", "official") == "official"
        path = Path(str(settings.path)).expanduser() if settings.path is not None else None
        read = load_named if settings.name in NAMED_SETS else load_cifar
        dataset = read(settings.name, path, test_needed=wants_test)
    else:
        dataset = _LOADERS[settings.name](settings)
    if dataset.classes and len(dataset.classes) > dataset.rows:
        raise data_error(
            str(settings.path or settings.name),
            "must have at least one example per class",
            given=f"{len(dataset.classes)} classes and {dataset.rows} examples",
        )
    return dataset


def _digits(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.digits import digits

    return digits()


def _digits3d(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.digits import digits3d

    return digits3d()


def _mnist1d(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.mnist1d import mnist1d, read_mnist1d

    own = cast(Mnist1dSettings, settings)
    return mnist1d(own.data_seed) if own.path is None else read_mnist1d(_path(own))


def _regression(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.regression import regression

    own = cast(RegressionSettings, settings)
    return regression(own.examples, own.noise, own.data_seed)


def _npz(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.npz import load_npz

    own = cast(NpzSettings, settings)
    official: dict[str, tuple[str, str]] = {}
    for part, x, y in (
        ("validation", own.x_validation, own.y_validation),
        ("test", own.x_test, own.y_test),
    ):
        if (x is None) != (y is None):
            rule = f"x_{part} and y_{part} belong together"
            given, remedy = "only one of them", "Name both or neither"
            raise data_error(_path(own), rule, given=given, place="dataset", remedy=remedy)
        if x is not None and y is not None:
            official[part] = (x, y)
    return load_npz(_path(own), own.x, own.y, official, own.task, own.dimensions, own.groups)


def _images(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.image_folder import load_image_folder

    own = cast(ImagesSettings, settings)
    size = (int(own.size[0]), int(own.size[1])) if own.size is not None else None
    return load_image_folder(_path(own), size, own.colour)


def _csv(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.csv_table import load_csv

    own = cast(CsvSettings, settings)
    target = (own.target,) if isinstance(own.target, str) else tuple(own.target)
    return load_csv(_path(own), target, tuple(own.ignore), own.task, own.groups)


def _sunspots(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.embedded_series import sunspots

    own = cast(WindowSettings, settings)
    return sunspots(own.window, own.horizon, relative=own.relative)


def _co2(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.embedded_series import co2

    own = cast(WindowSettings, settings)
    return co2(own.window, own.horizon, relative=own.relative)


def _series(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.series import Cutting
    from cnnopt.data.series_table import load_series

    own = cast(SeriesSettings, settings)
    target = (own.target,) if isinstance(own.target, str) else tuple(own.target)
    cutting = Cutting(own.window, own.horizon, own.relative, own.period)
    return load_series(_path(own), own.time, target, tuple(own.values), cutting)


def _watch(settings: DatasetSettings) -> Dataset:
    from cnnopt.data.watch import load_watch

    own = cast(WatchSettings, settings)
    return load_watch(None if own.path is None else _path(own), own.window, own.stride)


def _path(settings: DatasetSettings) -> Path:
    if settings.path is None:
        raise data_error("", "must be given", place="dataset.path", remedy="Say where the data lie")
    return Path(str(settings.path)).expanduser()


_LOADERS: dict[str, Callable[[DatasetSettings], Dataset]] = {
    "digits": _digits,
    "digits3d": _digits3d,
    "mnist1d": _mnist1d,
    "regression": _regression,
    "npz": _npz,
    "images": _images,
    "csv": _csv,
    "sunspots": _sunspots,
    "co2": _co2,
    "series": _series,
    "watch": _watch,
}
