"""Top-k accuracy: the share of examples whose class is among the k largest outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import checked_classes, checked_weights


class TopK:
    """Σ w·[target is among the k largest outputs] / Σ w, in [0, 1].

    On a tie the lowest class numbers come first, as for accuracy, which this is for k = 1. A row
    with NaN counts as wrong.

    Source: Russakovsky et al. 2015, "ImageNet Large Scale Visual Recognition Challenge", section 4.

    Example:
        >>> top = TopK(2)
        >>> top.update(np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]]), np.array([1, 2]))
        >>> top.compute()
        0.5
    """

    def __init__(self, k: int) -> None:
        self._k = k
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
        own = np.take_along_axis(outputs, targets[:, None], axis=1)
        lower = np.arange(outputs.shape[1]) < targets[:, None]
        before = ((outputs > own) | ((outputs == own) & lower)).sum(axis=1)
        known = ~np.isnan(outputs).any(axis=1)
        self._right += float(weight[(before < self._k) & known].sum())
        self._count += float(weight.sum())

    def compute(self) -> float:
        """Return the share; NaN when no example (or only weight 0) was seen."""
        return self._right / self._count if self._count else float("nan")
