"""Layers inside a layer: their names, parameters and draws, and rows of them that run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Coupled, Draw, Layer, Noisy, Parameter, Wires
from cnnopt.layers.sequence import Ends, Node, Step, plan_sequence

Named = tuple[tuple[str, Layer], ...]
"""Layers in order, each with its name among them; a bias has that of the layer before it."""


@runtime_checkable
class Composite(Protocol):
    """A layer that is made of others."""

    def inside(self, x: Shape) -> tuple[Node, ...]:
        """Return the layers inside by their names within this one, for inputs of shape `x`."""
        ...


def chain(layers: Named, x: Shape, prefix: str = "") -> tuple[Node, ...]:
    """Return the layers as nodes, the first for inputs of shape `x`."""
    nodes: list[Node] = []
    for name, layer in layers:
        nodes.append(Node(prefix + name, layer, x))
        x = layer.output_shape(x)
    return tuple(nodes)


def parameters_inside(nodes: Sequence[Node]) -> tuple[Parameter, ...]:
    """Return the parameters of all nodes by dotted names, those that train first."""
    found = [
        replace(parameter, name=f"{node.name}.{parameter.name}")
        for node in nodes
        for parameter in node.layer.parameters(node.x)
    ]
    return tuple(sorted(found, key=lambda parameter: not parameter.trains))


def draws_inside(nodes: Sequence[Node]) -> tuple[Draw, ...]:
    """Return the draws of all nodes, each named after its layer."""
    return tuple(
        replace(draw, name=f"{node.name}.{draw.name}" if draw.name else node.name)
        for node in nodes
        for draw in _draws(node)
    )


def couples(layers: Iterable[Layer]) -> bool:
    """Whether one of the layers, at any depth, couples the examples of a batch."""
    return any(
        isinstance(layer, Coupled) or getattr(layer, "couples_inside", False) for layer in layers
    )


def _draws(node: Node) -> tuple[Draw, ...]:
    return node.layer.draws(node.x) if isinstance(node.layer, Noisy) else ()


@dataclass(frozen=True, slots=True)
class Part:
    """A planned layer, and which of the composite's parameters and draws are its own."""

    step: Step
    trains: slice
    follows: slice
    draws: slice

    def values(self, parameters: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return the layer's own parameters."""
        return parameters[self.trains] + parameters[self.follows]


@dataclass(frozen=True, slots=True)
class Row:
    """Layers that follow each other inside a composite, planned for one chunk.

    Attributes:
        y: outputs of the last; the composite's inputs where there is no layer.
        dx: gradient by the composite's inputs, None where it is not wanted.
        dy: gradient by `y`, None where there is no backward pass to make.
        parts: the layers that compute anything.
    """

    y: Array
    dx: Array | None
    dy: Array | None
    parts: tuple[Part, ...]

    def use(self, noise: tuple[Array, ...]) -> None:
        """Hand the composite's noise to the layers that take it."""
        for part in self.parts:
            layer = part.step.node.layer
            if isinstance(layer, Noisy):
                layer.use(part.step.space, noise[part.draws])

    def forward(self, parameters: tuple[Array, ...]) -> None:
        """Run all layers."""
        for part in self.parts:
            part.step.node.layer.forward(part.step.space, part.values(parameters))

    def back(self, parameters: tuple[Array, ...], gradients: tuple[Array, ...]) -> None:
        """Run all layers back that have a backward pass to make."""
        for part in reversed(self.parts):
            step = part.step
            if step.wires.dy is not None:
                own = gradients[part.trains]
                step.node.layer.backward(step.space, part.values(parameters), own)


def plan_rows(rows: Sequence[Sequence[Node]], wires: Wires, make: Buffers) -> tuple[Row, ...]:
    """Plan rows of layers that all start from the same inputs, `wires.x`.

    The first row writes its input gradient to `wires.dx`, the others to buffers of their own; see
    `go_back`.
    """
    nodes = [node for row in rows for node in row]
    places = _places(nodes)
    own_make = make.apart()  # what is inside is planned for as long as the composite runs
    planned: list[Row] = []
    start = 0
    for number, row in enumerate(rows):
        own = [
            (node, place)
            for node, place in zip(row, places[start : start + len(row)], strict=True)
            if wires.training or not node.layer.trains_only
        ]
        start += len(row)
        dx = wires.dx
        if dx is not None and number and own:
            dx = make(dx.shape)
        inside = [node for node, _ in own]
        steps = plan_sequence(inside, Ends(wires.x, dx, keeps_x=True), own_make, wires.training)
        parts = tuple(
            Part(step, *place)
            for step, (_, place) in zip(steps, own, strict=True)
            if step.node.layer.memory != "view"
        )
        last = steps[-1].wires if steps else None
        planned.append(Row(last.y, dx, last.dy, parts) if last else Row(wires.x, dx, None, ()))
    make.take(own_make)
    return tuple(planned)


def go_back(
    rows: Sequence[Row],
    pieces: Sequence[Array],
    dx: Array | None,
    parameters: tuple[Array, ...],
    gradients: tuple[Array, ...],
) -> None:
    """Run all rows back and sum their input gradients.

    Args:
        rows: as `plan_rows` made them.
        pieces: for each row, the gradient by its outputs.
        dx: where the sum goes, the first row's `dx`; None where it is not wanted.
        parameters: the composite's.
        gradients: the composite's, to be overwritten.
    """
    for number, (row, piece) in enumerate(zip(rows, pieces, strict=True)):
        found: Array | None = piece
        if row.dy is not None:
            np.copyto(row.dy, piece)
            row.back(parameters, gradients)
            found = row.dx
        if dx is None or found is None or found is dx:
            continue
        if number:
            np.add(dx, found, out=dx)
        else:
            np.copyto(dx, found)


def _places(nodes: Sequence[Node]) -> list[tuple[slice, slice, slice]]:
    """Return for each node its places in the composite's parameters and draws."""
    counts = []
    for node in nodes:
        own = node.layer.parameters(node.x)
        trains = sum(parameter.trains for parameter in own)
        counts.append((trains, len(own) - trains, len(_draws(node))))
    train = draw = 0
    follow = sum(trains for trains, _, _ in counts)
    found = []
    for trains, follows, draws in counts:
        found.append(
            (
                slice(train, train + trains),
                slice(follow, follow + follows),
                slice(draw, draw + draws),
            )
        )
        train, follow, draw = train + trains, follow + follows, draw + draws
    return found
