"""Which examples make a batch: a pure function of the step."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.randomness import stream

Shuffle = Literal["epoch", "once", "never", "step"]


class Batches:
    """Batches of a training part of `examples` rows.

    `epoch`: a fresh order for every pass; `once`: one order for all passes; `never`: the rows as
    they stand; `step`: every batch is the start of a fresh order (no passes, no ragged batch).
    The last batch of a pass has what is left.
    """

    def __init__(self, examples: int, batch_size: int, shuffle: Shuffle, seed: int) -> None:
        self._examples = examples
        self.size = min(batch_size, examples)
        self.per_pass = -(-examples // self.size)
        self._shuffle = shuffle
        self._seed = seed
        self._order: tuple[int, Rows] | None = None

    def rows(self, step: int) -> Rows:
        """Return the rows of batch `step` (from 1), numbers within the training part."""
        if self._shuffle == "step":
            return self._permutation("shuffle_step", step)[: self.size]
        number, place = divmod(step - 1, self.per_pass)
        start = place * self.size
        return self._order_of(number)[start : start + self.size]

    def _order_of(self, number: int) -> Rows:
        if self._shuffle != "epoch":
            number = 0
        if self._order is None or self._order[0] != number:
            order = np.arange(self._examples)
            if self._shuffle != "never":
                order = self._permutation("shuffle", number)
            self._order = number, order
        return self._order[1]

    def _permutation(self, purpose: str, number: int) -> Rows:
        return stream(self._seed, purpose, number).permutation(self._examples)
