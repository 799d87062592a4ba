"""Where two phases of a step meet: a coupled layer, seen from all shards at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Coupled
from cnnopt.layers.sequence import Node
from cnnopt.network.border import Border
from cnnopt.network.unit import Call


@dataclass(frozen=True)
class Joint:
    """A coupled layer that begins a phase.

    Attributes:
        layer: the layer.
        batch: what its chunks share.
        parameters: its parameters.
        gradients: by shard, the views of its gradients; shards add theirs as they are planned.
    """

    layer: Coupled
    batch: Any
    parameters: tuple[Array, ...]
    gradients: list[tuple[Array, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, node: Node, shards: int, parameters: tuple[Array, ...], make: Buffers) -> Joint:
        """Return the joint of a coupled layer."""
        if not isinstance(node.layer, Coupled):
            raise TypeError(f"{node.name} begins a phase but couples nothing")
        return cls(node.layer, node.layer.share(node.x, shards, make), parameters)

    def room(self, node: Node, examples: int, make: Buffers) -> Any:
        """Return a shard's scratch for chunks of up to so many examples."""
        make.next_layer()
        return self.layer.room(node.x, examples, make)

    def measure(self, shard: int, border: Border, rows: slice, room: Any) -> list[Call]:
        """Return the call that adds a chunk's inputs to its shard's sums."""
        return [(self.layer.measure, (self.batch.parts[shard], border.y[rows], room))]

    def finish(self, border: Border, rows: slice, room: Any) -> list[Call]:
        """Return the call that turns a chunk's dy into dx, in place."""
        if border.dy is None:
            return []
        return [(self.layer.finish, (self.batch, border.dy[rows], border.y[rows], room))]

    def combine(self) -> None:
        """Combine the shards' sums; the next phase can begin."""
        self.layer.combine(self.batch, self.parameters)

    def reduce(self) -> None:
        """Combine the shards' gradients; the phase before can go back."""
        self.layer.reduce(self.batch, self.gradients)
