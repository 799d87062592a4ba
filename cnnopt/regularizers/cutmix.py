"""A box of each example, taken from another."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnopt.regularizers.batch import Batch
from cnnopt.regularizers.boxes import centre_of, clipped


@dataclass(frozen=True)
class CutMix:
    """A box of x comes from another example x' of the batch; t ← λ·t + (1-λ)·t'.

    The box is one for the whole batch: a share 1-λ₀ of the volume, λ₀ ~ Beta(α, α), with sides in
    the ratio of the extents, so (1-λ₀)^(1/d) of each of d axes, rounded down; its centre any cell.
    What lies outside is cut off, and λ is what is left of x exactly: 1 - cells in the box / cells.

    Args:
        alpha: α, above 0; 1 in the paper: all shares as likely.

    Source: Yun et al. 2019, "CutMix", section 3 and algorithm A1.
    """

    alpha: float = 1.0

    def mix(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change inputs (B, *extents, C) and targets in place."""
        x, t = batch.x, batch.targets
        extents = x.shape[1:-1]
        side = (1 - generator.beta(self.alpha, self.alpha)) ** (1 / len(extents))
        order = generator.permutation(len(x))
        box = []
        for extent, centre in zip(extents, centre_of(extents, generator), strict=True):
            first, last = clipped(np.array([centre]), int(side * extent), extent)
            box.append(slice(int(first[0]), int(last[0])))
        place = (slice(None), *box)
        x[place] = x[place][order]
        share = prod(b.stop - b.start for b in box) / prod(extents)
        other = t[order] * t.dtype.type(share)
        t *= t.dtype.type(1 - share)
        t += other
