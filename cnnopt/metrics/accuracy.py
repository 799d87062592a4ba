"""Accuracy: the share of examples whose largest output is the right class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import checked_classes, checked_weights


class Accuracy:
    """Accuracy in [0, 1]: Σ w·[argmax outputs = target] / Σ w.

    On a tie the lowest class number counts, as in `numpy.argmax`. A row with NaN counts as wrong.

    Example:
        >>> accuracy = Accuracy()
        >>> accuracy.update(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        >>> accuracy.compute()
        0.5
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all examples."""
        self._right = 0.0
        self._count = 0.0

    def update(
        self, outputs: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any] | None = None
    ) -> None:
        """Add a batch.

        Args:
            outputs: logits or probabilities, shape (n, K).
            targets: class numbers in 0 … K - 1, shape (n,).
            weights: weight per example, shape (n,), each >= 0; None counts each example once.

        Raises:
            ValueError: shapes that do not fit.
        """
        checked_classes(outputs, targets)
        weight = checked_weights(weights, len(outputs))
        if not len(outputs):
            return
        top = outputs.argmax(axis=1)
        # argmax points at the first NaN of a row; it must not pass for a prediction.
        known = ~np.isnan(np.take_along_axis(outputs, top[:, None], axis=1)[:, 0])
        self._right += float(weight[(top == targets) & known].sum())
        self._count += float(weight.sum())

    def compute(self) -> float:
        """Return the accuracy; NaN when no example (or only weight 0) was seen."""
        return self._right / self._count if self._count else float("nan")
