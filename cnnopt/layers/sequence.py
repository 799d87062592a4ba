"""A row of layers, planned for one chunk of a batch and run forward and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Coupled, Layer, Prepared, Wires


@dataclass(frozen=True)
class Node:
    """A layer in its place.

    Attributes:
        name: the name of the config's layer that this is a part of, such as `conv2d_1`; names
            its parameters and its random streams.
        layer: the settings.
        x: shape of its input, without the batch.
    """

    name: str
    layer: Layer
    x: Shape

    @property
    def y(self) -> Shape:
        """Shape of its output, without the batch."""
        return self.layer.output_shape(self.x)


@dataclass(frozen=True, slots=True)
class Step:
    """A node with its space."""

    node: Node
    space: Any
    wires: Wires


def plan_sequence(
    nodes: Sequence[Node],
    x: Array,
    dx: Array | None,
    make: Buffers,
    training: bool,
    shared: Mapping[str, Any] | None = None,
    *,
    keeps_x: bool = False,
) -> tuple[Step, ...]:
    """Make the buffers of all nodes for inputs in `x`.

    Args:
        nodes: the layers, each made for the output of the one before.
        x: where the chunk's inputs will stand, (B, *shape).
        dx: where the gradient by the inputs is wanted; None where it is not.
        make: the maker of buffers.
        training: False plans the forward pass only, without the layers that only train.
        shared: by name of a coupled layer, what it shares with the other chunks of its batch;
            of a prepared layer, (what is prepared, tally). Without an entry the chunk is the
            whole batch.
        keeps_x: `x` is read by others: no layer may work in place on it.

    Returns:
        One step per node; in a plan for inference, one per node that computes anything there.
    """
    steps: list[Step] = []
    taken = False  # whether a later backward pass reads what stands in x
    kept = keeps_x  # whether x is still the caller's
    for node in nodes:
        layer = node.layer
        if layer.trains_only and not training:
            continue
        y, dy = x, dx
        if layer.memory == "view":
            y = x.reshape(len(x), *node.y)
            dy = None if dx is None else dx.reshape(y.shape)
        elif layer.memory == "own" or kept or (taken and training):
            y = make((len(x), *node.y))
        learns = bool(layer.parameters(node.x))
        if training and layer.memory != "view" and (dx is not None or learns):
            # A coupled layer hands its dy on: dx is finished when the whole batch is known.
            shares = layer.memory == "in place" or isinstance(layer, Coupled)
            dy = dx if shares and dx is not None else make(y.shape)
        wires = Wires(x, y, dx, dy, training)
        steps.append(Step(node, _space(node, wires, make, shared or {}), wires))
        if layer.memory != "view":
            taken, kept = layer.reads_output, False
        x, dx = y, dy
    return tuple(steps)


def _space(node: Node, wires: Wires, make: Buffers, shared: Mapping[str, Any]) -> Any:
    layer = node.layer
    if node.name in shared:
        if isinstance(layer, Coupled):
            return layer.plan_chunk(wires, make, shared[node.name])
        if isinstance(layer, Prepared):
            return layer.plan_prepared(wires, make, *shared[node.name])
    return layer.plan(wires, make)
