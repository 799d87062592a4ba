"""What a learning-rate range test shows: the loss without its noise, and the rates read from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum, inf

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float64]

TOO_HIGH = 4.0
"""The test ends where the mean of the newest losses is so many times the lowest such mean."""

FEWEST_STEPS = 10


@dataclass(frozen=True)
class Reading:
    """What the losses of a range test say; None where they say nothing.

    Attributes:
        lowest: index of the lowest smoothed loss.
        steepest: index, up to there, where the loss falls fastest over the rate's logarithm.
        slope: what the loss changes by there while the rate grows tenfold, below 0.
    """

    lowest: int | None = None
    steepest: int | None = None
    slope: float | None = None


def geometric_rate(low: float, high: float, step: int, steps: int) -> float:
    """Return the rate of a step: low at the first, high at the last, one ratio between any two.

    Example:
        >>> [geometric_rate(0.25, 4.0, step, 3) for step in (1, 2, 3)]
        [0.25, 1.0, 4.0]
    """
    share = (step - 1) / (steps - 1)
    return float(low ** (1 - share) * high**share)


def reach(steps: int) -> int:
    """Return h: a smoothed loss is the median of h losses before, its own and h after it.

    All of them are a tenth of the test, at least five.
    """
    return max(2, steps // 20)


def smoothed(losses: Row, steps: int) -> Row:
    """Return the median around each loss, (n,); at the ends of as many as there are each side.

    One to both sides lags behind nothing, where past losses alone would show each fall at too
    high a rate; a mean would show the rise in the end where only its last losses have it.
    """
    h, last = reach(steps), len(losses) - 1
    near = [min(h, at, last - at) for at in range(len(losses))]
    return np.array([np.median(losses[at - r : at + r + 1]) for at, r in enumerate(near)])


@dataclass
class Watch:
    """The losses as they come, and whether they are too high by now.

    Attributes:
        steps: of the whole test.
        losses: of the batches until now.
        lowest: the lowest mean of as many of them, one after another, as make a median.
    """

    steps: int
    losses: list[float] = field(default_factory=list)
    lowest: float = inf

    def take(self, loss: float) -> bool:
        """Take a loss; return whether the mean of the newest is over four times the lowest mean.

        Means, since they see the first losses of a steep rise, which medians do not.
        """
        width = 2 * reach(self.steps) + 1
        self.losses.append(loss)
        if len(self.losses) < width:
            return False
        newest = fsum(self.losses[-width:]) / width
        self.lowest = min(self.lowest, newest)
        return newest > TOO_HIGH * self.lowest


def read(losses: Row, steps: int, decades: float) -> Reading:
    """Return the rates that the losses speak for, as indices.

    Args:
        losses: of the steps made, (n,).
        steps: of the whole test.
        decades: log10 of the whole test's highest rate over its lowest.
    """
    h = reach(steps)
    if len(losses) < 2 * h + 1:
        return Reading()
    whole = smoothed(losses, steps)[h : len(losses) - h]  # no narrower median counts
    lowest = h + int(np.argmin(whole))
    # The slope of the least-squares line through the losses of one median.
    apart = np.arange(-h, h + 1) * (decades / (steps - 1))
    slopes = np.correlate(losses, apart / np.dot(apart, apart), "valid")[: lowest - h + 1]
    steepest = int(np.argmin(slopes))
    if slopes[steepest] >= 0:
        return Reading(lowest)
    return Reading(lowest, h + steepest, float(slopes[steepest]))
