"""The same rate all the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Constant:
    """factor = 1.

    Example:
        >>> Constant().at(3, 5, 1.0)
        1.0

    Source: Robbins & Monro 1951 ask for falling rates; without them, noise stays in the weights.
    """

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return 1."""
        return 1.0
