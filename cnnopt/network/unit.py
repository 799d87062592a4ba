"""One chunk of a batch and the layers it goes through: lists of bound calls, made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.layers.base import Noisy
from cnnopt.layers.sequence import Step
from cnnopt.network.layout import Layout
from cnnopt.network.noise import Noise

Call = tuple[Callable[..., Any], tuple[Any, ...]]


class Views:
    """The parameters in a flat vector, by node; the views are made once."""

    def __init__(self, layout: Layout, vector: Array) -> None:
        self.layout, self.vector = layout, vector
        self._made: dict[int, tuple[Array, ...]] = {}

    def of(self, owner: int) -> tuple[Array, ...]:
        """Return the parameters of one node."""
        if owner not in self._made:
            self._made[owner] = self.layout.views(self.vector, owner)
        return self._made[owner]


@dataclass(frozen=True, slots=True)
class Unit:
    """A chunk's way through a stage.

    Units of a stage that run one after another, each forward and back at once, share buffers.

    Attributes:
        rows: the chunk's rows of the batch.
        y: where its outputs stand, (B, *shape).
        dy: gradient by the outputs; None in a plan for inference.
        forwards: the calls of the forward pass.
        backwards: the calls of the backward pass.
    """

    rows: slice
    y: Array
    dy: Array | None
    forwards: Sequence[Call]
    backwards: Sequence[Call]

    def forward(self) -> None:
        """Take the chunk from the border before it to its outputs."""
        for call, arguments in self.forwards:
            call(*arguments)

    def backward(self) -> None:
        """Take the gradient back, and add the parameters' to the shard's."""
        for call, arguments in self.backwards:
            call(*arguments)


def layer_calls(
    rows: slice,
    steps: Sequence[Step],
    owners: Sequence[int],
    weights: Views,
    into: Views | None,
    noise: Noise | None,
) -> tuple[list[Call], list[Call]]:
    """Bind the steps of a chunk to the weights and to the gradient vector that they write.

    Args:
        rows: the chunk's rows of the batch.
        steps: the planned layers.
        owners: for each step, the index of its node in the network.
        weights: the parameters.
        into: the gradient to write to; None in a plan for inference.
        noise: the random numbers of a step; None in a plan for inference.

    Returns:
        The calls of the forward and of the backward pass.
    """
    forwards: list[Call] = []
    backwards: list[Call] = []
    for owner, step in zip(owners, steps, strict=True):
        layer = step.node.layer
        if layer.memory == "view":
            continue
        values = weights.of(owner)
        if isinstance(layer, Noisy) and noise is not None:
            forwards.append((layer.use, (step.space, noise.rows(owner, rows))))
        forwards.append((layer.forward, (step.space, values)))
        if into is not None and step.wires.dy is not None:
            backwards.append((layer.backward, (step.space, values, into.of(owner))))
    return forwards, backwards[::-1]


def copy_call(target: Array | None, source: Array | None) -> list[Call]:
    """Return the copy that is needed, if any: none where both are the same memory."""
    if target is None or source is None or np.may_share_memory(target, source):
        return []
    return [(np.copyto, (target, source))]
