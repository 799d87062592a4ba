"""The generalization gap, and a word for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnopt.display.words import number

CLASSIFICATION_STEPS = ((0.02, "small"), (0.05, "moderate"), (math.inf, "large: over-fitting"))
RELATIVE_STEPS = ((0.1, "small"), (0.5, "moderate"), (math.inf, "large: over-fitting"))
NOISE = "within noise"
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


def accuracy_gap(train: float, held_out: float, error: float | None) -> Gap:
    """Return the gap between two accuracies.

    Args:
        train: accuracy on the training sample, in [0, 1].
        held_out: accuracy on validation or test, in [0, 1].
        error: standard error of the difference, see `training.gap`; up to two of them are called
            noise. None: not known.
    """
    gap = train - held_out
    text = f"{100 * gap:.1f} points".replace("-", "−")
    if _is_noise(gap, error):
        return Gap(text, NOISE)
    return Gap(text, REVERSED if gap < 0 else _word(gap, CLASSIFICATION_STEPS))


def loss_gap(train: float, held_out: float, error: float | None) -> Gap:
    """Return the gap between two losses, judged by its share of the training loss.

    Args:
        train: loss on the training sample.
        held_out: loss on validation or test.
        error: as of `accuracy_gap`.
    """
    gap = held_out - train
    text = number(gap, 3).replace("-", "−")
    if _is_noise(gap, error):
        return Gap(text, NOISE)
    relative = gap / abs(train) if train else math.copysign(math.inf, gap) if gap else 0.0
    if relative < -RELATIVE_STEPS[0][0]:
        return Gap(text, REVERSED)
    return Gap(text, _word(relative, RELATIVE_STEPS))


def fit_sentence(fit: Mapping[str, Any], shares: bool) -> str:
    """Return `Generalization gap: 1.4 points (0.3 to 2.5): over-fitting.`

    Args:
        fit: the summary's `fit`.
        shares: whether errors are shares of wrong examples, told in points.
    """
    low, high = fit["interval"]
    if shares:
        said = f"{100 * fit['gap']:.1f} points ({100 * low:.1f} to {100 * high:.1f})"
    else:
        said = f"{number(fit['gap'], 3)} ({number(low, 3)} to {number(high, 3)})"
    return f"Generalization gap: {said.replace('-', '−')}: {fit['word']}."


def gap_of(
    train: Mapping[str, float | None],
    held_out: Mapping[str, float | None],
    error: float | None,
) -> Gap | None:
    """Return the gap between two sets of metrics, of accuracy if there is one, else of loss."""
    for metric, gap in (("accuracy", accuracy_gap), ("loss", loss_gap)):
        a, b = train.get(metric), held_out.get(metric)
        if a is None or b is None or not math.isfinite(a) or not math.isfinite(b):
            continue
        return gap(a, b, error)
    return None


def _is_noise(gap: float, error: float | None) -> bool:
    return error is not None and abs(gap) <= 2 * error


def _word(value: float, steps: tuple[tuple[float, str], ...]) -> str:
    return next(word for limit, word in steps if value < limit or limit == math.inf)
