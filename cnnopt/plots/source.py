"""What the pictures are drawn from: the files of a run folder, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.records.tables import read_history, read_table

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """A run folder; each file is read when a picture first asks for it.

    Attributes:
        folder: the run folder, or the folder of one trial.
        config: the resolved config.
    """

    folder: Path
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The config's name, or else the folder's."""
        return str(self.config.get("name") or self.folder.name)

    @cached_property
    def history(self) -> dict[str, Column]:
        """Columns of `metrics.csv`; empty when there is no row yet."""
        columns = read_history(self.folder / "metrics.csv")
        return {name: np.asarray(column) for name, column in columns.items()}

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The parsed `summary.json`; empty when the run has not ended."""
        path = self.folder / "summary.json"
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    @cached_property
    def predictions(self) -> list[dict[str, str]]:
        """Rows of `predictions.csv`; none when there is no such file."""
        return self.rows("predictions.csv")

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a CSV file of the folder; none when there is no such file."""
        path = self.folder / name
        return read_table(path) if path.exists() else []

    @property
    def progress(self) -> tuple[str, Column]:
        """What the x axis of curves shows, and its values: epochs, or steps for a step budget."""
        by_steps = bool((self.config.get("training") or {}).get("steps"))
        column = "step" if by_steps else "epoch"
        return column, self.history.get(column, np.empty(0))

    @property
    def best_row(self) -> int | None:
        """The row of `metrics.csv`, from 0, whose weights were selected."""
        best = self.summary.get("best_epoch") or 0
        epochs = self.history.get("epoch", np.empty(0))
        found = np.flatnonzero(epochs == best)
        return int(found[0]) if len(found) else None


def number(text: Any) -> float:
    """Return a cell or a JSON value as a number; NaN for an empty cell and for null."""
    return float("nan") if text is None or text == "" else float(text)
