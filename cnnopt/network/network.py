"""A network: its layers in order, the places of its parameters, and the plans it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.layers import Layer
from cnnopt.layers.sequence import Node
from cnnopt.losses.base import Loss
from cnnopt.network.crew import Crew
from cnnopt.network.inference import InferencePlan
from cnnopt.network.layout import Layout
from cnnopt.network.plan import TrainingPlan
from cnnopt.network.reorder import by_phase, pool_first, pool_in_norm

EVALUATION_ROWS = 512
"""Examples of one evaluation pass: enough for wide matrix products, little memory."""


@dataclass(frozen=True)
class Network:
    """Layers in the order of the config, from inputs of shape `input_shape` to `outputs` numbers.

    Attributes:
        input_shape: shape of one example, channels last.
        nodes: the layers, each with its name and the shape of its input.
    """

    input_shape: Shape
    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, input_shape: Shape, layers: Sequence[tuple[str, Layer]]) -> Network:
        """Join named layers; raises `ShapeError` where one does not fit the one before."""
        nodes: list[Node] = []
        shape = input_shape
        for name, layer in layers:
            nodes.append(Node(name, layer, shape))
            shape = layer.output_shape(shape)
        return cls(input_shape, tuple(nodes))

    @property
    def output_shape(self) -> Shape:
        """Shape of one output."""
        return self.nodes[-1].y if self.nodes else self.input_shape

    @cached_property
    def layout(self) -> Layout:
        """Places of the parameters in the flat vector."""
        return Layout.of(self.run_order)

    @cached_property
    def run_order(self) -> tuple[Node, ...]:
        """The layers as they run, reordered where that is exact and faster."""
        return pool_in_norm(by_phase(pool_first(self.nodes)))

    @property
    def parameters(self) -> int:
        """Number of parameters P."""
        return self.layout.size

    @property
    def multiply_adds(self) -> int:
        """Multiply-additions of one example's forward pass in matrix products."""
        return sum(node.layer.multiply_adds(node.x) for node in self.nodes)

    def training_plan(
        self, loss: Loss, batch: int, weights: Array, gradient: Array
    ) -> TrainingPlan:
        """Plan steps on batches of `batch` examples over the flat `weights` and `gradient`."""
        return TrainingPlan(self.run_order, self.layout, loss, batch, weights, gradient)

    def inference_plan(self, rows: int, weights: Array) -> InferencePlan:
        """Plan outputs of `rows` examples at a time."""
        return InferencePlan(self.run_order, self.layout, rows, weights)


class Evaluator:
    """Outputs of any number of examples with the weights as they stand at the call."""

    def __init__(self, network: Network, weights: Array, crew: Crew) -> None:
        self._network, self._weights, self._crew = network, weights, crew
        self._plans: dict[int, InferencePlan] = {}

    def outputs(self, x: Array) -> Array:
        """Return (n, K) for inputs `x` (n, *shape), in passes of `EVALUATION_ROWS`."""
        out = np.empty((len(x), *self._network.output_shape), self._weights.dtype)
        for start in range(0, len(x), EVALUATION_ROWS):
            part = x[start : start + EVALUATION_ROWS]
            plan = self._plans.get(len(part))
            if plan is None:
                plan = self._network.inference_plan(len(part), self._weights)
                self._plans[len(part)] = plan
            out[start : start + len(part)] = plan.run(self._crew, part)
        return out
