"""Wrong labels in the training part, to study what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.randomness import stream


@dataclass(frozen=True)
class LabelNoise:
    """A share of the labels becomes another class, each other one as likely; or y + N(0, sd²).

    Drawn once, for every row of the data set, from `stream(split_seed, "label_noise")`: a row has
    the same wrong label with every `seed`, in every fold and in every arm that trains on it, and
    the rows of a smaller share are among those of a larger one.

    Args:
        share: of the labels, in [0, 1]; round(share·n) of n labels are replaced.
        sd: of the noise on numbers, in the unit of the targets, at least 0.

    Source: Zhang et al. 2017, "Understanding deep learning requires rethinking generalization"
    (who also let a random label be the right one by chance; here it never is).
    """

    share: float = 0.0
    sd: float = 0.0

    def applied(
        self, y: NDArray[Any], rows: Rows, total: int, classes: int, split_seed: int
    ) -> NDArray[Any]:
        """Return the labels with their noise.

        Args:
            y: class numbers (n,), or targets (n, T).
            rows: which rows of the data set these are, (n,).
            total: how many rows the data set has.
            classes: how many classes there are; 0 where the targets are numbers.
            split_seed: of the config.
        """
        generator = stream(split_seed, "label_noise")
        if not classes:
            noise = generator.standard_normal((total, *y.shape[1:])) * self.sd
            numbers: NDArray[Any] = (y + noise[rows]).astype(y.dtype)
            return numbers
        rank, steps = generator.random(total), generator.integers(1, classes, size=total)
        chosen = np.argsort(rank[rows], kind="stable")[: round(self.share * len(rows))]
        labels = y.copy()
        labels[chosen] = (y[chosen] + steps[rows[chosen]]) % classes
        return labels
