"""Mean squared error, in the squared unit of the targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import checked_residuals, checked_weights


class MeanSquaredError:
    """Mean squared error: Σ w·(target - output)² / Σ w, averaged over the K targets.

    Example:
        >>> error = MeanSquaredError()
        >>> error.update(np.array([[1.0], [2.0]]), np.array([[1.5], [2.0]]))
        >>> error.compute()
        0.125
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all examples."""
        self._sum = 0.0
        self._count = 0.0

    def update(
        self, outputs: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any] | None = None
    ) -> None:
        """Add a batch.

        Args:
            outputs: predictions, shape (n, K).
            targets: targets, shape (n, K).
            weights: weight per example, shape (n,), each >= 0; None counts each example once.

        Raises:
            ValueError: shapes that do not fit.
        """
        _, residuals = checked_residuals(outputs, targets)
        weight = checked_weights(weights, len(outputs))
        if not len(outputs):
            return
        self._sum += float(weight @ np.square(residuals).mean(axis=1))
        self._count += float(weight.sum())

    def compute(self) -> float:
        """Return the error; NaN when no example (or only weight 0) was seen."""
        return self._sum / self._count if self._count else float("nan")
