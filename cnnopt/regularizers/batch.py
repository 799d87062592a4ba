"""What changes a training batch before the network sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cnnopt.arrays import Array


@dataclass(frozen=True, eq=False)
class Batch:
    """A training batch, to be changed in place.

    Attributes:
        x: scaled inputs, (B, *shape), channels last.
        targets: as the loss wants them, (B, K): shares of the classes, or numbers.
        low: what a raw 0 (black, no ink) is after scaling, per channel, (C,).
        high: what the highest value is; where the data have no range of values, one standard
            deviation of the scaled data above `low`; (C,).
    """

    x: Array
    targets: Array
    low: Array
    high: Array


class BatchTransform(Protocol):
    """Augmentation, noise on inputs, erasing, mixing: of training batches alone."""

    @property
    def name(self) -> str:
        """Name of its random stream, `stream(seed, name, step)`: its draws do not depend on what
        other transforms there are.
        """
        ...

    def apply(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change a whole batch in place.

        Args:
            batch: the examples of a step, all of them.
            generator: the stream of this step.
        """
        ...
