"""Over-fitting in words: the gap between training and held-out error, and what to call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import Loss, class_logits
from cnnopt.randomness import stream
from cnnopt.training.task import Task
from cnnopt.trials.result import trivial_output

Word = Literal["under-fitting", "fitting", "over-fitting", "memorizing"]

SMALL = 0.02
"""Gap, as a share of the trivial predictor's error, below which nothing is called over-fitting."""

LEARNT_NOTHING, LARGE = 0.5, 0.1
"""Training error, as a share of the trivial predictor's, above which it is under-fitting, unless
there is a gap of such a share."""

BY_HEART, USELESS = 0.02, 0.2
"""Training error at most, and gap at least, as shares of the trivial error, of memorizing."""

RESAMPLES = 1000
BLOCK = 2_000_000  # numbers drawn at a time


class Fit(NamedTuple):
    """The gap of a model and the word for it.

    Attributes:
        word: under-fitting, fitting, over-fitting or memorizing.
        gap: error on held-out examples minus error on training ones.
        interval: its 95 % bootstrap interval over the examples of both.
        trivial: error of the trivial predictor on the held-out examples.
    """

    word: Word
    gap: float
    interval: tuple[float, float]
    trivial: float


def fit_of(
    parts: Mapping[str, Part],
    outputs: Mapping[str, Array],
    task: Task,
    loss: Loss,
    *,
    by_class: bool,
    seed: int,
) -> Fit | None:
    """Return how a model fits; None without a held-out part.

    The error of an example is 0 or 1 where accuracy is measured, else its loss. Held out is the
    validation part, else the test part.

    Args:
        parts: the measured examples, `train` among them.
        outputs: what the network gave for each part, (n, K).
        task: says what kind of targets there are.
        loss: what is minimized.
        by_class: whether accuracy is measured.
        seed: of the resamples.
    """
    held_out = next((name for name in ("validation", "test") if name in parts), None)
    if held_out is None:
        return None

    def errors(name: str, given: Array) -> Array:
        part = parts[name]
        if by_class:
            wrong: Array = class_logits(given).argmax(axis=1) != part.y
            return wrong.astype(np.float64)
        return loss.values(given, loss.targets(part.y, given.shape[1], np.float64))

    train, other = errors("train", outputs["train"]), errors(held_out, outputs[held_out])
    width = outputs[held_out].shape[1]
    classes = task.classification
    guess = trivial_output(task.parts["train"], max(width, 2) if classes else width, classes)
    if width < len(guess):
        guess = guess[1:] - guess[:1]  # one output for two classes: the difference of their logits
    trivial = errors(held_out, np.broadcast_to(guess, (len(other), width))).mean()
    gap = float(other.mean() - train.mean())
    interval = gap_interval(train, other, stream(seed, "gap_interval"))
    word = word_of(float(train.mean()), gap, interval[0], float(trivial))
    return Fit(word, gap, interval, float(trivial))


def word_of(train: float, gap: float, low: float, trivial: float) -> Word:
    """Return the word for a fit.

    A gap counts when its interval excludes 0 and it is at least 2 % of the trivial predictor's
    error. Memorizing: a training error of at most 2 % of the trivial one, with a gap of at least
    20 %. Under-fitting: a training error above half the trivial one, without a gap of 10 %.

    Args:
        train: error on the training sample.
        gap: held-out error minus that.
        low: lower end of the gap's interval.
        trivial: error of the trivial predictor: the most frequent class, or the mean.

    Example:
        >>> word_of(0.0, 0.3, 0.25, 0.9), word_of(0.01, 0.05, 0.03, 0.9), word_of(0.7, 0.0, 0, 0.9)
        ('memorizing', 'over-fitting', 'under-fitting')
    """
    if train > LEARNT_NOTHING * trivial and (low <= 0 or gap < LARGE * trivial):
        return "under-fitting"
    if low <= 0 or gap < SMALL * trivial:
        return "fitting"
    by_heart = train <= BY_HEART * trivial and gap >= USELESS * trivial
    return "memorizing" if by_heart else "over-fitting"


def gap_interval(
    train: Array, held_out: Array, generator: np.random.Generator
) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of mean(held_out) - mean(train).

    Both are resampled over their own examples; the model is held fixed.

    Args:
        train: errors of n examples, (n,).
        held_out: errors of m examples, (m,).
        generator: source of the resamples.
    """
    differences = _means(held_out, generator) - _means(train, generator)
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(low), float(high)


def _means(values: Array, generator: np.random.Generator) -> Array:
    n = len(values)
    means = np.empty(RESAMPLES)
    step = max(1, BLOCK // n)
    for start in range(0, RESAMPLES, step):
        count = min(step, RESAMPLES - start)
        means[start : start + count] = values[generator.integers(n, size=(count, n))].mean(axis=1)
    return means


def as_summary(fit: Fit) -> dict[str, Any]:
    """Return it as `summary.json` has it."""
    return {**fit._asdict(), "interval": list(fit.interval)}
