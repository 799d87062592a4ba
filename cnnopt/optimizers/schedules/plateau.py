"""The rate falls when validation stops getting better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plateau:
    """rate ← max(rate · `factor`, `min_rate`) after `patience` rows of metrics without a gain.

    Args:
        factor: what the rate is multiplied by, in (0, 1).
        patience: rows (epochs) to wait, at least 1.
        min_change: what counts as a gain has to be larger than this, at least 0.
        cooldown: rows after a fall that are not counted as waiting, at least 0.
        min_rate: the lowest factor, as a share of the optimizer's learning rate, in [0, 1].

    The value is the one of `training.select`, measured on the validation part, never on the test
    part. Waiting is that of early stopping: after `patience` rows. PyTorch's `ReduceLROnPlateau`
    falls after one more (`patience` bad epochs are borne); its `threshold` is relative unless told
    otherwise, and falls below its `eps` are not made. Keras's waits as here; its cooldown is one
    row shorter.

    Source: PyTorch's `ReduceLROnPlateau`; Goodfellow, Bengio & Courville 2016, section 8.3.1, on
    watching the learning curve.

    Example:
        >>> [Plateau(0.5, patience=2).after(values).factor for values in ([3, 2], [3, 3, 3])]
        [1.0, 0.5]
    """

    factor: float = 0.1
    patience: int = 10
    min_change: float = 0.0
    cooldown: int = 0
    min_rate: float = 0.0

    def after(self, values: Iterable[float]) -> Reduction:
        """Return what a history of values, one a row, comes to; lower is better."""
        state = Reduction()
        for value in values:
            state.take(self, value)
        return state


@dataclass
class Reduction:
    """The state of `Plateau`: all that a history of values comes to.

    Attributes:
        best: the last value that counted as a gain; None before the first.
        waited: rows since then, or since the last fall and its cooldown.
        cooling: rows of the cooldown that are left.
        factor: on the rate, of the steps that follow.
    """

    best: float | None = None
    waited: int = 0
    cooling: int = 0
    factor: float = 1.0

    def take(self, rule: Plateau, value: float) -> None:
        """Take the next value; lower is better."""
        if self.best is None or value < self.best - rule.min_change:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        if self.cooling > 0:
            self.cooling -= 1
            self.waited = 0
        if self.waited >= rule.patience:
            self.factor = max(self.factor * rule.factor, rule.min_rate)
            self.waited, self.cooling = 0, rule.cooldown

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Take over the attributes, as `dataclasses.asdict` gave them."""
        self.best, self.waited = numbers["best"], numbers["waited"]
        self.cooling, self.factor = numbers["cooling"], numbers["factor"]
