"""Intervals of a cross-validation, as its scheme and its data allow them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.randomness import stream
from cnnopt.splits.names import CORRECTED
from cnnopt.statistics import (
    Interval,
    block_interval,
    block_length,
    bootstrap_interval,
    cluster_interval,
    corrected_interval,
)
from cnnopt.studies.out_of_fold import Scores

OVER_FOLDS = "corrected: folds share training rows"
OVER_EXAMPLES = "bootstrap over examples"
OVER_GROUPS = "bootstrap over groups"
OVER_BLOCKS = "bootstrap over blocks of time, rough"


class Bounds(NamedTuple):
    """A 95 % interval and how it was made; None where there can be none."""

    interval: Interval | None
    kind: str


def mean_interval(
    scheme: str, values: Sequence[float], ratio: float, over_examples: Bounds, seed: int
) -> Bounds:
    """Return the interval of a mean over folds.

    The k-fold kinds and `shuffle` have Nadeau and Bengio's corrected one, from the spread of the
    folds. The others have too few folds, or folds of one example: theirs is a bootstrap. With
    leave_one_group_out the folds themselves are drawn: each counts once in the mean, whatever the
    number of its rows.

    Args:
        scheme: its name.
        values: the metric (or a difference of two models) on each fold.
        ratio: rows of a test part over rows of a training part.
        over_examples: the interval of the same over all tested examples.
        seed: of the resamples.
    """
    if scheme in CORRECTED:
        return Bounds(corrected_interval(values, ratio), OVER_FOLDS)
    if scheme == "leave_one_group_out":
        generator = stream(seed, "mean_interval")
        return Bounds(bootstrap_interval(values, generator=generator), OVER_GROUPS)
    return over_examples


def example_interval(scores: Scores | None, data: Dataset, seed: int) -> Bounds:
    """Return the bootstrap interval of a mean over examples.

    Whole groups are drawn where the data have groups, blocks of time where the rows are in order
    of time: such examples are too alike to count as one each.

    Args:
        scores: of each tested example; None where the metric is no mean over them.
        data: the data set.
        seed: of the resamples.
    """
    generator = stream(seed, "pooled_interval")
    if data.ordered:
        make, kind = _over_blocks, OVER_BLOCKS
    elif data.groups is not None:
        make, kind = _over_groups, OVER_GROUPS
    else:
        make, kind = _over_examples, OVER_EXAMPLES
    return Bounds(None if scores is None else make(scores, data, generator), kind)


def _over_examples(scores: Scores, data: Dataset, generator: np.random.Generator) -> Interval:
    return bootstrap_interval(scores.values, generator=generator)


def _over_groups(scores: Scores, data: Dataset, generator: np.random.Generator) -> Interval:
    assert data.groups is not None
    return cluster_interval(scores.values, data.groups[scores.rows], generator=generator)


def _over_blocks(scores: Scores, data: Dataset, generator: np.random.Generator) -> Interval:
    return block_interval(scores.values, block_length(len(scores.values)), generator=generator)
