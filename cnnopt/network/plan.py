"""The plan of a training step: all its buffers and calls, made once.

A batch is cut into shards for the threads. Each shard goes through its stages in chunks; the last
stage goes depth first, each chunk forward, through the loss and back while it is in cache. Stages
are gathered in phases: a layer that couples the examples of a batch begins a phase, which starts
only when all shards are done with the one before. Without such a layer there is one phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Coupled
from cnnopt.layers.sequence import Node
from cnnopt.losses.base import Loss
from cnnopt.network.crew import Crew
from cnnopt.network.layout import Layout
from cnnopt.network.noise import Noise
from cnnopt.network.partition import cut_evenly, cut_stages, shard_count, wants_whole_batch
from cnnopt.network.phase import Joint
from cnnopt.network.prepare import Preparation
from cnnopt.network.shard import Border, Planner, Shard
from cnnopt.network.unit import Unit


class TrainingPlan:
    """One step on a batch of fixed size: forward, loss, backward; the gradient is left behind."""

    def __init__(
        self,
        nodes: Sequence[Node],
        layout: Layout,
        loss: Loss,
        batch: int,
        weights: Array,
        gradient: Array,
    ) -> None:
        self.batch = batch
        self.gradient = gradient
        self._loss = loss
        self._make = make = Buffers(weights.dtype)
        self._noise = Noise(nodes, batch, make)
        self._losses = make((batch,))
        whole = wants_whole_batch(nodes)
        stages = cut_stages(nodes, phases=not whole)
        parts = cut_evenly(batch, 1 if whole else shard_count(nodes, batch))
        totals = [gradient, *(make((layout.size,)) for _ in parts[1:])]
        self._extra = totals[1:]
        batches: dict[str, Any] = {}
        for stage in stages:
            node = nodes[stage.owners.start]
            if stage.coupled and isinstance(node.layer, Coupled):
                batches[node.name] = node.layer.share(node.x, len(parts), make)
        owners = range(len(nodes))
        self._preparation = Preparation.of(nodes, owners, batch, layout, weights, make)
        planner = Planner(
            nodes,
            owners,
            stages,
            layout,
            weights,
            make,
            batches,
            self._preparation.made,
            whole=whole,
        )
        self._shards = [
            planner.shard(number, rows, total, loss)
            for number, (rows, total) in enumerate(zip(parts, totals, strict=True))
        ]
        self._joints = {
            place: Joint.of(nodes, stage, batches, layout, weights, self._shards, place, make)
            for place, stage in enumerate(stages)
            if stage.coupled
        }
        edges = [0, *self._joints, len(stages)]
        self._phases = [range(a, b) for a, b in pairwise(edges)]

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers of the plan."""
        return self._make.nbytes

    @property
    def shards(self) -> int:
        """How many threads can work at once."""
        return len(self._shards)

    def run(
        self, crew: Crew, x: Array, targets: Array, scale: Array, seed: int = 0, step: int = 0
    ) -> float:
        """Compute the loss and its gradient.

        Args:
            crew: the threads.
            x: inputs, (B, *shape).
            targets: what the loss compares with, (B, K).
            scale: weight of each example, (B,), summing to 1 for a mean.
            seed: the run's seed.
            step: number of the step; with the seed and the layer's name it fixes the noise.

        Returns:
            Σ scale·loss; the gradient by all parameters stands in `gradient`.
        """
        self._noise.draw(seed, step)
        crew.run(self._preparation.tasks)
        *early, last = self._phases
        for stages in early:
            crew.run([partial(self._forward, s, stages, x) for s in self._shards])
            self._joints[stages.stop].combine()
        crew.run([partial(self._turn, s, last, x, targets, scale) for s in self._shards])
        for stages in reversed(early):
            self._joints[stages.stop].reduce()
            crew.run([partial(self._backward, s, stages) for s in self._shards])
        for extra in self._extra:
            np.add(self.gradient, extra, out=self.gradient)
        return float(np.dot(self._losses, scale))

    def _forward(self, shard: Shard, stages: range, x: Array) -> None:
        """Take a shard forward through stages that are not the last one."""
        for place in stages:
            border = shard.borders[place]
            joint = self._joints.get(place + 1)
            for unit in shard.stages[place]:
                _enter(unit, shard, place, x)
                unit.forward(self._noise)
                np.copyto(border.y[border.rows(unit.rows)], unit.y)
                if joint is not None:
                    joint.measure(shard.number, unit.y)

    def _turn(self, shard: Shard, stages: range, x: Array, targets: Array, scale: Array) -> None:
        """Take a shard through the last phase: forward, loss, and back to the phase's start."""
        final = stages.stop - 1
        self._forward(shard, range(stages.start, final), x)
        for unit, space in zip(shard.stages[final], shard.losses, strict=True):
            rows = unit.rows
            _enter(unit, shard, final, x)
            unit.forward(self._noise)
            self._loss.gradient(space, targets[rows], scale[rows], self._losses[rows])
            unit.backward()
            _leave(unit, shard.borders[final - 1] if final else None)
        _settle(shard, final)
        self._backward(shard, range(stages.start, final))

    def _backward(self, shard: Shard, stages: range) -> None:
        """Take a shard back through stages that are not the last one."""
        for place in reversed(stages):
            border = shard.borders[place]
            before = shard.borders[place - 1] if place else None
            joint = self._joints.get(place + 1)
            for unit in shard.stages[place]:
                if unit.dy is None or border.dy is None:
                    continue  # nothing in this stage learns
                rows = border.rows(unit.rows)
                np.copyto(unit.dy, border.dy[rows])
                if joint is not None:
                    joint.finish(shard.number, unit.dy, border.y[rows])
                unit.backward()
                _leave(unit, before)
            _settle(shard, place)


def _enter(unit: Unit, shard: Shard, place: int, x: Array) -> None:
    """Copy a chunk's inputs to where the unit wants them."""
    if place:
        border = shard.borders[place - 1]
        np.copyto(unit.x, border.y[border.rows(unit.rows)])
    else:
        np.copyto(unit.x, x[unit.rows])


def _leave(unit: Unit, before: Border | None) -> None:
    """Copy the gradient by a chunk's inputs to the border before it."""
    if before is not None and before.dy is not None and unit.dx is not None:
        np.copyto(before.dy[before.rows(unit.rows)], unit.dx)


def _settle(shard: Shard, place: int) -> None:
    """End a stage's backward pass."""
    for call, arguments in shard.settles[place]:
        call(*arguments)
