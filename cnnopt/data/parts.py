"""From rows to parts: the scaler is fitted on the training rows and applied to every part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.data.dataset import Dataset, Levels, Part
from cnnopt.data.scaling import Scale, Scaler, fit_scaler


def prepare(
    dataset: Dataset, rows: Mapping[str, Rows], scale: Scale, sort: Literal["label"] | None = None
) -> tuple[dict[str, Part], Scaler]:
    """Return the parts, scaled, and the scaler that was fitted on the training rows alone.

    Args:
        dataset: all examples.
        rows: row numbers per part, such as `Split.parts()`; "train" must be there. A part
            without rows is left out.
        scale: standard, unit or none.
        sort: put the training rows in the order of their labels, equal ones as they are.

    Raises:
        ConfigError: `unit` for data without a range of values.
    """
    # Before sorting: in another order the means could differ in their last bits.
    scaler = fit_scaler(scale, dataset.x[rows["train"]], dataset.value_range)
    if sort == "label":
        labels = dataset.y[rows["train"]].reshape(len(rows["train"]), -1)[:, 0]
        rows = {**rows, "train": rows["train"][np.argsort(labels, kind="stable")]}
    parts = {
        name: make_part(dataset, numbers, scaler) for name, numbers in rows.items() if len(numbers)
    }
    return parts, scaler


def make_part(dataset: Dataset, rows: Rows, scaler: Scaler) -> Part:
    """Return the examples `rows` scaled by a scaler that is already fitted."""
    y = dataset.y[rows]
    return Part(
        x=scaler.apply(dataset.x[rows]),
        y=y if dataset.classes else y.astype(np.float32),
        rows=np.asarray(rows, dtype=np.int64),
        levels=levels_of(scaler, dataset.value_range),
    )


def levels_of(scaler: Scaler, value_range: float | None) -> Levels:
    """Return what a raw 0 and the highest value become by a scaler.

    Args:
        scaler: as fitted.
        value_range: the highest value of the data, or None.
    """
    low = -scaler.mean / scaler.scale
    high = low + (1.0 if value_range is None else value_range / scaler.scale)
    return Levels(low.astype(np.float32), high.astype(np.float32))
