"""Some training examples with their labels, as they are or as training will change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnnopt.arrays import Array, Rows
from cnnopt.build import build
from cnnopt.config import Config
from cnnopt.data.augmentation import Augment
from cnnopt.data.dataset import Dataset, Levels, Part
from cnnopt.data.parts import prepare
from cnnopt.errors import UsageError
from cnnopt.randomness import stream
from cnnopt.regularizers import Batch, BatchTransform
from cnnopt.trials.splitting import split_of
from cnnopt.trials.trial import load_data

LEAST_SHARE = 0.005
"""Shares of a label below it are not told: they would read 0.00."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Examples to look at.

    Attributes:
        name: of the config.
        dataset: the data set's name.
        rows: which rows of it these are, (n,).
        versions: scaled inputs, (v, n, *shape): as they are, and as each of v - 1 steps of
            training would change them.
        labels: what each version is said to be, v lists of n.
        low, high: what black and white are, (C,).
        transforms: names of what changes them, in order; empty where nothing does.
        ranged: whether the data have a range of values.
        notes: what is known of the data.
    """

    name: str
    dataset: str
    rows: Rows
    versions: Array
    labels: tuple[tuple[str, ...], ...]
    low: Array
    high: Array
    transforms: tuple[str, ...]
    ranged: bool
    notes: tuple[str, ...]


def examples_of(config: Config, count: int, *, versions: int = 0, seed: int = 0) -> Examples:
    """Draw examples of the training part.

    Args:
        config: what would be trained.
        count: how many examples; fewer where the part has fewer.
        versions: how many changed versions of each; 0: the examples alone.
        seed: which examples are drawn. What changes them follows the config's own seed, as in
            training.

    Raises:
        ConfigError, DataError: as when the config is trained.
        UsageError: versions are wanted, and nothing in the config changes a training batch.
    """
    data = load_data(config)
    classification = bool(data.classes)
    experiment = build(config, data.input_shape, data.outputs, classification)
    if versions and not experiment.transforms:
        raise UsageError(
            "--augmented: needs a regularizer that changes training batches, and the config has "
            "none. Write regularizers: [{augment: [{shift: 1}]}], for instance."
        )
    parts = split_of(config, None, data).parts()
    scaled, _ = prepare(data, parts, config.dataset.scale)
    drawn = _drawn(scaled["train"], count, seed)
    levels = drawn.levels or Levels(np.zeros(1, np.float32), np.ones(1, np.float32))
    outputs = experiment.network.output_shape[0]
    targets = experiment.loss.targets(drawn.y, outputs, np.float32)
    inputs, labels = [drawn.x], [_labels(targets, data)]
    for step in range(1, versions + 1):
        batch = Batch(drawn.x.copy(), targets.copy(), *levels)
        for transform in experiment.transforms:
            transform.apply(batch, stream(config.seed, transform.name, step))
        inputs.append(batch.x)
        labels.append(_labels(batch.targets, data))
    return Examples(
        name=config.name,
        dataset=data.name,
        rows=drawn.rows,
        versions=np.stack(inputs),
        labels=tuple(labels),
        low=levels.low,
        high=levels.high,
        transforms=_names(experiment.transforms) if versions else (),
        ranged=data.value_range is not None,
        notes=data.notes,
    )


def _drawn(part: Part, count: int, seed: int) -> Part:
    """Return examples of all classes, as far as they go round: one of each, then the next."""
    order = stream(seed, "examples").permutation(len(part))
    if part.y.ndim == 1:
        labels = part.y[order]
        turn = np.zeros(len(order), np.int64)  # how many of its class stand before it
        for label in np.unique(labels):
            here = labels == label
            turn[here] = np.arange(here.sum())
        order = order[np.lexsort((labels, turn))]
    chosen = order[:count]
    return replace(part, x=part.x[chosen], y=part.y[chosen], rows=part.rows[chosen])


def _names(transforms: Sequence[BatchTransform]) -> tuple[str, ...]:
    """Return what changes a batch; of augmentation, each of its transforms."""
    return tuple(
        name
        for each in transforms
        for name in ([e.name for e in each.entries] if isinstance(each, Augment) else [each.name])
    )


def _labels(targets: Array, data: Dataset) -> tuple[str, ...]:
    return tuple(label_text(row, data.classes) for row in targets)


def label_text(target: Array, classes: tuple[str, ...]) -> str:
    """Return what a row of targets says, in words: `cat`, `cat 0.70, dog 0.30`, `1.25`.

    Args:
        target: shares of the classes, (K,); of two classes the second one's share alone, (1,);
            or numbers, (T,).
        classes: names of the classes; empty for numbers.
    """
    if not classes:
        return ", ".join(f"{value:.4g}" for value in target)
    shares = np.array([1 - target[0], target[0]]) if len(target) < len(classes) else target
    order = np.argsort(-shares, kind="stable")
    told = [int(index) for index in order if shares[index] >= LEAST_SHARE]
    if len(told) == 1 and shares[told[0]] > 1 - LEAST_SHARE:
        return classes[told[0]]
    return ", ".join(f"{classes[index]} {shares[index]:.2f}" for index in told)
