"""A row of layers, planned for one chunk of a batch and run forward and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Coupled, Layer, Prepared, Wires

LANES = "wire 0", "wire 1"
"""Used in turn: a layer's inputs and outputs, and their gradients, are never in the same lane."""


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


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a row of layers begins and ends, for one chunk.

    Attributes:
        x: where the chunk's inputs will stand, (B, *shape).
        dx: where the gradient by the inputs is wanted; None where it is not.
        y: where the outputs are wanted, if they can be written there; None: anywhere.
        dy: where their gradient will stand, if it can; None: anywhere.
        keeps_x: `x` is read by others: no layer may work in place on it.
    """

    x: Array
    dx: Array | None = None
    y: Array | None = None
    dy: Array | None = None
    keeps_x: bool = False


def plan_sequence(
    nodes: Sequence[Node],
    ends: Ends,
    make: Buffers,
    training: bool,
    shared: Mapping[str, Any] | None = None,
) -> tuple[Step, ...]:
    """Make the buffers of all nodes.

    Args:
        nodes: the layers, each made for the output of the one before.
        ends: where the row begins and ends.
        make: the maker of buffers; what is not read again lies in its lanes.
        training: False plans the forward pass only, without the layers that only train.
        shared: by name of a coupled layer, what it shares with the other chunks of its batch;
            of a prepared layer, (what is prepared, tally). Without an entry the chunk is the
            whole batch.

    Returns:
        One step per node; in a plan for inference, one per node that computes anything there.
    """
    nodes = [node for node in nodes if training or not node.layer.trains_only]
    steps: list[Step] = []
    x, dx = ends.x, ends.dx
    taken = False  # whether a later backward pass reads what stands in x
    kept = ends.keeps_x  # whether x is still the caller's
    lanes, gradient_lanes = cycle(LANES), cycle(LANES)
    for place, node in enumerate(nodes):
        layer = node.layer
        y, dy = x, dx
        if layer.memory == "view":
            y = x.reshape(len(x), *node.y)
            dy = None if dx is None else dx.reshape(y.shape)
        elif layer.memory == "own" or kept or (taken and training):
            y = _outputs(nodes, place, ends, make, next(lanes), training)
        learns = bool(layer.parameters(node.x))
        backward = training and layer.memory != "view" and (dx is not None or learns)
        # A coupled layer hands its dy on: dx is finished when the whole batch is known.
        if backward and (dx is None or not _shares_gradient(node)):
            dy = _gradients(nodes, place, ends, make, next(gradient_lanes))
        make.next_layer()
        wires = Wires(x, y, dx, dy, training)
        steps.append(Step(node, _space(node, wires, make, shared or {}), wires))
        if layer.memory != "view":
            taken, kept = layer.reads_output, False
        x, dx = y, dy
    return tuple(steps)


def _outputs(
    nodes: Sequence[Node], place: int, ends: Ends, make: Buffers, lane: str, training: bool
) -> Array:
    """Make the outputs of a layer, and of those that work in place on them after it.

    They lie in a lane where nobody reads them again after the next layer.
    """
    shape = (len(ends.x), *nodes[place].y)
    layer = nodes[place].layer
    for after in nodes[place + 1 :]:
        read = training and layer.reads_output
        if after.layer.memory == "own" or (after.layer.memory == "in place" and read):
            if training and (read or after.layer.reads_input):
                return make(shape)
            return make.passing(lane, shape)
        if after.layer.memory == "in place":
            layer = after.layer
    return make(shape) if ends.y is None else ends.y.reshape(shape)


def _gradients(nodes: Sequence[Node], place: int, ends: Ends, make: Buffers, lane: str) -> Array:
    """Make the gradient by the outputs of a layer, which those share that hand it on."""
    shape = (len(ends.x), *nodes[place].y)
    for after in nodes[place + 1 :]:
        if after.layer.memory != "view" and not _shares_gradient(after):
            return make.passing(lane, shape)
    return make(shape) if ends.dy is None else ends.dy.reshape(shape)


def _shares_gradient(node: Node) -> bool:
    """Whether the gradient by a layer's inputs lies where that by its outputs lay."""
    return node.layer.memory == "in place" or (isinstance(node.layer, Coupled) and node.x == node.y)


def _space(node: Node, wires: Wires, make: Buffers, shared: Mapping[str, Any]) -> Any:
    layer = node.layer
    if node.name in shared:
        if isinstance(layer, Coupled):
            return layer.plan_chunk(wires, make, shared[node.name])
        if isinstance(layer, Prepared):
            return layer.plan_prepared(wires, make, *shared[node.name])
    return layer.plan(wires, make)
