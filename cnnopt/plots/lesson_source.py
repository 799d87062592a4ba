"""What the pictures of `explain optimizers` are drawn from: the paths in a run folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.plots.source import Column, Source, number

_COLUMNS = ("w1", "w2", "value", "gradient_w1", "gradient_w2")


@dataclass(frozen=True)
class Walk:
    """An optimizer's path over one function.

    Attributes:
        label: its name, those of others that went the same path, and its learning rate.
        points: the start and the weights after each step, (n + 1, 2).
        values: of the function at each of them, (n + 1,).
        gradients: what it was given in each step, (n, 2).
        same_as: the optimizer before it that went the same path, or None.
    """

    label: str
    points: Column
    values: Column
    gradients: Column
    same_as: str | None


def walks_of(source: Source) -> dict[str, dict[str, Walk]]:
    """Return the paths by function and optimizer, in the order of the run's tables."""
    numbers: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for row in source.rows("paths.csv"):
        place = row["function"], row["optimizer"]
        numbers[place].append([number(row[column]) for column in _COLUMNS])
    found: dict[str, dict[str, Walk]] = {}
    for function in source.summary.get("functions", []):
        rows = function["results"]
        found[function["name"]] = {
            row["optimizer"]: _walk(
                row, rows, np.array(numbers[function["name"], row["optimizer"]])
            )
            for row in rows
        }
    return found


def _walk(row: dict[str, Any], rows: list[dict[str, Any]], table: Column) -> Walk:
    name = row["optimizer"]
    names = [name, *(other["optimizer"] for other in rows if other["same_as"] == name)]
    return Walk(
        f"{' = '.join(names)} {row['learning_rate']:g}",
        table[:, :2],
        table[:, 2],
        table[1:, 3:],
        row["same_as"],
    )
