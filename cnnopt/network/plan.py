"""Plans: all buffers and calls of a training step or of an evaluation, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Noisy
from cnnopt.layers.sequence import Node, Step, plan_sequence
from cnnopt.losses.base import Loss
from cnnopt.network.crew import Crew
from cnnopt.network.layout import Layout
from cnnopt.network.partition import (
    Stage,
    chunk_size,
    cut_evenly,
    cut_in_chunks,
    cut_stages,
    shard_count,
)
from cnnopt.network.unit import Unit, make_unit
from cnnopt.randomness import stream


@dataclass(frozen=True, slots=True)
class Border:
    """The numbers that pass between two stages of a shard, for all its rows.

    Attributes:
        start: the shard's first row of the batch.
        y: outputs of the stage before, (rows, *shape).
        dy: their gradient; None in a plan for inference.
    """

    start: int
    y: Array
    dy: Array | None

    def rows(self, rows: slice) -> slice:
        """Return where a chunk's rows of the batch lie here."""
        return slice(rows.start - self.start, rows.stop - self.start)


@dataclass(frozen=True, slots=True)
class Shard:
    """A thread's part of a batch: its stages, each a row of units, and what is between them.

    Attributes:
        rows: its rows of the batch.
        stages: units by stage.
        borders: one fewer than stages.
        losses: the loss's space for each unit of the last stage.
    """

    rows: slice
    stages: tuple[tuple[Unit, ...], ...]
    borders: tuple[Border, ...]
    losses: tuple[Any, ...]


class TrainingPlan:
    """One step on a batch of fixed size: forward, loss, backward; the gradient is left behind.

    The last stage goes depth first: each chunk forward and back while it is in cache. Earlier
    stages keep their buffers from the forward pass to the backward pass.
    """

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
        self._make = Buffers(weights.dtype)
        self._noise = {
            index: self._make((batch, *node.layer.noise_shape(node.x)))
            for index, node in enumerate(nodes)
            if isinstance(node.layer, Noisy)
        }
        self._noisy = [(i, nodes[i]) for i in self._noise]
        self._losses = self._make((batch,))
        slices = cut_evenly(batch, shard_count(nodes, batch))
        totals = [gradient, *(self._make((layout.size,)) for _ in slices[1:])]
        self._extra = totals[1:]
        planner = _Planner(nodes, layout, weights, self._make)
        self._shards = [
            planner.shard(rows, total, loss) for rows, total in zip(slices, totals, strict=True)
        ]

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
        for index, node in self._noisy:
            node.layer.draw(self._noise[index], stream(seed, "noise", node.name, step))  # type: ignore[attr-defined]  # Noisy, as found above
        crew.run([partial(self._run_shard, s, x, targets, scale) for s in self._shards])
        for extra in self._extra:
            np.add(self.gradient, extra, out=self.gradient)
        return float(np.dot(self._losses, scale))

    def _run_shard(self, shard: Shard, x: Array, targets: Array, scale: Array) -> None:
        source, start = x, 0
        for units, border in zip(shard.stages[:-1], shard.borders, strict=True):
            for unit in units:
                rows = unit.rows
                np.copyto(unit.x, source[rows.start - start : rows.stop - start])
                unit.forward(self._noise)
                np.copyto(border.y[border.rows(rows)], unit.y)
            source, start = border.y, border.start
        for unit, space in zip(shard.stages[-1], shard.losses, strict=True):
            rows = unit.rows
            np.copyto(unit.x, source[rows.start - start : rows.stop - start])
            unit.forward(self._noise)
            self._loss.gradient(space, targets[rows], scale[rows], self._losses[rows])
            self._back(unit, shard.borders[-1] if shard.borders else None)
        for number in range(len(shard.stages) - 2, -1, -1):
            border = shard.borders[number]
            before = shard.borders[number - 1] if number else None
            for unit in shard.stages[number]:
                np.copyto(unit.dy, border.dy[border.rows(unit.rows)])  # type: ignore[arg-type, index]  # planned for training
                self._back(unit, before)

    @staticmethod
    def _back(unit: Unit, before: Border | None) -> None:
        unit.backward()
        if before is not None and before.dy is not None and unit.dx is not None:
            np.copyto(before.dy[before.rows(unit.rows)], unit.dx)


