"""One rise to the full rate and one fall, far below where it began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from cnnopt.optimizers.schedules.base import half_cosine

Anneal = Literal["cosine", "linear"]


@dataclass(frozen=True)
class OneCycle:
    """From 1/initial_divisor up to 1 and down to 1/(initial_divisor · final_divisor).

    The optimizer's learning rate is the peak; it may be several times what a constant rate bears.

    Args:
        peak: share of the steps in which the rate rises, in [0, 1].
        initial_divisor: full rate over the first one, at least 1.
        final_divisor: first rate over the last one, at least 1.
        anneal: way of both parts, half a cosine or a straight line.

    Form and defaults are those of PyTorch's `OneCycleLR` with two phases. It also moves momentum
    (or Adam's β₁) the other way, from 0.95 to 0.85 and back; **this does not**: pass
    `cycle_momentum=False` to compare. In the paper both parts are equally long and linear, with a
    short tail behind them.

    Source: Smith & Topin 2019 (arXiv 1708.07120); PyTorch's `OneCycleLR`.

    Example:
        >>> cycle = OneCycle(peak=0.5, initial_divisor=10, final_divisor=2, anneal="linear")
        >>> [round(cycle.at(step, 6, 1.0), 3) for step in range(1, 7)]
        [0.1, 0.55, 1.0, 0.683, 0.367, 0.05]
    """

    peak: float = 0.3
    initial_divisor: float = 25.0
    final_divisor: float = 1e4
    anneal: Anneal = "cosine"

    waits_for_warmup: ClassVar[bool] = True

    def at(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return the factor on the way up, or on the way down."""
        first = 1 / self.initial_divisor
        done, whole = step - 1, steps - 1
        top = max(self.peak * steps - 1, 0.0)  # steps done at the peak; need not be whole
        if done < top:
            return self._between(done, top, first, 1.0)
        if whole <= top:
            return 1.0
        return self._between(done - top, whole - top, 1.0, first / self.final_divisor)

    def _between(self, done: float, whole: float, start: float, end: float) -> float:
        if self.anneal == "cosine":
            return half_cosine(done, whole, start, end)
        return start + (end - start) * done / whole
