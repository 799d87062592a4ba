"""Mixing the examples of a batch, in one way or in several by turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cnnopt.regularizers.batch import Batch


class Way(Protocol):
    """A way to mix: `Mixup` or `CutMix`."""

    def mix(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change inputs and targets in place."""
        ...


@dataclass(frozen=True)
class Mixing:
    """Each batch is mixed in one of the ways, all as likely.

    The way is drawn first, and also where there is but one: a batch that is mixed in some way
    draws the same numbers for it whatever other ways there are.

    Args:
        ways: at least one.

    Source: the alternation is that of Wightman et al. 2021, "ResNet strikes back", section 2.
    """

    ways: tuple[Way, ...]

    name = "mixing"

    def apply(self, batch: Batch, generator: np.random.Generator) -> None:
        """Mix a whole batch in place."""
        turn = int(generator.random() * len(self.ways))
        self.ways[turn].mix(batch, generator)
