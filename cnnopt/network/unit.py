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

Call = tuple[Callable[..., None], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Unit:
    """A chunk's way through a stage.

    Units of a stage that run one after another, each forward and back at once, share buffers.

    Attributes:
        rows: the chunk's rows of the batch.
        x: where its inputs stand, (B, *shape).
        y: where its outputs stand.
        dx: gradient by the inputs, None in the first stage.
        dy: gradient by the outputs, None in a plan for inference.
        noisy: (use, space, index of the node): layers that take random numbers.
        forwards: the calls of the forward pass.
        backwards: the calls of the backward pass.
        sums: (total, part) of the gradient to add after it; None for the first unit of a shard,
            which writes to the total.
    """

    rows: slice
    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    noisy: tuple[tuple[Callable[[Any, tuple[Array, ...]], None], Any, int], ...]
    forwards: tuple[Call, ...]
    backwards: tuple[Call, ...]
    sums: tuple[Array, Array] | None

    def forward(self, noise: Noise | None = None) -> None:
        """Compute `y` from `x`; without noise in a plan for inference."""
        if noise is not None:
            for use, space, index in self.noisy:
                use(space, noise.rows(index, self.rows))
        for call, arguments in self.forwards:
            call(*arguments)

    def backward(self) -> None:
        """Compute the gradients, and `dx`, from `dy`, and add them to the shard's."""
        for call, arguments in self.backwards:
            call(*arguments)
        if self.sums is not None:
            total, part = self.sums
            np.add(total, part, out=total)


def make_unit(
    rows: slice,
    steps: Sequence[Step],
    owners: Sequence[int],
    layout: Layout,
    weights: Array,
    into: Array | None,
    sums: tuple[Array, Array] | None,
) -> Unit:
    """Bind the steps of a chunk to the weights and to the gradient vector that they write.

    Args:
        rows: the chunk's rows of the batch.
        steps: the planned layers.
        owners: for each step, the index of its node in the network.
        layout: places of the parameters.
        weights: the flat vector (P,).
        into: the flat gradient (P,) to write to; None in a plan for inference.
        sums: see `Unit`.
    """
    forwards: list[Call] = []
    backwards: list[Call] = []
    noisy = []
    for owner, step in zip(owners, steps, strict=True):
        layer = step.node.layer
        if layer.memory == "view":
            continue
        values = layout.views(weights, owner)
        forwards.append((layer.forward, (step.space, values)))
        if isinstance(layer, Noisy):
            noisy.append((layer.use, step.space, owner))
        if into is not None and step.wires.dy is not None:
            call = (layer.backward, (step.space, values, layout.views(into, owner)))
            backwards.append(call)
    first, last = steps[0].wires, steps[-1].wires
    return Unit(
        rows=rows,
        x=first.x,
        y=last.y,
        dx=first.dx,
        dy=last.dy,
        noisy=tuple(noisy),
        forwards=tuple(forwards),
        backwards=tuple(reversed(backwards)),
        sums=sums,
    )
