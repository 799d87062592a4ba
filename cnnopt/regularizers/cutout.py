"""A square of each example, painted over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.regularizers.batch import Batch
from cnnopt.regularizers.boxes import clipped, inside


@dataclass(frozen=True)
class Cutout:
    """One square (segment, cube) of every example becomes black; what lies outside is cut off.

    Its centre is any cell with the same probability, so that less than the whole square may be
    gone, as in the paper. Black is what a raw 0 is after scaling; the authors fill with 0 after
    standardizing, the mean.

    Args:
        side: its length in cells, at least 1; or, as a float below 1, a share of each extent,
            rounded to whole cells.

    Source: DeVries & Taylor 2017, with 16 of CIFAR-10's 32 cells.
    """

    side: float | int = 0.5

    name = "cutout"

    def apply(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change `batch.x` (B, *extents, C) in place."""
        x = batch.x
        count, *extents, _ = x.shape
        box = np.ones((count, *[1] * len(extents)), bool)
        for axis, extent in enumerate(extents):
            side = self.side if isinstance(self.side, int) else round(self.side * extent)
            centre = generator.integers(extent, size=count)
            cells = inside(*clipped(centre, side, extent), extent)
            box = box & cells.reshape(count, *[-1 if a == axis else 1 for a in range(len(extents))])
        np.copyto(x, batch.low.astype(x.dtype), where=box[..., None])
