"""A group (person, device, place) on both sides of a split: the model may know it by sight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnopt.data.audit.finding import Finding, few, number
from cnnopt.data.audit.sides import Sides
from cnnopt.data.dataset import Dataset

REMEDY = (
    "Keep groups whole: cv.scheme: group, or a share such as dataset.test: 0.2 in place of an "
    "official part that cuts through them"
)


def groups_on_both_sides(data: Dataset, sides: Sequence[Sides]) -> Finding:
    """Look for groups of which some rows are known and others tested: a leak."""
    check = "groups on both sides"
    if data.groups is None:
        return Finding(check, 0, "does not apply: no groups are known", True)
    found: set[int] = set()
    for known, tested in sides:
        found.update(np.intersect1d(data.groups[known], data.groups[tested]).tolist())
    if not found:
        groups = len(np.unique(data.groups))
        return Finding(check, 0, f"none of {number(groups, 'group')}", True)
    names = few(data.group_names[group] for group in sorted(found))
    return Finding(check, len(found), names, True, REMEDY)
