"""What every metric does, and the checks that all of them make on their arguments."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

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


@runtime_checkable
class PerClass(Protocol):
    """A metric that can also tell the value of each class."""

    def per_class(self) -> Vector:
        """Return the value of each class, (K,), NaN where there is none; (0,) without examples."""


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


def checked_classes(outputs: NDArray[Any], targets: NDArray[Any]) -> None:
    """Check outputs (n, K) against class numbers (n,).

    Raises:
        ValueError: other shapes.
    """
    if outputs.ndim != 2 or targets.shape != outputs.shape[:1]:
        raise ValueError(
            f"outputs must have shape (n, K) and targets (n,), "
            f"got {outputs.shape} and {targets.shape}."
        )


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
