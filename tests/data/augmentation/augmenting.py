"""Batches to augment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.augmentation import Augment, Change, Entry, Moving
from cnnopt.randomness import stream


@dataclass
class Inputs:
    x: Array
    low: Array
    high: Array


def batch(*shape: int, dtype: Any = np.float32) -> Inputs:
    """Return a batch (B, *S, C) whose background is not 0 and differs from channel to channel."""
    generator = np.random.default_rng(5)
    x = generator.normal(size=shape).astype(dtype)
    low = -0.5 - np.arange(shape[-1], dtype=np.float32)
    return Inputs(x, low, low + 2 + np.arange(shape[-1], dtype=np.float32))


def augmented(
    inputs: Inputs, *transforms: Moving | Change, step: int = 0, probability: float = 1.0
) -> Array:
    """Return what the inputs become, each transform named by its class."""
    entries = tuple(Entry(type(each).__name__, probability, each) for each in transforms)
    copy = Inputs(inputs.x.copy(), inputs.low, inputs.high)
    Augment(entries).apply(copy, stream(0, "augment", step))
    return copy.x


class Chance:
    """Stands for a generator: what is drawn is known."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def uniform(self, low: Any, high: Any, size: Any) -> Any:
        return np.broadcast_to(np.asarray(self._value, float), size)

    def integers(self, low: Any, high: Any, size: Any, endpoint: bool) -> Any:
        return np.broadcast_to(np.asarray(self._value), size)
