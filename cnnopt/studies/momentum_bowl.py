"""A quadratic bowl: how much each of its directions shrinks in a step, measured and by theory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from cnnopt.optimizers import Momentum, Sgd, Updater

Numbers = NDArray[np.float64]

STEPS = 4000
SMALLEST = 1e-250
"""Of a state that is still measured: float64 ends at 1e-308."""

COMMON = 1.5
"""The common rate times the steepest curvature: below 2, so that plain SGD is stable."""


@dataclass(frozen=True)
class Setting:
    """An optimizer on the bowl.

    Attributes:
        name: what tables call it.
        learning_rate: η, above 0.
        momentum: μ in [0, 1); 0 is SGD.
    """

    name: str
    learning_rate: float
    momentum: float


def eigenvalues(condition: float, count: int = 5) -> Numbers:
    """Return the curvatures of the bowl's directions, from 1 (flat) to `condition` (steep)."""
    return np.geomspace(1.0, condition, count)


def settings(condition: float, momentum: float) -> tuple[Setting, ...]:
    """Return SGD and momentum at one rate that both bear, then each at its own best.

    The best for curvatures in [m, L]: SGD 2/(L + m); momentum η = (2/(√L + √m))² and
    μ = ((√κ - 1)/(√κ + 1))² with κ = L/m (Polyak 1964).
    """
    common, root = COMMON / condition, sqrt(condition)
    return (
        Setting("sgd, common rate", common, 0.0),
        Setting("momentum, common rate", common, momentum),
        Setting("sgd, best rate", 2 / (condition + 1), 0.0),
        Setting("momentum, best rate", (2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2),
    )


def contraction(learning_rate: float, momentum: float, curvature: Numbers) -> Numbers:
    """Return by theory what is left of each direction after a step, in the long run.

    The spectral radius of the step: |1 - ηλ| without momentum; with it the larger root of
    z² - (1 + μ - ηλ)·z + μ, whose modulus is √μ where the roots are complex.

    Args:
        learning_rate: η.
        momentum: μ, in [0, 1).
        curvature: λ of each direction, (n,).

    Example:
        >>> contraction(0.015, 0.9, np.array([1.0, 100.0])).round(4)
        array([0.9487, 0.9487])

    Source: Polyak 1964; Goh 2017, "Why momentum really works".
    """
    middle = (1 + momentum - learning_rate * curvature) / 2
    square = middle * middle - momentum
    real = np.abs(middle) + np.sqrt(np.maximum(square, 0.0))
    # At a double root the difference is rounding, and its root would be seen: 1e-8 of 1e-16.
    complex_ = (square <= 1e-12) & (momentum > 0)
    return np.where(complex_, sqrt(momentum), real)


def walk(setting: Setting, curvature: Numbers, steps: int) -> Iterator[Numbers]:
    """Yield the weights (n,) of each step from all ones, under the project's own optimizer."""
    weights, gradient = np.ones(len(curvature)), np.empty(len(curvature))
    rate, momentum = setting.learning_rate, setting.momentum
    rule = Momentum(rate, momentum) if momentum else Sgd(rate)
    updater = Updater(rule, weights, gradient)
    yield weights.copy()
    for number in range(1, steps + 1):
        np.multiply(curvature, weights, out=gradient)
        updater.step(rate, number)
        yield weights.copy()


def measured_contraction(path: Numbers) -> Numbers:
    """Return the mean factor by which each direction shrinks in a step of a path (k + 1, n).

    Of the second half of the path, by the length of two successive weights: a direction that
    swings passes 0, the pair does not. A direction that arrives at 0 has 0.
    """
    size = np.hypot(path[:-1], path[1:])
    found = np.zeros(path.shape[1])
    for column in range(path.shape[1]):
        alive = np.flatnonzero(size[:, column] < SMALLEST)
        last = int(alive[0]) - 1 if len(alive) else len(size) - 1
        middle = last // 2
        if last > middle:
            ratio = size[last, column] / size[middle, column]
            found[column] = ratio ** (1 / (last - middle))
    return found


def bowl(condition: float, momentum: float, steps: int = STEPS) -> list[dict[str, float | str]]:
    """Return a row for each setting and direction: curvature, theory, measured.

    Args:
        condition: steepest over flattest curvature, above 1.
        momentum: μ at the common rate, in (0, 1).
        steps: length of the path, at least 10.
    """
    curvature = eigenvalues(condition)
    rows: list[dict[str, float | str]] = []
    for setting in settings(condition, momentum):
        path = np.stack(list(walk(setting, curvature, steps)))
        theory = contraction(setting.learning_rate, setting.momentum, curvature)
        rows += [
            {
                "setting": setting.name,
                "learning_rate": setting.learning_rate,
                "momentum": setting.momentum,
                "curvature": float(value),
                "theory": float(expected),
                "measured": float(seen),
            }
            for value, expected, seen in zip(
                curvature, theory, measured_contraction(path), strict=True
            )
        ]
    return rows
