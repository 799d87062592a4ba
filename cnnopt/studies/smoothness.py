"""How smooth the fits of a regression with one input are, and how large their weights: by arm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnopt.data.dataset import Dataset
from cnnopt.records.tables import read_table
from cnnopt.statistics import t_interval
from cnnopt.studies.study import Planned, TrialRunner
from cnnopt.trials.running import PREDICTIONS

POINTS = 121
TAILS = 0.01  # of the inputs, left out at either end, where points are few
FEWEST = 10 * POINTS
"""Predictions below which lines between them would be part of what is measured."""


def mean_bending(x: ArrayLike, y: ArrayLike) -> float:
    """Return the mean of |f''| of a function known at many points.

    The function is read at 121 even places between the outer hundredths of x, by lines between
    its neighbouring points, and bent by second differences over the places' distance.

    Args:
        x: inputs in any order, (n,), in the data's unit.
        y: the function there, (n,).

    Example:
        >>> x = np.linspace(0, 1, 5000)
        >>> round(mean_bending(x, 3 * x**2), 3)
        6.0
    """
    inputs, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    order = np.argsort(inputs, kind="stable")
    low, high = np.quantile(inputs, [TAILS, 1 - TAILS])
    places = np.linspace(low, high, POINTS)
    read = np.interp(places, inputs[order], values[order])
    return float(np.abs(np.diff(read, 2)).mean() / (places[1] - places[0]) ** 2)


def smoothness(
    runner: TrialRunner,
    planned: Sequence[Planned],
    results: Sequence[Mapping[str, Any]],
    data: Dataset,
) -> dict[str, dict[str, Any]]:
    """Return by arm what its fits and weights are like: mean over seeds, with Student's interval.

    `weight_norm` is the length of all weights without biases; `bending` the mean |f''| of the
    predictions on the held-out part, where there are one input, one target and enough examples.
    Runs that diverged have neither.

    Args:
        runner: of the study.
        planned: final trials.
        results: theirs.
        data: the data set.
    """
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each, result in zip(planned, results, strict=True):
        mine = found[str(each.row["arm"])]
        if result["status"] != "completed":
            continue
        mine["weight_norm"].append(float(result["weight_norm"]))
        if data.classes or data.outputs != 1 or data.x[0].size != 1:
            continue
        rows = read_table(runner.folder(each) / PREDICTIONS)
        if len(rows) >= FEWEST:
            x = data.x.reshape(-1)[[int(row["row"]) for row in rows]]
            mine["bending"].append(mean_bending(x, [float(row["predicted_0"]) for row in rows]))
    return {
        arm: {
            name: {"mean": float(np.mean(values)), "interval": list(t_interval(values))}
            for name, values in measures.items()
        }
        for arm, measures in found.items()
    }
