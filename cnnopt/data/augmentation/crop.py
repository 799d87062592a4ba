"""A window of the old size, cut at random from the example with padding around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array

Fill = Literal["background", "edge", "reflect"]


@dataclass(frozen=True)
class Crop:
    """Puts cells around each example and cuts a window of the old size, all with the same chance.

    Attributes:
        padding: cells before and behind each axis; less than its extent.
        fill: what they are: the background, the cell at the edge, or the example mirrored at the
            cell at its edge, which is not repeated.
    """

    padding: int
    fill: Fill = "background"

    def change(
        self, x: Array, low: Array, high: Array, chosen: NDArray[np.bool_],
        generator: np.random.Generator,
    ) -> None:  # fmt: skip
        """Cut the chosen examples of (B, *S, C), in place."""
        rank = x.ndim - 2
        starts = generator.integers(-self.padding, self.padding, (len(x), rank), endpoint=True)
        rows = np.flatnonzero(chosen & starts.any(axis=1))
        index: list[NDArray[np.int64]] = [rows.reshape(-1, *[1] * rank)]
        outside = np.zeros(1, np.bool_)
        for axis, extent in enumerate(x.shape[1:-1]):
            cells = starts[rows, axis, None] + np.arange(extent)
            along = [len(rows), *[1] * rank]
            along[axis + 1] = extent
            index.append(self._within(cells, extent).reshape(along))
            outside = outside | ((cells < 0) | (cells >= extent)).reshape(along)
        made = x[tuple(index)]
        if self.fill == "background":
            made[np.broadcast_to(outside, made.shape[:-1])] = low
        x[rows] = made

    def _within(self, cells: NDArray[np.int64], extent: int) -> NDArray[np.int64]:
        """Return the cell that stands for each, inside or outside."""
        if self.fill == "reflect":
            inside: NDArray[np.int64] = (extent - 1) - np.abs((extent - 1) - np.abs(cells))
            return inside
        return np.clip(cells, 0, extent - 1)
