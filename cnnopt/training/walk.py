"""Layers run one after another, each looked at when it is done: to measure, not to train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import Noisy
from cnnopt.layers.sequence import Ends, Node, Step, plan_sequence
from cnnopt.network.noise import Noise


class Walk:
    """The way of a batch through `nodes`, stopping after every layer.

    The batch is one chunk. What stands in a layer's wires is good until the next layer has run,
    which may work in place.

    Args:
        nodes: the layers, each made for the output of the one before.
        weights: every parameter by its name in the layout, such as `dense_1.weight`.
        batch: examples, B.
        gradients: the gradients by the same names; None plans for inference.
        inputs: whether the gradient by the inputs is wanted.
        dtype: of the numbers; the weights'.

    Attributes:
        x: where the inputs stand, (B, *shape).
        dx: their gradient, where it is wanted.
        y: where the outputs stand after a walk forward.
        dy: where their gradient is wanted before a walk back; None in a plan for inference.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        weights: Mapping[str, Array],
        batch: int,
        gradients: Mapping[str, Array] | None = None,
        *,
        inputs: bool = False,
        dtype: DTypeLike = np.float32,
    ) -> None:
        training = gradients is not None
        make = Buffers(dtype)
        self.x: Array = make((batch, *nodes[0].x))
        self.dx: Array | None = make(self.x.shape) if inputs else None
        steps = plan_sequence(nodes, Ends(self.x, self.dx), make, training)
        kept = [i for i, node in enumerate(nodes) if training or not node.layer.trains_only]
        self._steps = tuple(zip(kept, steps, strict=True))
        self._weights = {i: _of(nodes[i], weights) for i in kept}
        self._gradients = {i: _of(nodes[i], gradients or {}) for i in kept}
        self._noise = Noise(nodes, batch, make) if training else None
        self._whole = slice(0, batch)
        last = steps[-1].wires if steps else None
        self.y: Array = self.x if last is None else last.y
        self.dy: Array | None = self.dx if last is None else last.dy

    def draw(self, seed: int, step: int) -> None:
        """Draw the noise of a step of training, the same as the step itself draws."""
        if self._noise is not None:
            self._noise.draw(seed, step)

    def forward(self) -> Iterator[Step]:
        """Take the batch in `x` forward; yield each layer as soon as its output stands."""
        for owner, step in self._steps:
            layer = step.node.layer
            if layer.memory != "view":
                if self._noise is not None and isinstance(layer, Noisy):
                    layer.use(step.space, self._noise.rows(owner, self._whole))
                layer.forward(step.space, self._weights[owner])
            yield step

    def backward(self) -> Iterator[Step]:
        """Take the gradient in `dy` back; yield each layer as soon as its gradients stand."""
        for owner, step in reversed(self._steps):
            layer = step.node.layer
            if layer.memory != "view" and step.wires.dy is not None:
                layer.backward(step.space, self._weights[owner], self._gradients[owner])
            yield step


def names_of(node: Node) -> list[str]:
    """Return the names of a node's parameters in its layout: those that train come first."""
    ordered = sorted(node.layer.parameters(node.x), key=lambda parameter: not parameter.trains)
    return [f"{node.name}.{parameter.name}" for parameter in ordered]


def _of(node: Node, arrays: Mapping[str, Array]) -> tuple[Array, ...]:
    """Return a node's arrays; a gradient has only those that train."""
    return tuple(arrays[name] for name in names_of(node) if name in arrays)
