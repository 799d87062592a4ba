"""What is measured on a training's path: gradients of many batches, losses of any batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Rows
from cnnopt.build import Experiment
from cnnopt.network import Crew, TrainingPlan
from cnnopt.randomness import stream
from cnnopt.training.task import Task

Numbers = NDArray[np.float64]

MOST_BATCHES = 64
"""Whose gradients are kept side by side; the mean is of all batches."""


class Noise(NamedTuple):
    """How much the gradients of batches differ.

    Attributes:
        ratio: trace of their covariance over the squared length of the mean gradient.
        cosine: mean cosine of the gradients of two different batches.
    """

    ratio: float
    cosine: float


def gradient_noise(gradients: Numbers, mean: Numbers) -> Noise:
    """Return the noise of batch gradients (n, P), n >= 2, around the full gradient `mean` (P,).

    ratio = Σ |gᵢ - mean|² / (n - 1) / |mean|²; the batches are parts of one pass, whose mean is
    the full gradient, hence n - 1. A gradient of length 0 has cosine 0 with all others.

    Example:
        >>> gradient_noise(np.array([[3.0, 0.0], [1.0, 0.0]]), np.array([2.0, 0.0]))
        Noise(ratio=0.5, cosine=1.0)

    Source: McCandlish et al. 2018, "An empirical model of large-batch training", eq. 2.9.
    """
    n = len(gradients)
    around = gradients - mean
    trace = float(np.sum(around * around)) / (n - 1)
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    units = np.divide(gradients, lengths, out=np.zeros_like(gradients), where=lengths > 0)
    total = units.sum(axis=0)
    pairs = float(total @ total) - float(np.sum(units * units))
    square = float(mean @ mean)
    return Noise(trace / square if square else float("inf"), pairs / (n * (n - 1)))


def cosine(a: Numbers, b: Numbers) -> float:
    """Return the cosine of two vectors; NaN where one has no length."""
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size else float("nan")


def other_rows(rows: Rows, examples: int, seed: int, step: int) -> Rows:
    """Return as many rows that are not in the batch `rows`, drawn anew for each step."""
    left = np.setdiff1d(np.arange(examples), rows)
    return stream(seed, "momentum_why_other", step).permutation(left)[: len(rows)]


class Probe:
    """Losses and gradients at weights of its own, so that what is watched is not touched.

    They are those of training mode without penalties, masks of dropout being the same in all calls.

    Args:
        experiment: network, loss and seed.
        task: the data; rows are those of its training part.
        crew: the threads, entered.
        batch_size: of the batches of a pass.
    """

    def __init__(self, experiment: Experiment, task: Task, crew: Crew, batch_size: int) -> None:
        network = experiment.network
        self._experiment, self._crew = experiment, crew
        self.weights = network.layout.initial(experiment.seed)
        self._gradient = np.zeros_like(self.weights[: network.parameters])
        part = task.parts["train"]
        self._x = part.x
        dtype = self.weights.dtype
        self._targets = experiment.loss.targets(part.y, network.output_shape[0], dtype)
        given = task.example_weights(part)
        self._scale = np.ones(len(part)) if given is None else given.astype(np.float64)
        self._plans: dict[int, TrainingPlan] = {}
        order = stream(experiment.seed, "momentum_why_pass").permutation(len(part))
        self._pass = [order[i : i + batch_size] for i in range(0, len(part), batch_size)]

    def move(self, weights: Array) -> None:
        """Go to these weights."""
        np.copyto(self.weights, weights)

    def loss(self, rows: Rows) -> float:
        """Return the mean loss of a batch."""
        size = len(rows)
        if size not in self._plans:
            self._plans[size] = self._experiment.network.training_plan(
                self._experiment.loss, size, self.weights, self._gradient
            )
        scale = self._scale[rows]
        scale = (scale / scale.sum()).astype(self.weights.dtype)
        plan, seed = self._plans[size], self._experiment.seed
        return plan.run(self._crew, self._x[rows], self._targets[rows], scale, seed, 1)

    def gradient(self, rows: Rows) -> Numbers:
        """Return the gradient of a batch's mean loss, (P,)."""
        self.loss(rows)
        return self._gradient.astype(np.float64)

    def full(self) -> tuple[Numbers, Noise]:
        """Return the gradient on the whole training part, and the noise of its batches.

        The batches are those of one pass in an order of its own; a ragged last one counts for the
        mean only.
        """
        kept: list[Numbers] = []
        total, weight = np.zeros(len(self._gradient)), 0.0
        size = len(self._pass[0])
        for rows in self._pass:
            found = self.gradient(rows)
            share = float(self._scale[rows].sum())
            total += share * found
            weight += share
            if len(rows) == size and len(kept) < MOST_BATCHES:
                kept.append(found)
        mean = total / weight
        return mean, gradient_noise(np.stack(kept), mean)


def mean_of(values: Sequence[float]) -> float:
    """Return the mean of those that are numbers; NaN where there are none."""
    found = [value for value in values if not np.isnan(value)]
    return float(np.mean(found)) if found else float("nan")
