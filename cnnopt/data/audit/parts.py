"""The audit of one split: what `train` would use."""

from __future__ import annotations

import numpy as np

from cnnopt.data.audit.balance import class_balance
from cnnopt.data.audit.constants import constant_features
from cnnopt.data.audit.exact import duplicates_across, two_labels
from cnnopt.data.audit.finding import Finding
from cnnopt.data.audit.group_overlap import groups_on_both_sides
from cnnopt.data.audit.near import near_duplicates_across
from cnnopt.data.audit.order import future_rows, shared_samples
from cnnopt.data.audit.sides import Parts, sides_of
from cnnopt.data.dataset import Dataset


def audit_parts(data: Dataset, parts: Parts) -> list[Finding]:
    """Return what every check found: leaks first, then what is worth knowing.

    Args:
        data: the data set.
        parts: row numbers per part, such as `Split.parts()`; "train" must be there. Validation is
            tested against it, and test against both.
    """
    sides = sides_of(parts)
    return [
        duplicates_across(data, sides),
        near_duplicates_across(data, sides),
        groups_on_both_sides(data, sides),
        future_rows(data, [parts]),
        shared_samples(data, sides),
        class_balance(data, parts),
        constant_features(data, parts["train"]),
        two_labels(data, np.sort(np.concatenate(list(parts.values())))),
    ]
