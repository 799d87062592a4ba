"""Data sets for the audit: clean ones, into which a test plants what is to be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnopt.data.audit.sides import Sides
from cnnopt.data.dataset import Dataset
from cnnopt.data.timeline import Timeline

PARTS = {"train": np.arange(0, 60), "validation": np.arange(60, 75), "test": np.arange(75, 100)}


def pictures(rows: int = 100, side: int = 8, channels: int = 1, seed: int = 0) -> Dataset:
    """Return 8-bit images of noise, as many of each of four classes; no two are alike."""
    x = np.random.default_rng(seed).integers(0, 200, (rows, side, side, channels), np.uint8)
    return Dataset("pictures", x, np.arange(rows) % 4, tuple("abcd"))


def table(rows: int = 100, columns: int = 5) -> Dataset:
    """Return a table of numbers with a target."""
    generator = np.random.default_rng(1)
    return Dataset(
        "table", generator.normal(size=(rows, columns)), generator.normal(size=(rows, 1))
    )


def windows(
    series: Sequence[int], first: Sequence[int], length: int, *, horizon: int = 0, **more: Any
) -> Dataset:
    """Return windows of `length` samples; with a horizon, forecasts of so many samples ahead."""
    begin = np.array(first)
    origin = begin + length - 1
    line = Timeline(np.array(series), begin, origin, origin + horizon, forecast=horizon > 0, **more)
    x = np.random.default_rng(2).normal(size=(len(begin), length, 1))
    return Dataset("windows", x, x[:, -1], timeline=line)


def sides(known: Sequence[int], tested: Sequence[int]) -> list[Sides]:
    """Return one pair of sides."""
    return [Sides(np.array(known, dtype=np.int64), np.array(tested, dtype=np.int64))]
