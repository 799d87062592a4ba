"""Windows of a series: the samples up to an origin as input, a later sample as target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.faults import data_error
from cnnopt.data.timeline import Timeline
from cnnopt.errors import DataError

RELATIVE_NOTE = (
    "Inputs and targets are differences to the window's last value: errors are in the unit of "
    "the series, but r2 is about the differences, not about the values."
)


@dataclass(frozen=True)
class Cutting:
    """How windows are cut.

    Attributes:
        window: samples L that the input sees, >= 1.
        horizon: h >= 1; the target is the value h samples after the window's last.
        relative: take the window's last value away from each channel, and the target column's
            from the target. All of it is known at the origin.
        period: samples of a season, or None.
    """

    window: int
    horizon: int = 1
    relative: bool = False
    period: int | None = None


@dataclass(frozen=True)
class Windows:
    """What was cut.

    Attributes:
        x: inputs, float64 (N, L, C), the earliest sample first.
        y: targets, float64 (N, T).
        timeline: where each row lies; rows are in order of time.
        notes: what was filled, left out or changed.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    timeline: Timeline
    notes: tuple[str, ...]


def cut_windows(
    file: str | Path,
    inputs: NDArray[np.float64],
    targets: NDArray[np.float64],
    times: Sequence[str],
    cutting: Cutting,
) -> Windows:
    """Return a row for every origin that has L samples up to it and a target h samples later.

    A missing input takes the last value before it. A missing target is never filled: its row is
    left out. While some input has no value yet, the series has not begun.

    Args:
        file: where the series comes from, for messages.
        inputs: shape (S, C), NaN where a value is missing.
        targets: shape (S, T), NaN where a value is missing.
        times: the moment of each sample, S of them.
        cutting: window, horizon, relative, period.

    Raises:
        DataError: no row is left.

    Example:
        >>> series = np.array([[1.0], [2.0], [4.0], [8.0]])
        >>> cut = cut_windows("own", series, series, "abcd", Cutting(window=2))
        >>> cut.x[:, :, 0].tolist(), cut.y.tolist(), cut.timeline.times
        ([[1.0, 2.0], [2.0, 4.0]], [[4.0], [8.0]], ('c', 'd'))
    """
    length, horizon = cutting.window, cutting.horizon
    known, base = carry_forward(inputs), carry_forward(targets)
    needed = np.hstack([known, base]) if cutting.relative else known
    begun = np.flatnonzero(~np.isnan(needed).any(axis=1))
    start = int(begun[0]) if len(begun) else len(inputs)
    possible = np.arange(start + length - 1, len(inputs) - horizon, dtype=np.int64)
    complete = ~np.isnan(targets[possible + horizon]).any(axis=1)
    origin = possible[complete]
    if not len(origin):
        raise _too_short(file, len(inputs) - start, len(possible), cutting)
    x = known[origin[:, None] + np.arange(1 - length, 1)]
    y = targets[origin + horizon]
    if cutting.relative:
        x -= known[origin][:, None]
        y -= base[origin]
    seen = inputs[start : origin[-1] + 1]
    notes = _gap_notes(start, seen, len(possible) - len(origin))
    if cutting.relative:
        notes.append(RELATIVE_NOTE)
    naive = _naive(base, origin, cutting)
    return Windows(x, y, _timeline(origin, times, cutting, naive), tuple(notes))


def carry_forward(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `values` (S, C) with each NaN replaced by the last number above it, if there is one.

    Example:
        >>> carry_forward(np.array([[np.nan], [3.0], [np.nan]])).ravel().tolist()
        [nan, 3.0, 3.0]
    """
    numbers = np.arange(len(values))[:, None]
    latest = np.maximum.accumulate(np.where(np.isnan(values), 0, numbers), axis=0)
    return np.asarray(np.take_along_axis(values, latest, axis=0))


def _naive(
    values: NDArray[np.float64], origin: Rows, cutting: Cutting
) -> dict[str, NDArray[np.float64]]:
    """Return the forecasts that need no training, (N, T) each, as differences where targets are.

    The last value that is known at the origin; where there are seasons, the last one known of the
    target's place in the season, NaN before the first season is over.
    """
    last = values[origin]
    forecasts = {"last value": last}
    if cutting.period is not None:
        seasons = -(-cutting.horizon // cutting.period)
        same = origin + cutting.horizon - seasons * cutting.period
        forecasts["seasonal last value"] = np.where(
            same[:, None] < 0, np.nan, values[np.maximum(same, 0)]
        )
    if cutting.relative:
        return {name: forecast - last for name, forecast in forecasts.items()}
    return forecasts


def _timeline(
    origin: Rows,
    times: Sequence[str],
    cutting: Cutting,
    naive: Mapping[str, NDArray[np.float64]],
) -> Timeline:
    last = origin + cutting.horizon
    return Timeline(
        series=np.zeros(len(origin), dtype=np.int64),
        first=origin - (cutting.window - 1),
        origin=origin,
        last=last,
        times=tuple(times[sample] for sample in last),
        forecast=True,
        period=cutting.period,
        naive=naive,
    )


def _gap_notes(start: int, seen: NDArray[np.float64], left_out: int) -> list[str]:
    notes = []
    if start:
        notes.append(f"Samples before the first with all values, left out: {start}.")
    if filled := int(np.isnan(seen).sum()):
        notes.append(
            f"Missing input values, filled with the last value before them: {filled} of "
            f"{seen.size}, at most {_longest(np.isnan(seen))} in a row."
        )
    if left_out:
        notes.append(f"Rows left out because their target is missing: {left_out}.")
    return notes


def _longest(missing: NDArray[np.bool_]) -> int:
    """Return the length of the longest run of True in any column."""
    longest = run = np.zeros(missing.shape[1], dtype=np.int64)
    for sample in missing:
        run = np.where(sample, run + 1, 0)
        longest = np.maximum(longest, run)
    return int(longest.max())


def _too_short(file: str | Path, samples: int, possible: int, cutting: Cutting) -> DataError:
    if possible:
        return data_error(file, "must have rows with a target: all targets are missing")
    need = cutting.window + cutting.horizon
    return data_error(
        file,
        f"needs at least {need} samples (dataset.window + dataset.horizon) from where all values "
        "have begun",
        given=str(samples),
        place="dataset.window",
        remedy="Use a shorter window",
    )
