"""The lesson's function, generated: y = exp(-x²)·cos(10x) + noise·N(0, 1), x ~ U(-3, 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.dataset import Dataset
from cnnopt.randomness import stream

LOW, HIGH = -3.0, 3.0


def truth(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return exp(-x²)·cos(10x), the function without noise, in the shape of `x`."""
    values = np.asarray(x, dtype=np.float64)
    return np.asarray(np.exp(-(values**2)) * np.cos(10 * values), dtype=np.float64)


def regression(examples: int = 10_000, noise: float = 0.03, data_seed: int = 0) -> Dataset:
    """Return `examples` noisy points of the function: x float64 (N, 1), y float64 (N, 1).

    Args:
        examples: N >= 1.
        noise: standard deviation of the noise, >= 0; noise² is the lowest reachable squared error.
        data_seed: which draw. The same seed and a larger N begin with the same points.
    """
    x = stream(data_seed, "regression", "x").uniform(LOW, HIGH, size=(examples, 1))
    errors = stream(data_seed, "regression", "noise").standard_normal((examples, 1))
    return Dataset(
        name="regression",
        x=x,
        y=truth(x) + noise * errors,
        notes=(f"No model can have an expected squared error below noise² = {noise**2:.3g}.",),
    )
