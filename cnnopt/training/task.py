"""The data of a trial, and clean measurements on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import Loss
from cnnopt.metrics import for_task
from cnnopt.randomness import stream

LARGEST_SAMPLE = 10_000
"""Examples of the training part that are measured where no other part says how many."""


@dataclass(frozen=True)
class Task:
    """Parts of the data: `train`, and `validation` and `test` where there are such."""

    parts: Mapping[str, Part]
    classification: bool

    def training_sample(self, split_seed: int) -> Part:
        """Return the fixed sample of the training part on which clean metrics are taken.

        It is as large as the validation part (else the test part), at most 10,000 examples.
        """
        train = self.parts["train"]
        other = self.parts.get("validation") or self.parts.get("test") or train
        size = min(len(other), len(train), LARGEST_SAMPLE)
        if size == len(train):
            return train
        order = stream(split_seed, "training_sample").permutation(len(train))
        chosen = np.sort(order[:size])
        return Part(train.x[chosen], train.y[chosen], train.rows[chosen])


def measure(outputs: Array, part: Part, loss: Loss, classification: bool) -> dict[str, float]:
    """Return loss and metrics of `outputs` (n, K) on a part, in the order of columns."""
    targets = loss.targets(part.y, outputs.shape[1], np.float64)
    # Outputs of a diverging training overflow: whether the loss is finite is asked afterwards.
    with np.errstate(over="ignore", invalid="ignore"):
        values = {"loss": float(np.mean(loss.values(outputs, targets)))}
        for name, make in for_task(classification).items():
            metric = make()
            metric.update(outputs, part.y)
            values[name] = metric.compute()
    return values
