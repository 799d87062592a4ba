"""Where two phases of a step meet: a coupled layer, seen from all shards at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Coupled
from cnnopt.layers.sequence import Node
from cnnopt.network.layout import Layout
from cnnopt.network.partition import Stage
from cnnopt.network.shard import Shard


@dataclass(frozen=True)
class Joint:
    """A coupled layer that begins a phase.

    Attributes:
        layer: the layer.
        batch: what its chunks share.
        parameters: its parameters.
        gradients: by shard, the views of its gradients.
        rooms: by shard, scratch for the chunks of the stage before.
    """

    layer: Coupled
    batch: Any
    parameters: tuple[Array, ...]
    gradients: tuple[tuple[Array, ...], ...]
    rooms: tuple[Any, ...]

    @classmethod
    def of(
        cls,
        nodes: Sequence[Node],
        stage: Stage,
        batches: Mapping[str, Any],
        layout: Layout,
        weights: Array,
        shards: Sequence[Shard],
        place: int,
        make: Buffers,
    ) -> Joint:
        """Return the joint before stage `place`, whose first node is coupled."""
        owner = stage.owners.start
        layer = nodes[owner].layer
        if not isinstance(layer, Coupled):
            raise TypeError(f"{nodes[owner].name} begins a phase but couples nothing")
        return cls(
            layer=layer,
            batch=batches[nodes[owner].name],
            parameters=layout.views(weights, owner),
            gradients=tuple(
                layout.views(shard.gradient, owner)
                for shard in shards
                if shard.gradient is not None
            ),
            rooms=tuple(
                layer.room(nodes[owner].x, len(shard.stages[place - 1][0].x), make)
                for shard in shards
            ),
        )

    def measure(self, shard: int, x: Array) -> None:
        """Add a chunk's inputs to its shard's sums."""
        self.layer.measure(self.batch.parts[shard], x, self.rooms[shard])

    def combine(self) -> None:
        """Combine the shards' sums; the next phase can begin."""
        self.layer.combine(self.batch, self.parameters)

    def reduce(self) -> None:
        """Combine the shards' gradients; the phase before can go back."""
        self.layer.reduce(self.batch, self.gradients)

    def finish(self, shard: int, dy: Array, x: Array) -> None:
        """Turn a chunk's dy into dx, in place."""
        self.layer.finish(self.batch, self.parameters, dy, x, self.rooms[shard])
