"""AUC, the area under the ROC curve: how well outputs sort a class's examples before the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics.metric import Vector, checked_classes, checked_weights


class Auc:
    """The probability that an example of a class is ranked above one of another class.

    Two classes: ranked by the second class's logit minus the first's. More: for each class against
    the rest by its log-odds under the softmax, then the mean over the classes that have examples on
    both sides. Equal scores count one half (midranks). 0.5 is guessing, 1 is perfect; no threshold
    and no ratio of the classes has a part in it. Log-odds keep apart what probabilities round to
    the same 1.0; besides that, this is scikit-learn's roc_auc_score(multi_class="ovr").

    It needs all scores at once, so it keeps them: (n, K) numbers in float64.

    Source: Hanley & McNeil 1982, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve"; Provost & Domingos 2000 for one against the rest, here unweighted.

    Example:
        >>> auc = Auc()
        >>> auc.update(np.array([[0, 1.0], [0, 2.0], [0, 3.0]]), np.array([0, 1, 0]))
        >>> auc.compute()
        0.5
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all examples."""
        self._outputs: list[NDArray[np.float64]] = []
        self._targets: list[NDArray[Any]] = []
        self._weights: list[Vector] = []

    def update(
        self, outputs: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any] | None = None
    ) -> None:
        """Add a batch.

        Args:
            outputs: logits, shape (n, K), K >= 2.
            targets: class numbers in 0 … K - 1, shape (n,).
            weights: weight per example, shape (n,), each >= 0; None counts each example once.

        Raises:
            ValueError: shapes that do not fit.
        """
        checked_classes(outputs, targets)
        weight = checked_weights(weights, len(outputs))
        if len(outputs):
            self._outputs.append(outputs.astype(np.float64))
            self._targets.append(targets.copy())
            self._weights.append(weight)

    def per_class(self) -> Vector:
        """Return the area of each class against the rest, (K,); NaN where one side is empty.

        With two classes both have the same one. NaN for all where an output is NaN.
        """
        if not self._outputs:
            return np.empty(0)
        outputs = np.concatenate(self._outputs)
        targets, weights = np.concatenate(self._targets), np.concatenate(self._weights)
        if np.isnan(outputs).any():
            return np.full(outputs.shape[1], np.nan)
        odds = log_odds(outputs)
        return np.array([area(odds[:, k], targets == k, weights) for k in range(odds.shape[1])])

    def compute(self) -> float:
        """Return the mean over the classes that have examples on both sides; NaN without any."""
        areas = self.per_class()
        areas = areas[~np.isnan(areas)]
        return float(areas.mean()) if len(areas) else float("nan")


def log_odds(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(p / (1 - p)) for p = softmax(logits), (n, K): z_k minus logsumexp of the others.

    The largest output is compared with the others' own maximum, so nothing is lost to p near 1.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        rows, top = np.arange(len(logits)), logits.argmax(axis=1)
        powers = np.exp(logits - logits[rows, top][:, None])
        # Below the top, the others' sum holds the top's 1: taking one's own power off is safe.
        others = np.log(powers.sum(axis=1, keepdims=True) - powers) + logits[rows, top][:, None]
        rest = logits.copy()
        rest[rows, top] = -np.inf
        second = rest.max(axis=1)
        others[rows, top] = second + np.log(np.exp(rest - second[:, None]).sum(axis=1))
        odds: NDArray[np.float64] = logits - others
    return odds


def area(scores: Vector, positive: NDArray[np.bool_], weights: Vector) -> float:
    """Return the weighted share of pairs (positive, negative) in which the positive scores higher.

    Args:
        scores: (n,), no NaN.
        positive: which examples are of the class, (n,).
        weights: (n,), each >= 0.

    Returns:
        A number in [0, 1]; a tie counts one half; NaN where a side has no weight.
    """
    _, place = np.unique(scores, return_inverse=True)
    place = place.reshape(-1)
    above = np.bincount(place, np.where(positive, weights, 0.0))
    below = np.bincount(place, np.where(positive, 0.0, weights))
    pairs = above.sum() * below.sum()
    if not pairs:
        return float("nan")
    before = np.cumsum(below) - below
    return float(np.dot(above, before + below / 2) / pairs)
