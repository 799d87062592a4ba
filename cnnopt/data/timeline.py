"""Where in time the rows of a data set lie that were cut from longer series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from cnnopt.arrays import Rows


@dataclass(frozen=True, eq=False)
class Timeline:
    """For every row, which samples it sees and needs; sample numbers count from 0 in each series.

    Two rows of one series have samples in common where their ranges `first` to `last` meet. A
    forecast made at `origin` may know nothing later: it is honest to train on a row if its `last`
    is not later than the `origin` of every row that the model is tested on.

    Attributes:
        series: which series the row was cut from, shape (N,).
        first: the first sample that its input sees, shape (N,).
        origin: the last sample that its input sees, shape (N,).
        last: the last sample that it needs at all, its target included; equal to `origin` where
            the label is no sample of the series; shape (N,).
        times: the moment of each row's target, as the file writes it; or empty.
        forecast: whether the targets are later samples of the same series.
        period: samples of a season, such as 52 weeks; None where none is known.
        naive: by name, forecasts that need no training, shape (N, T) each: the last value.
    """

    series: Rows
    first: Rows
    origin: Rows
    last: Rows
    times: tuple[str, ...] = ()
    forecast: bool = False
    period: int | None = None
    naive: Mapping[str, NDArray[Any]] = field(default_factory=dict)
