"""The generalization gap, and a word for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cnnopt.display.words import number

CLASSIFICATION_STEPS = ((0.02, "small"), (0.05, "moderate"), (math.inf, "large: over-fitting"))
RELATIVE_STEPS = ((0.1, "small"), (0.5, "moderate"), (math.inf, "large: over-fitting"))
REVERSED = "reversed: easier than the training part"


@dataclass(frozen=True)
class Gap:
    """Error on held-out examples minus error on training: positive when over-fitting.

    Attributes:
        text: the difference with its unit, such as `1.4 points` or `0.0123`.
        word: what to think of it.
    """

    text: str
    word: str

    def __str__(self) -> str:
        """Return `1.4 points, small`."""
        return f"{self.text}, {self.word}"


def accuracy_gap(train: float, held_out: float, n_train: int, n_held_out: int) -> Gap:
    """Return the gap between two accuracies.

    It is called noise below two standard errors of the difference of two shares, with one success
    and one failure added to each, so that a perfect score has a standard error too.

    Args:
        train: accuracy on the training sample, in [0, 1].
        held_out: accuracy on validation or test, in [0, 1].
        n_train: examples in the training sample, at least 1.
        n_held_out: examples held out, at least 1.
    """
    gap = train - held_out
    text = f"{100 * gap:.1f} points".replace("-", "−")
    errors = (1 - train) * n_train + (1 - held_out) * n_held_out
    share = (errors + 2) / (n_train + n_held_out + 4)
    error = math.sqrt(share * (1 - share) * (1 / n_train + 1 / n_held_out))
    if abs(gap) <= 2 * error:
        return Gap(text, "within noise")
    return Gap(text, REVERSED if gap < 0 else _word(gap, CLASSIFICATION_STEPS))


def loss_gap(train: float, held_out: float) -> Gap:
    """Return the gap between two losses, judged by its share of the training loss."""
    gap = held_out - train
    text = number(gap, 3).replace("-", "−")
    relative = gap / abs(train) if train else math.copysign(math.inf, gap) if gap else 0.0
    if relative < -RELATIVE_STEPS[0][0]:
        return Gap(text, REVERSED)
    return Gap(text, _word(relative, RELATIVE_STEPS))


def gap_of(
    train: Mapping[str, float | None], held_out: Mapping[str, float | None], n: int, n_held_out: int
) -> Gap | None:
    """Return the gap between two sets of metrics, of accuracy if there is one, else of loss."""
    for metric in ("accuracy", "loss"):
        a, b = train.get(metric), held_out.get(metric)
        if a is None or b is None or not math.isfinite(a) or not math.isfinite(b):
            continue
        return accuracy_gap(a, b, n, n_held_out) if metric == "accuracy" else loss_gap(a, b)
    return None


def _word(value: float, steps: tuple[tuple[float, str], ...]) -> str:
    return next(word for limit, word in steps if value < limit or limit == math.inf)
