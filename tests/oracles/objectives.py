"""Softmax and all losses, written from the definitions."""

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


def _sigmoids(z: float) -> tuple[Decimal, Decimal]:
    """Return 1 / (1 + exp(-z)) and 1 minus it, by decimal arithmetic."""
    power = PRECISE.exp(Decimal(z))
    whole = PRECISE.add(Decimal(1), power)
    return PRECISE.divide(power, whole), PRECISE.divide(Decimal(1), whole)


def binary_cross_entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the mean of -t·ln(p) - (1 - t)·ln(1 - p) of each row, p the sigmoid."""
    losses = []
    for row, shares in zip(logits, targets, strict=True):
        terms = []
        for z, t in zip(row, shares, strict=True):
            p, q = (float(PRECISE.ln(each)) for each in _sigmoids(float(z)))
            terms += [-float(t) * p, -(1 - float(t)) * q]
        losses.append(fsum(terms) / len(row))
    return np.array(losses)


def binary_cross_entropy_gradient(
    logits: np.ndarray, targets: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return scale·(sigmoid(z) - t)/K."""
    dy = np.zeros(logits.shape)
    for b, k in np.ndindex(*logits.shape):
        p = PRECISE.subtract(_sigmoids(float(logits[b, k]))[0], Decimal(float(targets[b, k])))
        dy[b, k] = float(scale[b]) * float(p)
    return dy / logits.shape[1]


def absolute_error(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the mean distance over the targets of each example."""
    return np.array(
        [
            fsum(max(float(a) - float(b), float(b) - float(a)) for a, b in zip(y, t, strict=True))
            / len(y)
            for y, t in zip(outputs, targets, strict=True)
        ]
    )


def absolute_error_gradient(
    outputs: np.ndarray, targets: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return scale/K where y lies above t, -scale/K below it, 0 on it."""
    dy = np.zeros(outputs.shape)
    for b, k in np.ndindex(*outputs.shape):
        above, below = outputs[b, k] > targets[b, k], outputs[b, k] < targets[b, k]
        dy[b, k] = float(scale[b]) * (int(above) - int(below))
    return dy / outputs.shape[1]


def huber(outputs: np.ndarray, targets: np.ndarray, delta: float = 1.0) -> np.ndarray:
    """Return the mean of Huber's function of y - t, piece by piece."""
    losses = []
    for y, t in zip(outputs, targets, strict=True):
        terms = []
        for a, b in zip(y, t, strict=True):
            d = abs(float(a) - float(b))
            terms.append(d * d / 2 if d <= delta else delta * (d - delta / 2))
        losses.append(fsum(terms) / len(y))
    return np.array(losses)


def huber_gradient(
    outputs: np.ndarray, targets: np.ndarray, scale: np.ndarray, delta: float = 1.0
) -> np.ndarray:
    """Return scale/K times y - t, or plus or minus delta where that is farther from 0."""
    dy = np.zeros(outputs.shape)
    for b, k in np.ndindex(*outputs.shape):
        d = float(outputs[b, k]) - float(targets[b, k])
        dy[b, k] = float(scale[b]) * (d if abs(d) <= delta else delta if d > 0 else -delta)
    return dy / outputs.shape[1]
