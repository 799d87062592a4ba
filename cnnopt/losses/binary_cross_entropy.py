"""Binary cross entropy between targets in [0, 1] and the sigmoid of the outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers


def class_logits(outputs: NDArray[Any]) -> NDArray[Any]:
    """Return logits of all classes, (n, K): outputs of width 1 become 0 and themselves, (n, 2).

    The softmax of (0, z) is (1 - sigmoid(z), sigmoid(z)): one output or two, what is made of
    logits from here on is the same.
    """
    if outputs.shape[1] > 1:
        return outputs
    return np.concatenate([np.zeros_like(outputs), outputs], axis=1)


@dataclass(frozen=True, slots=True)
class BinaryCrossEntropySpace:
    """Outputs (logits), their gradient, and room for exponentials and terms."""

    y: Array  # (B, K)
    dy: Array  # (B, K)
    powers: Array  # (B, K) exp(-|y|), then 1 + exp(-|y|)
    terms: Array  # (B, K)


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """loss = Σ [max(y, 0) - t·y + log(1 + exp(-|y|))] / K; dy = scale·(sigmoid(y) - t)/K.

    That is -t·log p - (1 - t)·log(1 - p) for p = sigmoid(y), written so that no logit of any size
    overflows or cancels. The outputs are logits: no sigmoid layer before it. For two classes the
    model has one output: the logit of the second class.

    Shapes: y (B, K), targets (B, K), scale (B,), losses (B,).

    Source: Goodfellow, Bengio & Courville 2016, section 6.2.2.2. PyTorch's BCEWithLogitsLoss and
    Keras' BinaryCrossentropy(from_logits=True) average over the K outputs as well; their variants
    on probabilities clip, this one has no need to.
    """

    def targets(self, y: NDArray[Any], outputs: int, dtype: Any) -> Array:
        """Return the column (n, 1) for class numbers 0 and 1 of shape (n,); (n, K) as they are."""
        rows: Array = np.asarray(y, dtype=dtype)
        return rows[:, None] if rows.ndim == 1 else rows

    def plan(self, y: Array, dy: Array | None, make: Buffers) -> BinaryCrossEntropySpace:
        """Add room for exponentials and terms."""
        if dy is None:
            raise ValueError("binary cross entropy is planned for training only; see values()")
        return BinaryCrossEntropySpace(y, dy, make(y.shape), make(y.shape))

    def gradient(
        self, s: BinaryCrossEntropySpace, targets: Array, scale: Array, losses: Array
    ) -> None:
        """Write losses and dy."""
        outputs = s.y.shape[-1]
        np.abs(s.y, out=s.powers)
        np.negative(s.powers, out=s.powers)
        np.exp(s.powers, out=s.powers)
        np.maximum(s.y, 0, out=s.terms)
        np.multiply(s.y, targets, out=s.dy)
        np.subtract(s.terms, s.dy, out=s.terms)
        np.log1p(s.powers, out=s.dy)
        np.add(s.terms, s.dy, out=s.terms)
        np.mean(s.terms, axis=-1, out=losses)
        # sigmoid(y) = exp(min(y, 0)) / (1 + exp(-|y|)): both tails keep their digits.
        np.minimum(s.y, 0, out=s.dy)
        np.exp(s.dy, out=s.dy)
        np.add(s.powers, 1, out=s.powers)
        np.divide(s.dy, s.powers, out=s.dy)
        np.subtract(s.dy, targets, out=s.dy)
        np.multiply(s.dy, scale[:, None], out=s.dy)
        np.divide(s.dy, outputs, out=s.dy)

    def values(self, y: Array, targets: Array) -> Array:
        """Return the loss of each example, in float64."""
        z, t = y.astype(np.float64), targets.astype(np.float64)
        terms = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))
        result: Array = np.mean(terms, axis=-1)
        return result
