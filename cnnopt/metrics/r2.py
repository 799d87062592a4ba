"""R², the share of the targets' variance that the predictions explain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import checked_residuals, checked_weights


class R2:
    """R² = 1 - Σ w·(target - output)² / Σ w·(target - mean target)², averaged over the K targets.

    1 is perfect, 0 is as good as the mean of the targets, negative is worse. The mean is that of
    the examples seen, not of the training part. Keras' and scikit-learn's default is the same
    average over targets. A target that never varies counts 1 when it is met exactly, else 0
    (scikit-learn's `force_finite`).

    Example:
        >>> r2 = R2()
        >>> r2.update(np.array([[1.0], [2.0], [2.0]]), np.array([[1.0], [2.0], [3.0]]))
        >>> r2.compute()
        0.5

    Source: Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance" (the
    pairwise update of mean and sum of squares; Σy² - n·mean² would cancel for targets far from 0).
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all examples."""
        self._examples = 0
        self._count = 0.0
        self._mean: NDArray[np.float64] | float = 0.0  # (K,)
        self._spread: NDArray[np.float64] | float = 0.0  # (K,) Σ w·(y - mean)²
        self._error: NDArray[np.float64] | float = 0.0  # (K,) Σ w·(y - output)²

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
        wanted, residuals = checked_residuals(outputs, targets)
        weight = checked_weights(weights, len(outputs))
        count = float(weight.sum())
        if not count:
            return
        # Summing the distances to one of the targets keeps a constant column exactly constant.
        mean = wanted[0] + weight @ (wanted - wanted[0]) / count
        step = mean - self._mean if self._count else np.zeros_like(mean)
        total = self._count + count
        within = weight @ np.square(wanted - mean)
        self._spread = self._spread + within + np.square(step) * (self._count * count / total)
        self._mean = self._mean + step * (count / total) if self._count else mean
        self._error = self._error + weight @ np.square(residuals)
        self._count = total
        self._examples += len(outputs)

    def compute(self) -> float:
        """Return R²; NaN when fewer than two examples (or only weight 0) were seen."""
        if self._examples < 2:
            return float("nan")
        spread, error = np.asarray(self._spread), np.asarray(self._error)
        varies = spread > 0
        with np.errstate(invalid="ignore", over="ignore"):
            share = np.divide(error, spread, out=np.zeros_like(error), where=varies)
        share[~varies] = error[~varies] != 0
        return float(np.mean(1.0 - share))
