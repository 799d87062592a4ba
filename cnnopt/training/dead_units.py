"""Dead units: outputs of rectifiers that are 0 whatever comes in.

Every activation of the relu family, also inside other layers, is replaced by one that is watched;
the network with these is walked through the examples in evaluation mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers import Composite, Elu, Gelu, Layer, LeakyRelu, Parameter, Relu, Silu, Wires
from cnnopt.layers.base import Memory
from cnnopt.layers.sequence import Node
from cnnopt.network import Network
from cnnopt.training.walk import Walk

RELU_FAMILY = (Relu, LeakyRelu, Elu, Gelu, Silu)
"""Of these only relu stays at 0 for good: the share of the others says that they do not."""

PASS_ROWS = 64
"""Examples of one pass."""


def dead_units(network: Network, weights: Array, x: Array) -> dict[str, float]:
    """Return, for each layer with a rectifier, the share of its outputs that are always 0.

    An output is one number of one channel at one place; it is dead where it is 0 for every
    example. Several rectifiers inside one layer count together.

    Args:
        network: the layers, taken in the order of the config.
        weights: as they stand, (total,).
        x: the examples, (n, *shape).
    """
    nodes = [Node(node.name, watched(node.layer), node.x) for node in network.nodes]
    found = {node.name: list(watches(node.layer, node.x)) for node in nodes}
    found = {name: those for name, those in found.items() if those}
    if not found:
        return {}
    last = max(place for place, node in enumerate(nodes) if node.name in found)
    named = network.layout.named(weights)
    walks: dict[int, Walk] = {}
    with np.errstate(all="ignore"):
        for start in range(0, len(x), PASS_ROWS):
            part = x[start : start + PASS_ROWS]
            walk = walks.get(len(part))
            if walk is None:
                walk = Walk(nodes[: last + 1], named, len(part), dtype=weights.dtype)
                walks[len(part)] = walk
            np.copyto(walk.x, part)
            for _ in walk.forward():
                pass
    return {name: _share(those) for name, those in found.items()}


@dataclass(frozen=True, slots=True)
class WatchedSpace:
    """The space of the activation, and its outputs."""

    inner: Any
    y: Array


@dataclass(frozen=True, eq=False)
class Watched:
    """An activation that remembers which of its outputs were ever other than 0.

    Attributes:
        layer: the activation.
        alive: by shape of an output, whether it was; made with the first plan.
    """

    layer: Layer
    alive: dict[Shape, NDArray[np.bool_]] = field(default_factory=dict)

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return that of the activation."""
        return self.layer.output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> WatchedSpace:
        """Plan the activation."""
        shape = wires.y.shape[1:]
        self.alive.setdefault(shape, np.zeros(shape, np.bool_))
        return WatchedSpace(self.layer.plan(wires, make), wires.y)

    def forward(self, s: WatchedSpace, parameters: tuple[Array, ...]) -> None:
        """Run the activation and look at its outputs."""
        self.layer.forward(s.inner, parameters)
        alive = self.alive[s.y.shape[1:]]
        np.logical_or(alive, np.any(s.y != 0, axis=0), out=alive)

    def backward(
        self, s: WatchedSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Run the activation back."""
        self.layer.backward(s.inner, parameters, gradients)


def watched(layer: Layer) -> Layer:
    """Return the layer with every rectifier in it replaced by a watched one."""
    return cast(Layer, _watched(layer))


def watches(layer: Layer, x: Shape) -> Iterator[Watched]:
    """Yield the watched rectifiers in a layer for inputs of shape `x`."""
    if isinstance(layer, Watched):
        yield layer
    elif isinstance(layer, Composite):
        for node in layer.inside(x):
            yield from watches(node.layer, node.x)


def _watched(value: Any) -> Any:
    if isinstance(value, RELU_FAMILY):
        return Watched(value)
    if isinstance(value, tuple):
        return tuple(map(_watched, value))
    if isinstance(value, Composite):
        record = cast(Any, value)  # a frozen dataclass, as every layer
        return replace(
            record, **{f.name: _watched(getattr(record, f.name)) for f in fields(record)}
        )
    return value


def _share(those: list[Watched]) -> float:
    units = [alive for one in those for alive in one.alive.values()]
    return 1 - sum(int(u.sum()) for u in units) / sum(u.size for u in units)
