"""The way of a batch through a network: stages and their borders, phases, and what shards share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.sequence import Node
from cnnopt.losses.base import Loss
from cnnopt.network.border import Border
from cnnopt.network.crew import Task
from cnnopt.network.layout import Layout
from cnnopt.network.noise import Noise
from cnnopt.network.partition import (
    cut_evenly,
    cut_stages,
    phases_of,
    shard_count,
    wants_whole_batch,
)
from cnnopt.network.phase import Joint
from cnnopt.network.prepare import Preparation
from cnnopt.network.shard import Planner, Shard
from cnnopt.network.unit import Views
from cnnopt.network.whole import Whole


class Route:
    """What a plan is made of besides its shards.

    Attributes:
        make: the maker of what all shards share.
        borders: the inputs, and what lies behind each stage.
        preparation: what is made once a step.
        phases: runs of stages that a shard takes without waiting for the others.
        parts: how many shards there are.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        owners: Sequence[int],
        rows: int,
        layout: Layout,
        weights: Array,
        gradient: Array | None,
    ) -> None:
        training = gradient is not None
        self.make = make = Buffers(weights.dtype)
        whole = training and wants_whole_batch(nodes)
        stages = cut_stages(nodes, phases=training and not whole)
        self.phases = phases_of(stages)
        self._rows = cut_evenly(rows, 1 if whole else shard_count(nodes, rows))
        self.parts = len(self._rows)
        ends = [nodes[stage.owners.stop - 1].y for stage in stages]
        self.borders = [Border.of(rows, nodes[0].x, make, training=False)]
        self.borders += [Border.of(rows, y, make, training=training) for y in ends[:-1]]
        self.borders.append(Border.of(rows, ends[-1], make, training=False))
        self._joints: dict[int, Joint] = {}
        self._wholes: dict[int, Whole] = {}
        for place, stage in enumerate(stages):
            node, owner = nodes[stage.owners.start], owners[stage.owners.start]
            values = layout.views(weights, owner)
            if stage.coupled:
                self._joints[place] = Joint.of(node, self.parts, values, make)
            if stage.whole:
                into = None if gradient is None else layout.views(gradient, owner)[0]
                before, after = self.borders[place : place + 2]
                self._wholes[place] = Whole.of(before, after, values[0], into)
        self.preparation = Preparation.of(nodes, owners, rows, layout, weights, make)
        self._planner = Planner(
            nodes,
            owners,
            stages,
            self.borders,
            Views(layout, weights),
            self._joints,
            self.preparation,
            whole=whole,
        )
        self._gradients = self._vectors(layout, gradient, stages, owners)

    def _vectors(
        self, layout: Layout, gradient: Array | None, stages: Sequence[Any], owners: Sequence[int]
    ) -> list[Views]:
        """Return where the shards write their gradients: the first one into the whole vector.

        The others need no room for the layers that take the whole batch.
        """
        self._sums: list[tuple[Array, Array]] = []
        if gradient is None:
            return []
        apart = {owners[stages[place].owners.start] for place in self._wholes}
        rest = layout.only([owner for owner in owners if owner not in apart])
        others = [Views(rest, self.make((rest.size,))) for _ in self._rows[1:]]
        self._sums = [
            (gradient[own], other.vector[part])
            for other in others
            for own, part in layout.common(rest)
        ]
        return [Views(layout, gradient), *others]

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers but the shards'."""
        return self.make.nbytes

    def shard(self, number: int, noise: Noise | None, loss: Loss | None) -> Shard:
        """Plan one shard; without a loss for inference."""
        gradient = self._gradients[number] if self._gradients else None
        return self._planner.shard(number, self._rows[number], gradient, loss, noise)

    def whole_tasks(self, stages: range, *, back: bool = False) -> Sequence[Task]:
        """Return the tasks of a phase that takes the whole batch at once; none for other phases."""
        if stages.start not in self._wholes:
            return ()
        whole = self._wholes[stages.start]
        return whole.backward if back else whole.forward

    def enter(self, stages: range) -> None:
        """Begin a phase: combine what the shards have measured."""
        if stages.start in self._joints:
            self._joints[stages.start].combine()

    def leave(self, stages: range) -> None:
        """End a phase on the way back: combine the shards' gradients of its first layer."""
        if stages.start in self._joints:
            self._joints[stages.start].reduce()

    def sum_gradients(self) -> None:
        """Add the shards' gradients to the first one's, in their order."""
        for total, part in self._sums:
            np.add(total, part, out=total)
