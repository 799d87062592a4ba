"""What every metric does, and the checks that all of them make on their arguments."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Metric(Protocol):
    """A number over examples that arrive batch by batch."""

    def reset(self) -> None:
        """Forget all examples."""

    def update(
        self, outputs: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any] | None = None
    ) -> None:
        """Add a batch.

        Args:
            outputs: what the network gave, shape (n, K).
            targets: class numbers of shape (n,), or real targets of shape (n, K).
            weights: weight per example, shape (n,), each >= 0; None counts each example once.
        """

    def compute(self) -> float:
        """Return the value over all examples since the last reset; NaN where there is none."""


def checked_weights(weights: NDArray[Any] | None, examples: int) -> Vector:
    """Return the weights as float64 of shape (n,), ones for None.

    Raises:
        ValueError: another shape than (n,).
    """
    if weights is None:
        return np.ones(examples)
    if weights.shape != (examples,):
        raise ValueError(f"weights must have shape ({examples},), got {weights.shape}.")
    return weights.astype(np.float64)


def checked_residuals(
    outputs: NDArray[Any], targets: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return targets and targets - outputs as float64 of shape (n, K).

    Raises:
        ValueError: the shapes differ. (n,) against (n, 1) would broadcast to (n, n) and give a
            number that looks like a result.
    """
    if outputs.ndim != 2 or outputs.shape != targets.shape:
        raise ValueError(
            f"outputs and targets must both have shape (n, K), "
            f"got {outputs.shape} and {targets.shape}."
        )
    wanted = targets.astype(np.float64)
    return wanted, wanted - outputs
