"""Softmax and its logarithm over the last axis, safe for logits of any size."""

from __future__ import annotations

import numpy as np

from cnnopt.arrays import Array


def softmax(probabilities: Array, row: Array, logits: Array) -> None:
    """Write exp(z) / sum(exp(z)) over the last axis, after taking the row's maximum off.

    Args:
        probabilities: result, (B, K); may be `logits` itself.
        row: scratch, (B, 1); holds the sums of the shifted exponentials afterwards.
        logits: (B, K).
    """
    np.max(logits, axis=-1, keepdims=True, out=row)
    np.subtract(logits, row, out=probabilities)
    np.exp(probabilities, out=probabilities)
    np.sum(probabilities, axis=-1, keepdims=True, out=row)
    np.divide(probabilities, row, out=probabilities)


def log_softmax(logs: Array, row: Array, logits: Array, exponentials: Array) -> None:
    """Write z - max(z) - log(sum(exp(z - max(z)))) over the last axis.

    Args:
        logs: result, (B, K).
        row: result, (B, 1): sums of the shifted exponentials.
        logits: (B, K).
        exponentials: result, (B, K): exp(z - max(z)).
    """
    np.maximum.reduce(logits, axis=-1, keepdims=True, out=row)
    np.subtract(logits, row, out=logs)
    np.exp(logs, out=exponentials)
    np.add.reduce(exponentials, axis=-1, keepdims=True, out=row)
    logs -= np.log(row)
