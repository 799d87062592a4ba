"""Softmax and its logarithm over the last axis, safe for logits of any size."""

from __future__ import annotations

import numpy as np

from cnnopt.arrays import Array

SHORT_ROW = 64
"""Numbers of a row up to which its maximum is found faster across rows than along them."""


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
    _largest(row, logits, exponentials)
    np.subtract(logits, row, out=logs)
    np.exp(logs, out=exponentials)
    np.add.reduce(exponentials, axis=-1, keepdims=True, out=row)
    logs -= np.log(row)


def _largest(row: Array, logits: Array, room: Array) -> None:
    """Write the maximum of each row of `logits` (B, K) to `row` (B, 1); `room` is like `logits`."""
    if logits.shape[-1] > SHORT_ROW:
        np.maximum.reduce(logits, axis=-1, keepdims=True, out=row)
        return
    turned = room.reshape(logits.shape[::-1])
    np.copyto(turned, logits.T)
    np.maximum.reduce(turned, axis=0, out=row[:, 0])
