"""The path of an optimizer over a function of two weights, and the rate that suits it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from cnnopt.analysis.path_measures import arrival
from cnnopt.analysis.surfaces import Surface
from cnnopt.optimizers import Optimizer, Region, Updater, make_optimizer
from cnnopt.optimizers.table import CLASSES
from cnnopt.randomness import stream

Floats = NDArray[np.float64]

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""The learning rates that every optimizer tries on every function."""

LATE = 0.1
"""The share of the steps, at their end, whose mean value says how good a rate is. Not the last
value alone: with noise, and with a swing, it would be the luckiest rate's."""

ARRIVED = 1e-4
"""Of the height at the start: a path that stays below it has arrived."""

SETTLED = 1e-12
"""Of the height at the start: below it two rates are as good as each other, and the one that
arrives first is chosen."""

FAR = 1.0
"""Diagonals of the picture: a path that goes farther away from the start has left, and its rate is
not chosen. Where the axes are the function's own, as in the ravine, methods that scale each weight
may jump out a thousand times as far and come back in the next step; nobody would train so."""


UNDECAYED = (Region(0, 2),)
"""Both weights, without a decay, which would move the minima."""


@dataclass(frozen=True)
class Path:
    """Where an optimizer went.

    Attributes:
        optimizer: its name.
        rate: its learning rate.
        points: the start, and the weights after each step, (n + 1, 2).
        gradients: what it was given in each step, with noise, (n, 2).
        values: of the function, without noise, at each of the points, (n + 1,).
        diverged: whether it went so far that it was stopped.
    """

    optimizer: str
    rate: float
    points: Floats
    gradients: Floats
    values: Floats
    diverged: bool

    @property
    def updates(self) -> Floats:
        """What each step changed, (n, 2)."""
        return np.diff(self.points, axis=0)

    @property
    def late_value(self) -> float:
        """Mean value over the last tenth of the steps; infinite where it diverged."""
        if self.diverged:
            return inf
        return float(self.values[-max(1, round(LATE * len(self.gradients))) :].mean())


@dataclass(frozen=True)
class Tuned:
    """A path at the rate that was chosen, and what each rate gave.

    Attributes:
        path: at the chosen rate.
        tried: late value by rate, infinite where it diverged.
    """

    path: Path
    tried: dict[float, float]

    @property
    def on_edge(self) -> bool:
        """Whether the chosen rate is the smallest or largest that was tried."""
        return self.path.rate in (min(self.tried), max(self.tried))


def optimizer_names() -> tuple[str, ...]:
    """Return the names of all optimizers, in the order of their table."""
    return tuple(CLASSES)


def optimizer_at(name: str, rate: float) -> Optimizer:
    """Return an optimizer with all else at its defaults."""
    return make_optimizer(name, learning_rate=rate)


def momentum_of(name: str) -> float | None:
    """Return the momentum that an optimizer has by default; None where it has no such setting."""
    return getattr(optimizer_at(name, 1.0), "momentum", None)


def noise_for(surface: Surface, steps: int, seed: int) -> Floats:
    """Return what is added to the gradient of each step, (steps, 2): the same for everybody."""
    drawn = stream(seed, "explain", "noise", surface.name).standard_normal((steps, 2))
    return surface.noise * drawn


def walk(surface: Surface, name: str, rate: float, noise: Floats) -> Path:
    """Return the path of an optimizer from the function's start.

    Args:
        surface: the function.
        name: of the optimizer.
        rate: its learning rate, the same in all steps.
        noise: added to the gradient of each step, (steps, 2).

    It ends early where it diverges; what is then kept is finite.
    """
    weights, gradient = np.array(surface.start, dtype=np.float64), np.empty(2)
    updater = Updater(optimizer_at(name, rate), weights, gradient, UNDECAYED)
    points, gradients = [surface.start], []
    (first_1, first_2), far, diverged = surface.start, FAR * surface.diagonal, False
    for number, (noise_1, noise_2) in enumerate(noise.tolist(), start=1):
        slope_1, slope_2 = surface.gradient(*points[-1])
        gradient[0], gradient[1] = slope_1 + noise_1, slope_2 + noise_2
        with np.errstate(all="ignore"):
            updater.step(rate, number)
        w_1, w_2 = weights.tolist()
        if not (abs(w_1 - first_1) < far and abs(w_2 - first_2) < far):
            diverged = True
            break
        gradients.append((gradient[0], gradient[1]))
        points.append((w_1, w_2))
    values = [surface.value(*point) for point in points]
    return Path(
        name,
        rate,
        np.array(points),
        np.array(gradients, dtype=np.float64).reshape(-1, 2),
        np.array(values),
        diverged,
    )


def tune(surface: Surface, name: str, noise: Floats, rates: Sequence[float] = RATES) -> Tuned:
    """Return the path at the best of some rates: the one whose late value is the lowest.

    Among those that settle (`SETTLED`) the one that arrives in the fewest steps, then the smaller
    one. Where all diverge, the smallest.
    """
    paths = [walk(surface, name, rate, noise) for rate in rates]
    floor, limit = SETTLED * surface.height, ARRIVED * surface.height

    def key(path: Path) -> tuple[float, float, float]:
        steps = None if path.diverged else arrival(path.values, limit)
        return max(path.late_value, floor), inf if steps is None else steps, path.rate

    return Tuned(min(paths, key=key), {path.rate: path.late_value for path in paths})
