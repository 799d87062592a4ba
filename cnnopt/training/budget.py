"""How many steps a training has, and after which of them a row of metrics is made."""

from __future__ import annotations

from dataclasses import dataclass

from cnnopt.config.training import Training


@dataclass(frozen=True)
class Budget:
    """Steps in all, and steps between two rows of metrics.

    Attributes:
        steps: updates of the weights, at least 1.
        every: updates between two rows; the last row may come sooner.
    """

    steps: int
    every: int

    @classmethod
    def of(cls, training: Training, per_pass: int) -> Budget:
        """Return the budget for batches of which `per_pass` make a pass over the data."""
        if training.steps is not None:
            return cls(training.steps, training.evaluate_every or min(per_pass, training.steps))
        return cls((training.epochs or 1) * per_pass, per_pass)

    @property
    def rows(self) -> int:
        """How many rows of metrics the whole budget makes."""
        return -(-self.steps // self.every)

    def row_of(self, step: int) -> int:
        """Return the row (from 1) that `step` counts for."""
        return -(-step // self.every)

    def ends_row(self, step: int) -> bool:
        """Whether a row of metrics is complete after `step`."""
        return step % self.every == 0 or step == self.steps
