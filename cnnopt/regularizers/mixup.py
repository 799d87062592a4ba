"""Examples blended in pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.regularizers.batch import Batch


@dataclass(frozen=True)
class Mixup:
    """x ← λ·x + (1-λ)·x', t ← λ·t + (1-λ)·t' with another example (x', t') of the batch.

    One λ ~ Beta(α, α) and one permutation a batch, as in the authors' code; an example may meet
    itself. Numbers as targets are blended likewise, which is right where the function is close to
    linear between any two examples (Yao et al. 2022, "C-Mixup", pair only near ones for that).

    Args:
        alpha: α, above 0: small is close to no blending; 0.1 to 0.4 in the paper for ImageNet.

    Source: Zhang et al. 2018, "mixup", equation 1.
    """

    alpha: float = 0.2

    def mix(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change inputs and targets in place."""
        share = generator.beta(self.alpha, self.alpha)
        order = generator.permutation(len(batch.x))
        for values in (batch.x, batch.targets):
            other = values[order]
            other *= values.dtype.type(1 - share)
            values *= values.dtype.type(share)
            values += other
