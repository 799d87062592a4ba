"""Scaling of inputs, fitted on training rows only: standard (per channel), unit, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.data.blocks import row_blocks
from cnnopt.data.faults import data_error
from cnnopt.errors import ConfigError, Fault

Scale = Literal["standard", "unit", "none"]


@dataclass(frozen=True, eq=False)
class Scaler:
    """z = (x - mean) / scale, one pair of numbers per channel (the last axis).

    Attributes:
        mean: what is taken away, float64 of shape (C,).
        scale: what is divided by, float64 of shape (C,), never 0.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def apply(self, x: NDArray[Any]) -> Array:
        """Return `x` scaled, float32 of the same shape (n, *shape).

        The arithmetic is float64, block by block: large offsets (years, metres above the sea)
        do not cancel in float32, and no float64 copy of the whole is ever made.

        Raises:
            DataError: the last axis of `x` does not have C channels.
        """
        if x.ndim < 2 or x.shape[-1] != len(self.mean):
            raise data_error(
                "inputs",
                f"must have {len(self.mean)} channels on the last axis",
                given=f"shape {x.shape[1:]}",
            )
        out: NDArray[np.float32] = np.empty(x.shape, dtype=np.float32)
        row_size = int(np.prod(x.shape[1:]))
        for block in row_blocks(len(x), row_size):
            values = np.subtract(x[block], self.mean, dtype=np.float64)
            values /= self.scale
            out[block] = values
        return out

    def to_json(self) -> dict[str, list[float]]:
        """Return JSON-ready numbers that `from_json` turns back to the same bits."""
        return {"mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_json(cls, numbers: Mapping[str, list[float]]) -> Scaler:
        """Return the scaler that `to_json` wrote.

        Raises:
            DataError: keys are missing, lengths differ, or a number is not finite or a scale is 0.
        """
        try:
            mean = np.asarray(numbers["mean"], dtype=np.float64)
            scale = np.asarray(numbers["scale"], dtype=np.float64)
        except (KeyError, TypeError, ValueError) as fault:
            raise data_error("scaler", "must hold the lists mean and scale") from fault
        usable = np.isfinite(mean).all() and np.isfinite(scale).all() and bool((scale != 0).all())
        if mean.ndim != 1 or mean.shape != scale.shape or not usable:
            raise data_error(
                "scaler", "must hold one finite mean and one finite scale other than 0 per channel"
            )
        return cls(mean, scale)


def fit_scaler(kind: Scale, x: NDArray[Any], value_range: float | None) -> Scaler:
    """Return the scaler of `kind` for the training inputs `x`.

    standard: mean and standard deviation (ddof 0) per channel over rows and positions; a channel
    that is constant is only centred. unit: divide by `value_range`. none: change nothing.

    Args:
        kind: one of standard, unit, none.
        x: training rows only, shape (n, *shape), n >= 1, channels last; a table's columns are
            its channels.
        value_range: the data set's highest possible value, or None where there is none.

    Raises:
        ConfigError: `unit` was asked for data without a range of values.

    Example:
        >>> scaler = fit_scaler("standard", np.array([[1.0, 5.0], [3.0, 5.0]]), None)
        >>> scaler.mean.tolist(), scaler.scale.tolist()
        ([2.0, 5.0], [1.0, 1.0])
    """
    channels = x.shape[-1]
    if kind == "standard":
        return _standard(x)
    if kind == "none":
        return Scaler(np.zeros(channels), np.ones(channels))
    if value_range is None:
        raise ConfigError(
            Fault(
                "dataset.scale",
                "unit needs data with a fixed range of values, such as 8-bit images",
                "unit",
                "Use standard, or none",
            )
        )
    return Scaler(np.zeros(channels), np.full(channels, float(value_range)))


def _standard(x: NDArray[Any]) -> Scaler:
    """Two passes over blocks: the textbook one-pass variance cancels for data far from 0."""
    channels = x.shape[-1]
    row_size = int(np.prod(x.shape[1:]))
    count = x.size // channels
    total = np.zeros(channels)
    for block in row_blocks(len(x), row_size):
        total += _channels(x[block]).sum(axis=1)
    mean = total / count
    squares = np.zeros(channels)
    for block in row_blocks(len(x), row_size):
        deviation = _channels(x[block]) - mean[:, None]
        squares += np.einsum("ci,ci->c", deviation, deviation)
    # Exactly constant, told from the data and not from a rounded variance of about 1e-33.
    constant = (x == x.reshape(-1, channels)[0]).all(axis=tuple(range(x.ndim - 1)))
    return Scaler(mean, np.where(constant, 1.0, np.sqrt(squares / count)))


def _channels(block: NDArray[Any]) -> NDArray[np.float64]:
    """Return the block as float64 of shape (C, values), each channel contiguous."""
    channels = block.shape[-1]
    return np.ascontiguousarray(block.reshape(-1, channels).T, dtype=np.float64)
