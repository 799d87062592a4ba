"""A dense layer with many weights, over the whole batch: cut by its features, not by examples.

Its weights are then read once a step in each direction, and their gradient is made in place, where
shards would each read them all, and sum gradients as large as the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from cnnopt.arrays import Array
from cnnopt.network.border import Border
from cnnopt.network.crew import Task
from cnnopt.network.partition import cut_evenly

PARTS = 4
"""Tasks in each direction, whatever the number of threads."""


@dataclass(frozen=True)
class Whole:
    """The tasks of both passes; a plan for inference has none for the way back.

    Attributes:
        forward: each makes some columns of y = x·W.
        backward: each makes some rows of dW = xᵀ·dy, and the columns of dx = dy·Wᵀ they belong to.
    """

    forward: tuple[Task, ...]
    backward: tuple[Task, ...]

    @classmethod
    def of(cls, before: Border, after: Border, weight: Array, gradient: Array | None) -> Whole:
        """Plan the layer between two borders, for `weight` (N, U) and its gradient."""
        inputs, units = weight.shape
        forward = [
            partial(np.matmul, before.y, weight[:, part], out=after.y[:, part])
            for part in cut_evenly(units, min(PARTS, units))
        ]
        if gradient is None or before.dy is None or after.dy is None:
            return cls(tuple(forward), ())
        backward = [
            partial(
                _back,
                (before.y[:, part].T, after.dy, gradient[part]),
                (after.dy, weight[part].T, before.dy[:, part]),
            )
            for part in cut_evenly(inputs, min(PARTS, inputs))
        ]
        return cls(tuple(forward), tuple(backward))


def _back(*products: tuple[Array, Array, Array]) -> None:
    for left, right, result in products:
        np.matmul(left, right, out=result)
