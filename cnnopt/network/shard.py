"""Shards: a thread's part of a batch, planned as stages of chunks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Prepared
from cnnopt.layers.sequence import Node, Step, plan_sequence
from cnnopt.losses.base import Loss
from cnnopt.network.layout import Layout
from cnnopt.network.partition import Stage, chunk_size, cut_in_chunks
from cnnopt.network.unit import Call, Unit, make_unit


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
        number: which shard, from 0.
        stages: units by stage.
        borders: one fewer than stages.
        settles: by stage, the calls that end its backward pass.
        losses: the loss's space for each unit of the last stage.
        gradient: what its backward pass writes, (P,); None in a plan for inference.
    """

    number: int
    stages: tuple[tuple[Unit, ...], ...]
    borders: tuple[Border, ...]
    settles: tuple[tuple[Call, ...], ...]
    losses: tuple[Any, ...]
    gradient: Array | None


@dataclass(frozen=True)
class Planner:
    """Makes shards: sizes of chunks first, then units that share buffers where they may.

    Attributes:
        nodes: the layers that run, in order.
        owners: index of each in the network.
        stages: how they are cut.
        layout: places of the parameters.
        weights: the flat vector (total,).
        make: the maker of buffers.
        batches: by name of a coupled layer, what the chunks of a batch share.
        prepared: by name of a layer, what it prepares once a step.
        whole: the batch is one chunk.
    """

    nodes: Sequence[Node]
    owners: Sequence[int]
    stages: Sequence[Stage]
    layout: Layout
    weights: Array
    make: Buffers
    batches: Mapping[str, Any]
    prepared: Mapping[str, Any]
    whole: bool

    def shard(self, number: int, rows: slice, total: Array | None, loss: Loss | None) -> Shard:
        """Plan the part `rows` of a batch; with a gradient `total` and a loss: for training."""
        training = total is not None
        shared, settles = self._shared(total)
        scratch: Array | None = None
        planned: list[tuple[Unit, ...]] = []
        for place, stage in enumerate(self.stages):
            chunks = cut_in_chunks(rows, self._size(stage, place, rows, training, shared))
            if training and len(chunks) > 1 and scratch is None:
                scratch = self.make((self.layout.size,))
            # A stage whose buffers are read again after all its chunks went forward keeps
            # one set a chunk; otherwise one set for each size of chunk will do.
            kept_apart = training and place < len(self.stages) - 1
            again: dict[int, tuple[Step, ...]] | None = None if kept_apart else {}
            units = [
                self._unit(c, stage, place, total, scratch, rows, again, shared) for c in chunks
            ]
            planned.append(tuple(units))
        losses = () if loss is None else tuple(loss.plan(u.y, u.dy, self.make) for u in planned[-1])
        borders = tuple(
            self._border(rows, self.nodes[stage.owners.stop - 1].y, training)
            for stage in self.stages[:-1]
        )
        return Shard(number, tuple(planned), borders, settles, losses, total)

    def _shared(
        self, total: Array | None
    ) -> tuple[Mapping[str, Any], tuple[tuple[Call, ...], ...]]:
        """Return what the chunks of a shard share, by name, and the calls that settle it."""
        shared = dict(self.batches)
        settles = []
        for stage in self.stages:
            calls: list[Call] = []
            for place in stage.owners:
                node = self.nodes[place]
                if node.name not in self.prepared or not isinstance(node.layer, Prepared):
                    continue
                prepared, tally = self.prepared[node.name], None
                if total is not None:
                    tally = node.layer.tally(prepared, self.make)
                    gradients = self.layout.views(total, self.owners[place])
                    calls.append((node.layer.settle, (tally, gradients)))
                shared[node.name] = prepared, tally
            settles.append(tuple(calls))
        return shared, tuple(settles)

    def _border(self, rows: slice, shape: Shape, training: bool) -> Border:
        size = _length(rows)
        dy = self.make((size, *shape)) if training else None
        return Border(rows.start, self.make((size, *shape)), dy)

    def _size(
        self, stage: Stage, place: int, rows: slice, training: bool, shared: Mapping[str, Any]
    ) -> int:
        if stage.wide or self.whole:
            return _length(rows)
        trial = Buffers(self.weights.dtype)
        self._plan(stage, place, 1, trial, training, shared)
        return chunk_size(trial.nbytes)

    def _plan(
        self,
        stage: Stage,
        place: int,
        batch: int,
        make: Buffers,
        training: bool,
        shared: Mapping[str, Any],
    ) -> tuple[Step, ...]:
        nodes = self.nodes[stage.owners.start : stage.owners.stop]
        x = make((batch, *nodes[0].x))
        dx = make(x.shape) if training and place else None
        return plan_sequence(nodes, x, dx, make, training, shared)

    def _unit(
        self,
        chunk: slice,
        stage: Stage,
        place: int,
        total: Array | None,
        scratch: Array | None,
        rows: slice,
        again: dict[int, tuple[Step, ...]] | None,
        shared: Mapping[str, Any],
    ) -> Unit:
        size = _length(chunk)
        steps = again.get(size) if again is not None else None
        if steps is None:
            steps = self._plan(stage, place, size, self.make, total is not None, shared)
            if again is not None:
                again[size] = steps
        owners = self.owners[stage.owners.start : stage.owners.stop]
        into, sums = total, None
        if total is not None and scratch is not None and chunk.start > rows.start:
            span = self.layout.span(range(owners[0], owners[-1] + 1))
            into, sums = scratch, (total[span], scratch[span])
        return make_unit(chunk, steps, owners, self.layout, self.weights, into, sums)


def _length(rows: slice) -> int:
    return int(rows.stop - rows.start)
