"""Softmax, cross entropy and squared error, written from the definitions."""

from decimal import Context, Decimal
from math import fsum

import numpy as np

PRECISE = Context(prec=60, Emax=10**9, Emin=-(10**9))
"""Sixty digits and exponents of any size: no maximum has to be taken off."""


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return exp(z) / Σ exp(z) of each row, by decimal arithmetic."""
    rows = []
    for row in logits:
        powers = [PRECISE.exp(Decimal(float(z))) for z in row]
        total = Decimal(0)
        for power in powers:
            total = PRECISE.add(total, power)
        rows.append([float(PRECISE.divide(power, total)) for power in powers])
    return np.array(rows)


def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return -Σ t·ln(softmax(z)) of each row, by decimal arithmetic."""
    losses = []
    for row, shares in zip(logits, targets, strict=True):
        total = Decimal(0)
        for z in row:
            total = PRECISE.add(total, PRECISE.exp(Decimal(float(z))))
        whole = PRECISE.ln(total)
        terms = [float(PRECISE.subtract(whole, Decimal(float(z)))) for z in row]
        losses.append(fsum(float(t) * term for t, term in zip(shares, terms, strict=True)))
    return np.array(losses)


def cross_entropy_gradient(
    logits: np.ndarray, targets: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return scale·(softmax(z) - t)."""
    return (softmax(logits) - targets) * scale[:, None]


def squared_error(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the mean of (y - t)² over the targets of each example."""
    return np.array(
        [
            fsum((float(a) - float(b)) ** 2 for a, b in zip(y, t, strict=True)) / len(y)
            for y, t in zip(outputs, targets, strict=True)
        ]
    )


def squared_error_gradient(
    outputs: np.ndarray, targets: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return scale·2(y - t)/K."""
    dy = np.zeros(outputs.shape)
    for b, k in np.ndindex(*outputs.shape):
        dy[b, k] = float(scale[b]) * 2 * (float(outputs[b, k]) - float(targets[b, k]))
    return dy / outputs.shape[1]
