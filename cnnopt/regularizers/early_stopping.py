"""Early stopping: no further training when validation stops getting better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EarlyStopping:
    """Stop after `patience` rows of metrics without an improvement of a value.

    Args:
        patience: rows (epochs) to wait, at least 1.
        min_change: what counts as an improvement has to be larger than this, at least 0, in the
            unit of the value.
        metric: the loss or a metric, measured on the validation part, never on the test part.

    Source: Goodfellow, Bengio & Courville 2016, algorithm 7.1.
    """

    patience: int
    min_change: float = 0.0
    metric: str = "loss"


@dataclass
class Patience:
    """The state of early stopping: the value to beat, and the rows since it was set.

    Attributes:
        best: the last value that counted as an improvement; None before the first.
        waited: rows since then.
    """

    best: float | None = None
    waited: int = 0

    def take(self, rule: EarlyStopping, value: float) -> None:
        """Take the next value; lower is better."""
        if self.best is None or value < self.best - rule.min_change:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
