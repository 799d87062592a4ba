"""Where each parameter lies in the one flat vector."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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
    """The order and places of all parameters of a network.

    Those that train come first, P numbers; then those that only follow, such as running means.
    The vector of weights holds both, gradients and the optimizer's slots only the first.
    """

    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Layout:
        """Lay the parameters of `nodes` out one after another."""
        slots: list[Slot] = []
        start = 0
        for trains in (True, False):
            for owner, node in enumerate(nodes):
                for parameter in node.layer.parameters(node.x):
                    if parameter.trains is trains:
                        stop = start + prod(parameter.shape)
                        name = f"{node.name}.{parameter.name}"
                        slots.append(Slot(name, owner, start, stop, parameter))
                        start = stop
        return cls(tuple(slots))

    @property
    def size(self) -> int:
        """Number of parameters that train, P."""
        return max((s.stop for s in self.slots if s.parameter.trains), default=0)

    @property
    def total(self) -> int:
        """Length of the vector of weights: P and the numbers that only follow."""
        return self.slots[-1].stop if self.slots else 0

    @cached_property
    def decaying(self) -> tuple[slice, ...]:
        """The ranges to which norm penalties apply: weights, not biases."""
        return tuple(slice(s.start, s.stop) for s in self.slots if s.parameter.decays)

    def initial(self, seed: int, dtype: DTypeLike = np.float32) -> Array:
        """Return the initial vector (total,): each parameter from a stream with its own name."""
        flat = np.empty(self.total, dtype)
        for slot in self.slots:
            p = slot.parameter
            generator = stream(seed, "initial", slot.name)
            values = p.initial.draw(p.shape, p.fan_in, p.fan_out, generator)
            flat[slot.start : slot.stop] = values.reshape(-1)
        return flat

    def views(self, flat: Array, owner: int) -> tuple[Array, ...]:
        """Return the parameters of one node as views of `flat`: the weights (total,), or a
        gradient (P,), which has only those that train."""
        return tuple(
            flat[s.start : s.stop].reshape(s.parameter.shape)
            for s in self.slots
            if s.owner == owner and s.stop <= len(flat)
        )

    def span(self, owners: range) -> slice:
        """Return the range of a gradient that the nodes of `owners` fill."""
        inside = [s for s in self.slots if s.owner in owners and s.parameter.trains]
        return slice(inside[0].start, inside[-1].stop) if inside else slice(0, 0)

    def only(self, owners: Collection[int]) -> Layout:
        """Return a layout of its own for the parameters that train of some nodes."""
        slots: list[Slot] = []
        for slot in self.slots:
            if slot.owner in owners and slot.parameter.trains:
                start = slots[-1].stop if slots else 0
                stop = start + slot.stop - slot.start
                slots.append(replace(slot, start=start, stop=stop))
        return Layout(tuple(slots))

    def common(self, part: Layout) -> list[tuple[slice, slice]]:
        """Return where the parameters of a layout made by `only` lie here and there: long runs."""
        own = {slot.name: slot for slot in self.slots}
        runs: list[tuple[slice, slice]] = []
        for there in part.slots:
            here = own[there.name]
            if runs and runs[-1][0].stop == here.start:
                runs[-1] = slice(runs[-1][0].start, here.stop), slice(runs[-1][1].start, there.stop)
            else:
                runs.append((slice(here.start, here.stop), slice(there.start, there.stop)))
        return runs

    def named(self, flat: Array) -> dict[str, Array]:
        """Return all parameters by name, as views of `flat`: weights, or a gradient."""
        return {
            s.name: flat[s.start : s.stop].reshape(s.parameter.shape)
            for s in self.slots
            if s.stop <= len(flat)
        }
