"""Log loss: minus the logarithm of the probability that the right class was given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import checked_classes, checked_weights


class LogLoss:
    """Σ w·(logsumexp(z) - z_target) / Σ w, in nats: the cross entropy of logits z.

    Unlike the column `loss` it has no class weights in it: it judges the probabilities themselves.
    Guessing among K classes gives ln K.

    Source: Good 1952, "Rational decisions" (the logarithmic score).

    Example:
        >>> loss = LogLoss()
        >>> loss.update(np.array([[0.0, 0.0]]), np.array([1]))
        >>> round(loss.compute(), 4)
        0.6931
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
            outputs: logits (or logarithms of probabilities), shape (n, K).
            targets: class numbers in 0 … K - 1, shape (n,).
            weights: weight per example, shape (n,), each >= 0; None counts each example once.

        Raises:
            ValueError: shapes that do not fit.
        """
        checked_classes(outputs, targets)
        weight = checked_weights(weights, len(outputs))
        if not len(outputs):
            return
        z = outputs.astype(np.float64)
        z -= z.max(axis=1, keepdims=True)
        own = np.take_along_axis(z, targets[:, None], axis=1)[:, 0]
        self._sum += float(weight @ (np.log(np.exp(z).sum(axis=1)) - own))
        self._count += float(weight.sum())

    def compute(self) -> float:
        """Return the loss; NaN when no example (or only weight 0) was seen."""
        return self._sum / self._count if self._count else float("nan")
