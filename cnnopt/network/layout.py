"""Where each parameter lies in the one flat vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import DTypeLike

from cnnopt.arrays import Array
from cnnopt.layers.base import Parameter
from cnnopt.layers.sequence import Node
from cnnopt.randomness import stream


@dataclass(frozen=True)
class Slot:
    """One parameter's place: `flat[start:stop].reshape(parameter.shape)`.

    Attributes:
        name: layer and parameter, such as `conv2d_1.weight`.
        owner: index of the node that it belongs to.
    """

    name: str
    owner: int
    start: int
    stop: int
    parameter: Parameter


@dataclass(frozen=True)
class Layout:
    """The order and places of all parameters of a network."""

    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Layout:
        """Lay the parameters of `nodes` out one after another."""
        slots: list[Slot] = []
        start = 0
        for owner, node in enumerate(nodes):
            for parameter in node.layer.parameters(node.x):
                stop = start + prod(parameter.shape)
                slots.append(Slot(f"{node.name}.{parameter.name}", owner, start, stop, parameter))
                start = stop
        return cls(tuple(slots))

    @property
    def size(self) -> int:
        """Number of parameters P."""
        return self.slots[-1].stop if self.slots else 0

    @cached_property
    def decaying(self) -> tuple[slice, ...]:
        """The ranges to which norm penalties apply: weights, not biases."""
        return tuple(slice(s.start, s.stop) for s in self.slots if s.parameter.decays)

    def initial(self, seed: int, dtype: DTypeLike = np.float32) -> Array:
        """Return the initial vector (P,): each parameter from a stream with its own name."""
        flat = np.empty(self.size, dtype)
        for slot in self.slots:
            p = slot.parameter
            generator = stream(seed, "initial", slot.name)
            values = p.initial.draw(p.shape, p.fan_in, p.fan_out, generator)
            flat[slot.start : slot.stop] = values.reshape(-1)
        return flat

    def views(self, flat: Array, owner: int) -> tuple[Array, ...]:
        """Return the parameters of one node as views of `flat` (P,)."""
        return tuple(
            flat[s.start : s.stop].reshape(s.parameter.shape)
            for s in self.slots
            if s.owner == owner
        )

    def span(self, owners: range) -> slice:
        """Return the range of the flat vector that the nodes of `owners` fill."""
        inside = [s for s in self.slots if s.owner in owners]
        return slice(inside[0].start, inside[-1].stop) if inside else slice(0, 0)

    def named(self, flat: Array) -> dict[str, Array]:
        """Return all parameters by name, as views of `flat` (P,)."""
        return {s.name: flat[s.start : s.stop].reshape(s.parameter.shape) for s in self.slots}
