"""Optimizers for one number at a time, in plain Python, from the papers' formulas."""

from collections.abc import Callable, Sequence
from math import sqrt

Slope = Callable[[float, int], float]
"""Gradient at a weight in a step (from 1)."""


def sgd(w: float, slope: Slope, rates: Sequence[float]) -> list[float]:
    """Return the weight after each step."""
    path = []
    for step, rate in enumerate(rates, start=1):
        w = w - rate * slope(w, step)
        path.append(w)
    return path


def momentum(w: float, slope: Slope, rates: Sequence[float], mu: float) -> list[float]:
    """Return the weight after each step; the velocity is the sum of decayed gradients."""
    path: list[float] = []
    seen: list[float] = []
    for step, rate in enumerate(rates, start=1):
        seen.append(slope(w, step))
        velocity = sum(mu ** (step - 1 - i) * g for i, g in enumerate(seen))
        w = w - rate * velocity
        path.append(w)
    return path


def adam(
    w: float, slope: Slope, rates: Sequence[float], beta1: float, beta2: float, epsilon: float
) -> list[float]:
    """Return the weight after each step; both means are written as sums over all gradients."""
    path: list[float] = []
    seen: list[float] = []
    for t, rate in enumerate(rates, start=1):
        seen.append(slope(w, t))
        m = (1 - beta1) * sum(beta1 ** (t - 1 - i) * g for i, g in enumerate(seen))
        v = (1 - beta2) * sum(beta2 ** (t - 1 - i) * g * g for i, g in enumerate(seen))
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        w = w - rate * m_hat / (sqrt(v_hat) + epsilon)
        path.append(w)
    return path
