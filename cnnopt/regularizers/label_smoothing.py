"""Targets that are less sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.regularizers.batch import Batch


@dataclass(frozen=True)
class LabelSmoothing:
    """t ← (1-ε)·t + ε/K for shares t of K classes.

    It draws nothing, and comes to the same before and after mixing. A single target is the share
    of the second of two classes.

    Args:
        epsilon: ε, in [0, 1).

    Source: Szegedy et al. 2016, section 7. PyTorch's `CrossEntropyLoss(label_smoothing=ε)` is the
    same.
    """

    epsilon: float = 0.1

    name = "label_smoothing"

    def apply(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change `batch.targets` in place."""
        t = batch.targets
        t *= 1 - self.epsilon
        t += self.epsilon / max(2, t.shape[1])
