"""What a search has tried: a point of the space, and how it did."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.studies.search_candidates import Candidate
from cnnopt.studies.selection import mean_scores
from cnnopt.studies.study import Planned


@dataclass(frozen=True)
class Point:
    """A point of the space.

    Attributes:
        number: from 1; the same number is the same point, whatever the budget.
        values: of each axis, as `--set` takes them.
    """

    number: int
    values: Candidate

    def changes(self, paths: Iterable[str]) -> list[str]:
        """Return it as `--set` would write it."""
        return [f"{path}={value}" for path, value in zip(paths, self.values, strict=True)]


@dataclass(frozen=True)
class Tried:
    """How a point did in one stage.

    Attributes:
        point: which.
        stage: the rung.
        epochs: that its trainings had, at most.
        value: the selected validation value, mean over seeds.
        error: its standard error.
        score: what it is ranked by: lower is better, infinite where it diverged.
        diverged: whether any of its trainings did.
    """

    point: Point
    stage: str
    epochs: int
    value: float
    error: float
    score: float
    diverged: bool

    @property
    def completed(self) -> bool:
        """Whether it has a value that can be ranked."""
        return math.isfinite(self.score)


def tried_of(
    planned: Sequence[Planned],
    results: Sequence[Mapping[str, Any]],
    points: Sequence[Point],
    seeds: int,
) -> list[Tried]:
    """Return how the points of one stage did that all their trainings are finished of.

    Args:
        planned: the finished trials.
        results: theirs.
        points: in their order.
        seeds: trainings of each point.
    """
    scores = mean_scores(planned, results, ("stage", "number")) if planned else {}
    found = []
    for point in points:
        mine = [
            (p, result)
            for p, result in zip(planned, results, strict=True)
            if p.row["number"] == point.number
        ]
        if len(mine) < seeds:
            continue
        stage = str(mine[0][0].row["stage"])
        own = [result for _, result in mine]
        found.append(
            Tried(
                point,
                stage,
                max(int(result["epochs"]) for result in own),
                float(np.mean([float(result["selection"]["value"]) for result in own])),
                standard_error(
                    [float(result["selection"]["value"]) for result in own],
                    [float(result["selection"]["error"]) for result in own],
                ),
                scores[stage, point.number],
                any(result["status"] == "diverged" for result in own),
            )
        )
    return found


def standard_error(values: Sequence[float], errors: Sequence[float]) -> float:
    """Return the standard error of a mean over seeds.

    √(mean of the errors² + sd²/n). The seeds share their validation examples, so that more of them
    make the first part no smaller; with one seed the second is not known, and left out.

    Args:
        values: of each seed.
        errors: of each value, over the validation examples.
    """
    over_examples = float(np.mean(np.square(errors)))
    over_seeds = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    return math.sqrt(over_examples + over_seeds)
