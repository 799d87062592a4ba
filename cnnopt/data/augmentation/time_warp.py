"""Time in a series that runs faster here and slower there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.data.augmentation.sampling import Sampler


@dataclass(frozen=True)
class TimeWarp:
    """x(t(i)) for sample i, where t begins and ends with the series and never goes back.

    At `knots` moments, evenly apart from the first sample to the last, speeds are drawn from
    U(1 - most, 1 + most); between them the speed is linear, and t is its sum, stretched to the
    length of the series.

    Attributes:
        most: below 1, so that time always goes on.
        knots: at least 2.

    Source: T. T. Um et al., ICMI 2017; there the speed is a spline through normal numbers.
    """

    most: float
    knots: int = 4

    def change(
        self, x: Array, low: Array, high: Array, chosen: NDArray[np.bool_],
        generator: np.random.Generator,
    ) -> None:  # fmt: skip
        """Warp the chosen examples of (B, W, C), in place."""
        times = self.times(generator, len(x), x.shape[1])
        rows = np.flatnonzero(chosen)
        if self.most == 0 or not len(rows):
            return
        made = x[rows]
        sampler = Sampler(made, low)
        for block in sampler.blocks():
            sampler.read(block, [times[rows[block]].astype(x.dtype)])
        x[rows] = made

    def times(
        self, generator: np.random.Generator, examples: int, samples: int
    ) -> NDArray[np.float64]:
        """Draw at which moment of the series, counted in samples, each is read; (B, W)."""
        speeds = generator.uniform(1 - self.most, 1 + self.most, (examples, self.knots))
        middles = (np.arange(samples - 1) + 0.5) / max(samples - 1, 1) * (self.knots - 1)
        knot = np.minimum(middles.astype(np.int64), self.knots - 2)
        beyond = middles - knot
        steps = speeds[:, knot] * (1 - beyond) + speeds[:, knot + 1] * beyond
        times = np.zeros((examples, samples))
        np.cumsum(steps, axis=1, out=times[:, 1:])
        if samples > 1:
            times *= (samples - 1) / times[:, -1:]
            times[:, -1] = samples - 1
        return times
