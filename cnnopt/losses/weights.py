"""Class weights: one number for each class, which every example of the class bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array

Setting = Literal["balanced"] | Sequence[float]


def class_weights(setting: Setting, y: NDArray[Any], classes: int) -> Array:
    """Return the weight of each class, float64 of shape (K,).

    Args:
        setting: the weights themselves, one for each class; or `balanced`: n / (K·n_k), so that
            every class has the same weight in sum and the examples' mean weight is 1.
        y: class numbers of the training part, (n,). A class without examples there counts as one.
        classes: K.

    Example:
        >>> class_weights("balanced", np.array([0, 0, 0, 1]), 2).tolist()
        [0.6666666666666666, 2.0]

    Source: King & Zeng 2001, "Logistic regression in rare events data", section 4 (weighting);
    scikit-learn's class_weight="balanced" is the same.
    """
    if setting != "balanced":
        return np.asarray(setting, dtype=np.float64)
    counts = np.bincount(y, minlength=classes)
    result: Array = len(y) / (classes * np.maximum(counts, 1.0))
    return result


def example_weights(weights: Array, targets: NDArray[Any]) -> Array:
    """Return the weight of each example, (n,): that of its class.

    Args:
        weights: of the classes, (K,).
        targets: class numbers (n,), or shares of the classes (n, K): then the mean by these
            shares.
    """
    result: Array = weights[targets] if targets.ndim == 1 else targets @ weights
    return result


def weigh(weights: Array, targets: Array, scale: Array) -> None:
    """Weigh each term of a batch's cross entropy by its class, over the sum of the weights.

    Σ_n Σ_k w_k·t_nk·ℓ_nk / Σ_n Σ_k w_k·t_nk is the loss of the targets w_k·t_nk / s_n, which sum
    to 1, where example n has the weight s_n = Σ_k w_k·t_nk. So an example that is blended from two
    is worth what the two are, in their shares; a class number alone stays as it is. PyTorch's
    `CrossEntropyLoss(weight, reduction="sum")` has the same terms.

    Args:
        weights: of the classes, (K,).
        targets: shares of the classes (B, K), or (B, 1) of the second of two; changed in place.
        scale: (B,); becomes s_n / Σ s, what each example's loss counts.
    """
    if targets.shape[1] == 1:
        of_second = targets[:, 0] * weights[1]
        np.add(of_second, (1 - targets[:, 0]) * weights[0], out=scale)
        np.divide(of_second, scale, out=targets[:, 0])
    else:
        np.matmul(targets, weights, out=scale)
        targets *= weights
        targets /= scale[:, None]
    np.divide(scale, scale.sum(), out=scale)
