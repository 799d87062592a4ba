"""The data of a trial, and clean measurements on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import Loss, class_logits, example_weights
from cnnopt.metrics import Metric, PerClass, for_task
from cnnopt.randomness import stream

LARGEST_SAMPLE = 10_000
"""Examples of the training part that are measured where no other part says how many."""


@dataclass(frozen=True)
class Task:
    """Parts of the data: `train`, and `validation` and `test` where there are such.

    Attributes:
        parts: by name.
        classification: class numbers to predict, or numbers.
        class_weights: of each class, (K,), as the training part gives them; None: all the same.
    """

    parts: Mapping[str, Part]
    classification: bool
    class_weights: Array | None = None

    def example_weights(self, part: Part) -> Array | None:
        """Return the weight of each example of a part, (n,), or None where all are the same."""
        return None if self.class_weights is None else example_weights(self.class_weights, part.y)

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


def measure(
    outputs: Array, part: Part, task: Task, loss: Loss, metrics: Sequence[str] | None = None
) -> dict[str, float]:
    """Return loss and metrics of `outputs` (n, K) on a part, in the order of columns.

    The loss is the one that is trained, so class weights are in it; penalties are not. Metrics
    know no weights.

    Args:
        outputs: what the network gave, (n, K).
        part: the examples.
        task: says what kind of targets they have, and what the classes weigh.
        loss: what is minimized.
        metrics: names; None: the usual ones of the task.
    """
    targets = loss.targets(part.y, outputs.shape[1], np.float64)
    # Outputs of a diverging training overflow: whether the loss is finite is asked afterwards.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        losses = loss.values(outputs, targets)
        values = {"loss": float(np.average(losses, weights=task.example_weights(part)))}
        for name, metric in _updated(outputs, part, task, metrics).items():
            values[name] = metric.compute()
        return values


def measure_classes(
    outputs: Array,
    part: Part,
    task: Task,
    metrics: Sequence[str] | None,
    classes: Sequence[str],
) -> dict[str, dict[str, float]]:
    """Return those metrics that each class has for itself: metric → class → value."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return {
            name: dict(zip(classes, metric.per_class().tolist(), strict=True))
            for name, metric in _updated(outputs, part, task, metrics).items()
            if isinstance(metric, PerClass)
        }


def _updated(
    outputs: Array, part: Part, task: Task, names: Sequence[str] | None
) -> dict[str, Metric]:
    shown = class_logits(outputs) if task.classification else outputs
    metrics: dict[str, Metric] = {}
    for name, make in for_task(task.classification, names).items():
        metrics[name] = make()
        metrics[name].update(shown, part.y)
    return metrics
