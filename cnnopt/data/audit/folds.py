"""The audit of a cross-validation: the same checks, on the folds that were trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnopt.data.audit.exact import duplicates_across
from cnnopt.data.audit.finding import Finding
from cnnopt.data.audit.group_overlap import groups_on_both_sides
from cnnopt.data.audit.near import near_duplicates_across
from cnnopt.data.audit.order import future_rows, shared_samples
from cnnopt.data.audit.scalers import scaling_outside
from cnnopt.data.audit.sides import Parts, sides_of
from cnnopt.data.dataset import Dataset
from cnnopt.data.scaling import Scale, fit_scaler


def audit_folds(
    data: Dataset,
    folds: Mapping[str, Parts],
    scale: Scale,
    scalers: Mapping[str, Mapping[str, Any]],
) -> list[Finding]:
    """Return what each check found that applies to the data; each of them looks for a leak.

    The test part of a fold stands against its training and validation parts together. What lies in
    both of these is not told: it can mislead the choice of an epoch, but not the result.

    Args:
        data: the data set.
        folds: name → row numbers of the fold's parts, such as `Split.parts()`, all repetitions.
        scale: how inputs are scaled.
        scalers: name → what the fold's training scaled with, as `Scaler.to_json` says.
    """
    sides = [
        side
        for parts in folds.values()
        for side in sides_of(
            {
                "train": np.concatenate([rows for name, rows in parts.items() if name != "test"]),
                "test": parts["test"],
            }
        )
    ]
    expected = {
        name: fit_scaler(scale, data.x[parts["train"]], data.value_range)
        for name, parts in folds.items()
    }
    found = [
        duplicates_across(data, sides, "folds"),
        scaling_outside(expected, scalers),
        near_duplicates_across(data, sides, "folds"),
    ]
    if data.groups is not None:
        found.append(groups_on_both_sides(data, sides))
    if data.ordered:
        found.append(future_rows(data, list(folds.values())))
    elif data.timeline is not None:
        found.append(shared_samples(data, sides))
    return found
