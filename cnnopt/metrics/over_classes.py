"""Means over classes: balanced accuracy, precision, recall and F1, each class counting the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import Vector, checked_classes, checked_weights

Score = Callable[[Vector, Vector, Vector], Vector]
"""From weights of right, predicted and real examples of each class, each (K,), to its value."""


def precision(right: Vector, predicted: Vector, real: Vector) -> Vector:
    """Return right / predicted: how far a class can be believed where it is predicted."""
    return _share(right, predicted, predicted + real > 0)


def recall(right: Vector, predicted: Vector, real: Vector) -> Vector:
    """Return right / real: how much of a class is found."""
    return _share(right, real, predicted + real > 0)


def f1(right: Vector, predicted: Vector, real: Vector) -> Vector:
    """Return 2·right / (predicted + real), the harmonic mean of precision and recall."""
    return _share(2 * right, predicted + real, predicted + real > 0)


def balanced_accuracy(right: Vector, predicted: Vector, real: Vector) -> Vector:
    """Return right / real for classes that have examples: their mean is not fooled by sizes."""
    return _share(right, real, real > 0)


class OverClasses:
    """The mean over classes of a share; `per_class` tells each.

    The predicted class is that of the largest output, the lowest on a tie; a row with NaN has
    none. A class without examples that is never predicted counts nowhere; one that is predicted
    although it has none (or has some and is never predicted) counts 0, as in scikit-learn.

    Source: Sokolova & Lapalme 2009, "A systematic analysis of performance measures for
    classification tasks", table 3 (macro averages; F1 is the mean of the classes' F1, not the F1 of
    the means); Brodersen et al. 2010, "The balanced accuracy and its posterior distribution".

    Example:
        >>> metric = OverClasses(recall)
        >>> metric.update(np.array([[9.0, 0.0], [9.0, 0.0], [9.0, 0.0]]), np.array([0, 0, 1]))
        >>> metric.compute(), metric.per_class().tolist()
        (0.5, [1.0, 0.0])
    """

    def __init__(self, score: Score) -> None:
        self._score = score
        self.reset()

    def reset(self) -> None:
        """Forget all examples."""
        self._counts: NDArray[np.float64] = np.zeros((3, 0))  # right, predicted, real

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
        classes = outputs.shape[1]
        if not self._counts.size:
            self._counts = np.zeros((3, classes))
        top = outputs.argmax(axis=1)
        known = ~np.isnan(np.take_along_axis(outputs, top[:, None], axis=1)[:, 0])
        right = known & (top == targets)
        for row, (which, where) in enumerate(((top, right), (top, known), (targets, slice(None)))):
            self._counts[row] += np.bincount(which[where], weight[where], classes)

    def per_class(self) -> Vector:
        """Return the value of each class, (K,), NaN where a class counts nowhere."""
        return self._score(*self._counts)

    def compute(self) -> float:
        """Return the mean over the classes that count; NaN when none does."""
        values = self.per_class()
        values = values[~np.isnan(values)]
        return float(values.mean()) if len(values) else float("nan")


def _share(part: Vector, whole: Vector, counts: NDArray[np.bool_]) -> Vector:
    """Return part / whole; 0 where a class counts without a whole, NaN where it does not count."""
    shares = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return np.where(counts, shares, np.nan)
