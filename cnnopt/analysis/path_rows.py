"""What a path came to, as a row of numbers: for tables, files and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from string import ascii_uppercase
from typing import Any

import numpy as np

from cnnopt.analysis.optimizer_paths import ARRIVED, Path, Tuned, momentum_of, walk
from cnnopt.analysis.path_measures import (
    Floats,
    arrival,
    effective_rates,
    nearest,
    path_length,
    sign_changes,
)
from cnnopt.analysis.surfaces import Point, Surface

PAIR = ("momentum", "nesterov")
"""Two optimizers that are compared at the same rate and momentum."""

SEEN = 1e-3
"""Of a side of the picture: a longer step can be seen."""

REACHED = 0.01
"""Of the picture's diagonal: a path that ends nearer to a minimum has reached it."""


@dataclass(frozen=True)
class Turns:
    """How a path swings.

    Attributes:
        all: sign changes of each weight's update.
        seen: those between updates that can be seen (`SEEN`).
        length: of the path.
    """

    all: tuple[int, int]
    seen: tuple[int, int]
    length: float


def turns_of(surface: Surface, path: Path) -> Turns:
    """Return how a path swings."""
    width, height = surface.sides
    least: Point = (SEEN * width, SEEN * height)
    return Turns(
        sign_changes(path.updates), sign_changes(path.updates, least), path_length(path.points)
    )


def labelled(minima: Sequence[Point]) -> dict[str, Point]:
    """Return minima by the letters that tables and pictures call them: A, B ..."""
    return dict(zip(ascii_uppercase, minima, strict=False))


def tenth(steps: int) -> int:
    """Return how many steps a tenth of them is, at least 1."""
    return max(1, round(steps / 10))


def row_of(surface: Surface, tuned: Tuned, steps: int) -> dict[str, Any]:
    """Return the row of an optimizer's best path on a function.

    Args:
        surface: the function.
        tuned: the path.
        steps: how many it was to make.
    """
    path = tuned.path
    place, distance = nearest(path.points[-1], surface.minima)
    turns = turns_of(surface, path)
    row: dict[str, Any] = {
        "function": surface.name,
        "optimizer": path.optimizer,
        "learning_rate": path.rate,
        "rate_on_edge": tuned.on_edge,
        "status": "diverged" if path.diverged else "completed",
        "steps_to_arrive": None
        if path.diverged
        else arrival(path.values, ARRIVED * surface.height),
        "value": float(path.values[-1]),
        "late_value": path.late_value,
        "minimum": list(labelled(surface.minima))[place],
        "distance": distance,
        "reached": not path.diverged and distance <= REACHED * surface.diagonal,
        "sign_changes_w1": turns.all[0],
        "sign_changes_w2": turns.all[1],
        "seen_changes_w1": turns.seen[0],
        "seen_changes_w2": turns.seen[1],
        "path_length": turns.length,
    }
    window = tenth(steps)
    rates = effective_rates(path.updates, path.gradients, window)
    for column, weight in enumerate(("w1", "w2")):
        first, last = _ends(rates[:, column], window)
        row |= {f"rate_{weight}_first": first, f"rate_{weight}_last": last}
    saddle = surface.saddle
    row["left_saddle"] = None if saddle is None else _falls(path, surface.value(*saddle) / 2)
    return row


def _ends(rates: Floats, window: int) -> tuple[float, float]:
    """Return an effective rate over the first window, and over the last one where it is known."""
    known = rates[np.isfinite(rates)]
    if len(rates) < window or not len(known):
        return nan, nan
    return float(rates[window - 1]), float(known[-1])


def _falls(path: Path, limit: float) -> int | None:
    """Return the first step after which the value is below a limit; None: never."""
    below = np.flatnonzero(path.values < limit)
    return int(below[0]) if len(below) else None


def duel_of(surface: Surface, tuned: Mapping[str, Tuned], noise: Floats) -> dict[str, Any] | None:
    """Return how momentum and Nesterov's gradient swing at the same rate and momentum.

    The rate is the larger one of those chosen for the two at which both stay in the picture; the
    larger one that was passed over for it stands as `refused`. None where one of them was not
    asked for, or where their momenta differ.
    """
    if any(name not in tuned for name in PAIR):
        return None
    momentum, other = map(momentum_of, PAIR)
    if momentum != other:
        return None
    high, low = sorted((tuned[name].path.rate for name in PAIR), reverse=True)
    paths = [walk(surface, name, high, noise) for name in PAIR]
    refused = high > low and any(path.diverged for path in paths)
    if refused:
        paths = [walk(surface, name, low, noise) for name in PAIR]
    return {
        "learning_rate": low if refused else high,
        "refused": high if refused else None,
        "momentum": momentum,
        "paths": {path.optimizer: _swing(surface, path) for path in paths},
    }


def _swing(surface: Surface, path: Path) -> dict[str, Any]:
    turns = turns_of(surface, path)
    return {
        "status": "diverged" if path.diverged else "completed",
        "sign_changes": list(turns.all),
        "seen_changes": list(turns.seen),
        "path_length": turns.length,
        "late_value": path.late_value,
    }


def mark_same(rows: Sequence[dict[str, Any]], tuned: Mapping[str, Tuned]) -> None:
    """Write into each row as `same_as` the first optimizer that took the very same path, or None.

    Rounding apart: to 1e-9 of the largest coordinate.
    """
    for place, row in enumerate(rows):
        points = tuned[row["optimizer"]].path.points
        row["same_as"] = None
        for other in rows[:place]:
            before = tuned[other["optimizer"]].path.points
            if points.shape == before.shape and np.allclose(
                points, before, rtol=0, atol=1e-9 * float(np.abs(points).max())
            ):
                row["same_as"] = other["optimizer"]
                break
