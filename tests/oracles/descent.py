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


def nesterov(w: float, slope: Slope, rates: Sequence[float], mu: float) -> list[float]:
    """Return where the gradient is taken after each step: the method looks ahead from `theta`.

    v ← μ·v - η·∇f(θ + μ·v); θ ← θ + v, as in Sutskever et al. 2013, with one rate.
    """
    path: list[float] = []
    theta, v = w, 0.0
    for step, rate in enumerate(rates, start=1):
        v = mu * v - rate * slope(theta + mu * v, step)
        theta += v
        path.append(theta + mu * v)
    return path


def adagrad(
    w: float, slope: Slope, rates: Sequence[float], initial: float, epsilon: float
) -> list[float]:
    """Return the weight after each step."""
    path: list[float] = []
    squares = [initial]
    for step, rate in enumerate(rates, start=1):
        g = slope(w, step)
        squares.append(g * g)
        w = w - rate * g / (sqrt(sum(squares)) + epsilon)
        path.append(w)
    return path


def adadelta(
    w: float, slope: Slope, rates: Sequence[float], rho: float, epsilon: float
) -> list[float]:
    """Return the weight after each step; both means are written as sums over all steps."""

    def mean(values: list[float]) -> float:
        return (1 - rho) * sum(rho**age * x * x for age, x in enumerate(reversed(values)))

    path: list[float] = []
    gradients: list[float] = []
    moves: list[float] = []
    for step, rate in enumerate(rates, start=1):
        gradients.append(slope(w, step))
        move = sqrt(mean(moves) + epsilon) / sqrt(mean(gradients) + epsilon) * gradients[-1]
        moves.append(move)
        w = w - rate * move
        path.append(w)
    return path


def rmsprop(
    w: float, slope: Slope, rates: Sequence[float], rho: float, epsilon: float
) -> list[float]:
    """Return the weight after each step, centered: over the gradients' running deviation."""
    path: list[float] = []
    seen: list[float] = []
    for step, rate in enumerate(rates, start=1):
        seen.append(slope(w, step))
        shares = [(1 - rho) * rho**age for age in range(len(seen))][::-1]
        mean = sum(share * g for share, g in zip(shares, seen, strict=True))
        square = sum(share * g * g for share, g in zip(shares, seen, strict=True))
        w = w - rate * seen[-1] / (sqrt(square - mean**2) + epsilon)
        path.append(w)
    return path


def radam(
    w: float, slope: Slope, rates: Sequence[float], beta1: float, beta2: float
) -> list[float]:
    """Return the weight after each step: the paper's algorithm 2, with 4 and without an epsilon."""
    path: list[float] = []
    m = v = 0.0
    longest = 2 / (1 - beta2) - 1
    for t, rate in enumerate(rates, start=1):
        g = slope(w, t)
        v = beta2 * v + (1 - beta2) * g * g
        m = beta1 * m + (1 - beta1) * g
        length = longest - 2 * t * beta2**t / (1 - beta2**t)
        move = m / (1 - beta1**t)
        if length > 4:
            adaptive = sqrt((1 - beta2**t) / v)
            r = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            move *= sqrt(r) * adaptive
        w = w - rate * move
        path.append(w)
    return path


def lion(w: float, slope: Slope, rates: Sequence[float], beta1: float, beta2: float) -> list[float]:
    """Return the weight after each step: the paper's algorithm 2 without decay."""
    path: list[float] = []
    m = 0.0
    for step, rate in enumerate(rates, start=1):
        g = slope(w, step)
        direction = beta1 * m + (1 - beta1) * g
        w = w - rate * ((direction > 0) - (direction < 0))
        m = beta2 * m + (1 - beta2) * g
        path.append(w)
    return path
