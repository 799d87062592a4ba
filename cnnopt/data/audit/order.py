"""Time: training rows from the future of a forecast, and windows that share samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.audit.finding import Finding, few, number
from cnnopt.data.audit.sides import Parts, Sides, tested_rows
from cnnopt.data.dataset import Dataset
from cnnopt.data.timeline import Timeline

FUTURE_REMEDY = (
    "Test on what comes last: cv.scheme: forward_chaining, or a share such as dataset.test: 0.2"
)
SHARED_REMEDY = (
    "Keep what was recorded together in one part: groups and cv.scheme: group, or windows that do "
    "not overlap"
)


def future_rows(data: Dataset, splits: Sequence[Parts]) -> Finding:
    """Look for training rows that need samples later than the first forecast they serve: a leak.

    A row may be trained on if its last sample, target included, is not later than the last sample
    that any validated or tested row of the same series sees. Rows of a validation part are not
    trained on, so that it may reach up to the test part.

    Args:
        data: the data set.
        splits: of each, the row numbers of its parts.
    """
    check = "training rows later than a forecast"
    line = data.timeline
    if line is None or not line.forecast:
        return Finding(check, 0, "does not apply: the rows have no order in time", True)
    late = [row for parts in splits for row in _late(line, parts["train"], _judged(parts)).tolist()]
    rows = sorted(set(late))
    if not rows:
        trained = len(np.unique(np.concatenate([parts["train"] for parts in splits])))
        return Finding(check, 0, f"none of {number(trained, 'training row')}", True)
    shown = few(f"{row} ({line.times[row]})" if line.times else str(row) for row in rows)
    return Finding(check, len(rows), f"rows {shown}", True, FUTURE_REMEDY)


def shared_samples(data: Dataset, sides: Sequence[Sides]) -> Finding:
    """Look for tested windows that have samples in common with known ones: a leak.

    Forecasts are free to see the past; what they must not see is told by `future_rows`.
    """
    check = "windows that share samples"
    line = data.timeline
    if line is None:
        return Finding(check, 0, "does not apply: the rows are no windows of longer series", True)
    if line.forecast:
        return Finding(check, 0, "does not apply: a forecast may see the past", True)
    shared: set[int] = set()
    for known, tested in sides:
        shared.update(tested[_meets(line, known, tested)].tolist())
    if not shared:
        looked = number(len(tested_rows(sides)), "tested window")
        return Finding(check, 0, f"none of {looked}", True)
    shown = few(f"{row} (series {line.series[row]})" for row in sorted(shared))
    return Finding(check, len(shared), f"tested rows {shown}", True, SHARED_REMEDY)


def _judged(parts: Parts) -> Rows:
    """Return the rows that the training is judged by, on the way and in the end."""
    return np.concatenate([rows for name, rows in parts.items() if name != "train"] or [_NONE])


def _late(line: Timeline, train: Rows, judged: Rows) -> Rows:
    """Return the training rows whose last sample is later than the first origin of their series."""
    _, codes = np.unique(line.series, return_inverse=True)
    first = np.full(int(codes.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, codes[judged], line.origin[judged])
    return train[line.last[train] > first[codes[train]]]


def _meets(line: Timeline, known: Rows, tested: Rows) -> NDArray[np.bool_]:
    """Return whether each tested window has a sample in common with any of the known ones."""
    # All series one behind the other on a single axis, so that windows meet only within one.
    _, codes = np.unique(line.series, return_inverse=True)
    start = codes * (int(line.last.max()) + 1)
    begin, end = start + line.first, start + line.last
    order = known[np.argsort(begin[known], kind="stable")]
    reach = np.maximum.accumulate(end[order])
    before = np.searchsorted(begin[order], end[tested], side="right")
    return (before > 0) & (reach[np.maximum(before - 1, 0)] >= begin[tested])


_NONE: Rows = np.empty(0, dtype=np.int64)
