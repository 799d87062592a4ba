"""From rows to parts: the scaler is fitted on the training rows and applied to every part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.data.dataset import Dataset, Part
from cnnopt.data.scaling import Scale, Scaler, fit_scaler


def prepare(
    dataset: Dataset, rows: Mapping[str, Rows], scale: Scale
) -> tuple[dict[str, Part], Scaler]:
    """Return the parts, scaled, and the scaler that was fitted on the training rows alone.

    Args:
        dataset: all examples.
        rows: row numbers per part, such as `Split.parts()`; "train" must be there. A part
            without rows is left out.
        scale: standard, unit or none.

    Raises:
        ConfigError: `unit` for data without a range of values.
    """
    scaler = fit_scaler(scale, dataset.x[rows["train"]], dataset.value_range)
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
    )