class InferencePlan:
    """Outputs of up to `rows` examples: the forward pass alone, without what only trains."""

    def __init__(
        self, nodes: Sequence[Node], layout: Layout, rows: int, outputs: int, weights: Array
    ) -> None:
        self.rows = rows
        self._make = Buffers(weights.dtype)
        self.outputs = self._make((rows, outputs))
        planner = _Planner(nodes, layout, weights, self._make)
        slices = cut_evenly(rows, shard_count(nodes, rows))
        self._shards = [planner.shard(part, None, None) for part in slices]

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers of the plan."""
        return self._make.nbytes

    def run(self, crew: Crew, x: Array) -> Array:
        """Return the outputs (rows, K) for inputs `x` (rows, *shape); overwritten by the next."""
        crew.run([partial(self._run_shard, s, x) for s in self._shards])
        return self.outputs

    def _run_shard(self, shard: Shard, x: Array) -> None:
        source, start = x, 0
        for number, units in enumerate(shard.stages):
            border = shard.borders[number] if number < len(shard.borders) else None
            for unit in units:
                rows = unit.rows
                np.copyto(unit.x, source[rows.start - start : rows.stop - start])
                unit.forward({})
                target = self.outputs[rows] if border is None else border.y[border.rows(rows)]
                np.copyto(target, unit.y)
            if border is not None:
                source, start = border.y, border.start


@dataclass
class _Planner:
    """Makes shards: sizes of chunks first, then units that share buffers where they may."""

    nodes: Sequence[Node]
    layout: Layout
    weights: Array
    make: Buffers

    def shard(self, rows: slice, total: Array | None, loss: Loss | None) -> Shard:
        """Plan the part `rows` of a batch; with a gradient `total` and a loss: for training."""
        training = total is not None
        kept = [i for i, n in enumerate(self.nodes) if training or not n.layer.trains_only]
        stages = cut_stages([self.nodes[i] for i in kept])
        scratch = None
        planned: list[tuple[Unit, ...]] = []
        spaces: tuple[Any, ...] = ()
        for number, stage in enumerate(stages):
            owners = [kept[i] for i in stage.owners]
            chunks = cut_in_chunks(rows, self._size(stage, owners, rows, training))
            if training and len(chunks) > 1 and scratch is None:
                scratch = self.make((self.layout.size,))
            # A stage whose buffers are read again after all its chunks went forward keeps
            # one set a chunk; otherwise one set for each size of chunk will do.
            kept_apart = training and number < len(stages) - 1
            shared: dict[int, tuple[Step, ...]] | None = None if kept_apart else {}
            units = []
            losses = []
            for chunk in chunks:
                unit = self._unit(chunk, owners, number > 0, total, scratch, rows, shared)
                units.append(unit)
                if loss is not None and number == len(stages) - 1:
                    losses.append(loss.plan(unit.y, unit.dy, self.make))
            planned.append(tuple(units))
            spaces = tuple(losses)
        borders = tuple(
            self._border(rows, self.nodes[kept[stage.owners.stop - 1]].y, training)
            for stage in stages[:-1]
        )
        return Shard(rows, tuple(planned), borders, spaces)

    def _border(self, rows: slice, shape: Shape, training: bool) -> Border:
        size = _length(rows)
        dy = self.make((size, *shape)) if training else None
        return Border(rows.start, self.make((size, *shape)), dy)

    def _size(self, stage: Stage, owners: Sequence[int], rows: slice, training: bool) -> int:
        if stage.wide:
            return _length(rows)
        trial = Buffers(self.weights.dtype)
        self._plan(owners, 1, trial, training, joined=owners[0] > 0)
        return chunk_size(trial.nbytes)

    def _plan(
        self, owners: Sequence[int], batch: int, make: Buffers, training: bool, joined: bool
    ) -> tuple[Step, ...]:
        nodes = [self.nodes[i] for i in owners]
        x = make((batch, *nodes[0].x))
        dx = make(x.shape) if training and joined else None
        return plan_sequence(nodes, x, dx, make, training)

    def _unit(
        self,
        chunk: slice,
        owners: Sequence[int],
        joined: bool,
        total: Array | None,
        scratch: Array | None,
        rows: slice,
        shared: dict[int, tuple[Step, ...]] | None,
    ) -> Unit:
        size = _length(chunk)
        steps = shared.get(size) if shared is not None else None
        if steps is None:
            steps = self._plan(owners, size, self.make, total is not None, joined)
            if shared is not None:
                shared[size] = steps
        into, sums = total, None
        if total is not None and scratch is not None and chunk.start > rows.start:
            span = self.layout.span(range(owners[0], owners[-1] + 1))
            into, sums = scratch, (total[span], scratch[span])
        return make_unit(chunk, steps, owners, self.layout, self.weights, into, sums)


def _length(rows: slice) -> int:
    return int(rows.stop - rows.start)
