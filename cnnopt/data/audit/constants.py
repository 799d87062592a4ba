"""Features that say nothing: the same value in every training row."""

from __future__ import annotations

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.data.audit.finding import Finding, few, number
from cnnopt.data.blocks import row_blocks
from cnnopt.data.dataset import Dataset


def constant_features(data: Dataset, train: Rows) -> Finding:
    """Count inputs that are the same in all training rows: a remark.

    Args:
        data: the data set.
        train: rows of the training part, shape (n,), n >= 1.
    """
    check = "constant features"
    first = data.x[train[0]]
    same = np.ones(first.shape, dtype=bool)
    for block in row_blocks(len(train), first.size):
        same &= (data.x[train[block]] == first).all(axis=0)
    found = int(same.sum())
    looked = f"{number(first.size, 'value')} of an example"
    if not found:
        return Finding(check, 0, f"none of the {looked}", False)
    named = ""
    if data.columns and same.ndim == 1:
        named = f": {few(data.columns[k] for k in np.flatnonzero(same))}"
    detail = f"{found:,} of the {looked} in {number(len(train), 'training row')}{named}"
    return Finding(check, found, detail, False)
