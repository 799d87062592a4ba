"""A case: several ways to compute the same numbers, the plainest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

from cnnopt.arrays import Array

TURN = 0.02
"""Seconds of a turn, about; a version is run at least once."""


class UnequalError(Exception):
    """Two versions of a kernel do not give the same numbers."""


@dataclass(frozen=True)
class Version:
    """One way.

    Attributes:
        name: names it in the table.
        run: computes.
        results: what `run` has computed, the same arrays in every version.
    """

    name: str
    run: Callable[[], object]
    results: Callable[[], Sequence[Array]]


@dataclass(frozen=True)
class Case:
    """A kernel on one problem.

    Attributes:
        kernel: what is computed.
        problem: on what, in shapes.
        tolerance: largest max|a - b| / max|b| from the first version; 0 for the same bits.
        versions: the plainest first.
        passes: how often `run` does the work; times are of one pass.
    """

    kernel: str
    problem: str
    tolerance: float
    versions: tuple[Version, ...]
    passes: int = 1


def check(case: Case) -> dict[str, float]:
    """Run each version once and return its error from the first.

    Raises:
        UnequalError: an error is above the tolerance, or not a number.
    """
    results = {}
    for version in case.versions:
        version.run()
        results[version.name] = [np.array(array) for array in version.results()]
    right = results[case.versions[0].name]
    errors = {name: error(found, right) for name, found in results.items()}
    for name, found in errors.items():
        if not found <= case.tolerance:
            raise UnequalError(
                f"{case.kernel}, {case.problem}: '{name}' is {found:.1e} from "
                f"'{case.versions[0].name}', more than {case.tolerance:g}"
            )
    return errors


def error(found: Sequence[Array], right: Sequence[Array]) -> float:
    """Return the largest max|a - b| / max|b| of the arrays; infinite where shapes differ."""
    if [a.shape for a in found] != [b.shape for b in right]:
        return float("inf")
    return max(
        float(np.max(np.abs(a - b))) / (float(np.max(np.abs(b))) or 1.0)
        for a, b in zip(found, right, strict=True)
    )


def time(case: Case, rounds: int) -> dict[str, float]:
    """Return the median seconds of a pass of each version, from turns that alternate."""
    repeats = {v.name: max(1, round(TURN / max(_once(v), 1e-9))) for v in case.versions}
    seconds: dict[str, list[float]] = {version.name: [] for version in case.versions}
    for number in range(rounds):
        for version in case.versions[:: -1 if number % 2 else 1]:
            version.run()  # what the rival has driven out of the cache comes back
            for _ in range(repeats[version.name]):
                seconds[version.name].append(_once(version) / case.passes)
    return {name: median(values) for name, values in seconds.items()}


def _once(version: Version) -> float:
    started = perf_counter()
    version.run()
    return perf_counter() - started
