"""A data set in memory, and the parts that a trial makes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Rows, Shape
from cnnopt.data.timeline import Timeline


@dataclass(frozen=True)
class Dataset:
    """All examples of one data set, unscaled.

    Attributes:
        name: the name in the config.
        x: inputs, shape (N, *shape), channels last, any real dtype.
        y: class numbers, int64 of shape (N,); or targets, float64 of shape (N, T).
        classes: the classes' names in the order of their numbers; empty for regression.
        official: rows of the parts that the data set's makers fixed, such as `{"test": rows}`.
        value_range: what `scale: unit` divides by (255, 16), or None where that has no meaning.
        notes: what is known of the data and worth saying beside a result.
        columns: names of the input columns of a table with a header, in the order of x; else empty.
        groups: number of the group (person, device, place) that a row belongs to, shape (N,); rows
            of a group are more alike than others. None where no groups are known.
        group_names: the groups' names in the order of their numbers.
        timeline: where in time the rows lie, if they were cut from series. Rows of an ordered
            set are in the order of time.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    classes: tuple[str, ...] = ()
    official: Mapping[str, Rows] = field(default_factory=dict)
    value_range: float | None = None
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    groups: Rows | None = None
    group_names: tuple[str, ...] = ()
    timeline: Timeline | None = None

    @property
    def rows(self) -> int:
        """Number of examples N."""
        return len(self.x)

    @property
    def input_shape(self) -> Shape:
        """Shape of one example, channels last."""
        return tuple(self.x.shape[1:])

    @property
    def outputs(self) -> int:
        """How many numbers a model has to give per example: classes, or targets T."""
        return len(self.classes) or int(self.y.shape[1])

    @property
    def ordered(self) -> bool:
        """Whether later rows are the future of earlier ones: targets are samples yet to come."""
        return self.timeline is not None and self.timeline.forecast

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest of everything a result can depend on: values, dtypes, shapes, parts.

        Groups and timeline are part of it where there are any.
        """
        digest = hashlib.blake2b(digest_size=16)
        arrays = [self.x, self.y, *(self.official[part] for part in sorted(self.official))]
        digest.update(repr((self.classes, sorted(self.official), self.value_range)).encode())
        if self.groups is not None:
            arrays.append(self.groups)
            digest.update(repr(("groups", self.group_names)).encode())
        if (line := self.timeline) is not None:
            arrays += [line.series, line.first, line.origin, line.last]
            digest.update(repr(("timeline", line.times, line.forecast, line.period)).encode())
        for array in arrays:
            digest.update(repr((array.dtype.str, array.shape)).encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


class Levels(NamedTuple):
    """What two values of the raw data are after scaling, per channel.

    Attributes:
        low: a raw 0 (black, no ink), shape (C,).
        high: the highest value of the data's range; where there is none, one standard deviation
            of the scaled data above `low`; shape (C,).
    """

    low: Array
    high: Array


@dataclass(frozen=True)
class Part:
    """Examples ready to train on or to measure with: scaled, float32, channels last.

    Attributes:
        x: inputs, shape (n, *shape).
        y: class numbers, int64 of shape (n,); or targets, float32 of shape (n, T).
        rows: which rows of the data set these are, shape (n,).
        levels: what black and white have become, for what draws into examples; None: 0 and 1.
    """

    x: Array
    y: NDArray[Any]
    rows: Rows
    levels: Levels | None = None

    def __len__(self) -> int:
        return len(self.rows)
