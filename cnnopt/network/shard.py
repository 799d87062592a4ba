"""Shards: a thread's part of a batch, planned as stages of chunks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Prepared
from cnnopt.layers.sequence import Ends, Node, Step, plan_sequence
from cnnopt.losses.base import Loss
from cnnopt.network.border import Border
from cnnopt.network.noise import Noise
from cnnopt.network.partition import Stage, chunk_size, cut_in_chunks
from cnnopt.network.phase import Joint
from cnnopt.network.prepare import Preparation
from cnnopt.network.unit import Call, Unit, Views, copy_call, layer_calls


@dataclass(frozen=True, slots=True)
class Shard:
    """A thread's part of a batch: its stages, each a row of units.

    Attributes:
        stages: units by stage; none where the stage takes the whole batch.
        settles: by stage, the calls that end its backward pass.
        losses: the loss's space for each unit of the last stage.
        nbytes: bytes of its buffers.
    """

    stages: tuple[tuple[Unit, ...], ...]
    settles: tuple[tuple[Call, ...], ...]
    losses: tuple[Any, ...]
    nbytes: int

    def forward(self, stages: Sequence[int]) -> None:
        """Go through some stages."""
        for place in stages:
            for unit in self.stages[place]:
                unit.forward()

    def backward(self, stages: Sequence[int]) -> None:
        """Go back through some stages, the last one first."""
        for place in reversed(stages):
            for unit in self.stages[place]:
                unit.backward()
            self.settle(place)

    def turn(
        self, loss: Loss, targets: Array, scale: Array, losses: Array, stages: Sequence[int]
    ) -> None:
        """Go through the last phase: forward, loss, and back, depth first in the last stage."""
        *before, last = stages
        self.forward(before)
        for unit, space in zip(self.stages[last], self.losses, strict=True):
            rows = unit.rows
            unit.forward()
            loss.gradient(space, targets[rows], scale[rows], losses[rows])
            unit.backward()
        self.settle(last)
        self.backward(before)

    def settle(self, place: int) -> None:
        """End a stage's backward pass."""
        for call, arguments in self.settles[place]:
            call(*arguments)


@dataclass(frozen=True)
class Planner:
    """Makes shards: sizes of chunks first, then units that share buffers where they may.

    Attributes:
        nodes: the layers that run, in order.
        owners: index of each in the network.
        stages: how they are cut.
        borders: the inputs, and what lies behind each stage.
        weights: the parameters.
        joints: by place of a stage, the coupled layer that begins it.
        preparation: what layers prepare once a step.
        whole: the batch is one chunk.
    """

    nodes: Sequence[Node]
    owners: Sequence[int]
    stages: Sequence[Stage]
    borders: Sequence[Border]
    weights: Views
    joints: Mapping[int, Joint]
    preparation: Preparation
    whole: bool

    def shard(
        self,
        number: int,
        rows: slice,
        gradient: Views | None,
        loss: Loss | None,
        noise: Noise | None,
    ) -> Shard:
        """Plan the part `rows` of a batch; with a gradient, a loss and noise: for training."""
        make = Buffers(self.weights.vector.dtype, lanes=True)
        shared, settles = self._shared(gradient, make)
        plan = _ShardPlan(self, number, rows, gradient, noise, shared, make)
        sizes = [plan.chunk(place) for place in range(len(self.stages))]
        planned = tuple(plan.units(place, size) for place, size in enumerate(sizes))
        losses = () if loss is None else tuple(loss.plan(u.y, u.dy, make) for u in planned[-1])
        return Shard(planned, settles, losses, make.nbytes)

    def _shared(
        self, gradient: Views | None, make: Buffers
    ) -> tuple[Mapping[str, Any], tuple[tuple[Call, ...], ...]]:
        """Return what the chunks of a shard share, by name, and the calls that settle it."""
        shared: dict[str, Any] = {
            self.nodes[self.stages[place].owners.start].name: joint.batch
            for place, joint in self.joints.items()
        }
        settles = []
        for stage in self.stages:
            calls: list[Call] = []
            for place in stage.owners:
                node = self.nodes[place]
                made = self.preparation.made
                if node.name not in made or not isinstance(node.layer, Prepared):
                    continue
                prepared, tally = made[node.name], None
                if gradient is not None:
                    tally = node.layer.tally(prepared, make)
                    calls.append((node.layer.settle, (tally, gradient.of(self.owners[place]))))
                shared[node.name] = prepared, tally
            settles.append(tuple(calls))
        return shared, tuple(settles)


class _ShardPlan:
    """One shard as it is planned."""

    def __init__(
        self,
        planner: Planner,
        number: int,
        rows: slice,
        gradient: Views | None,
        noise: Noise | None,
        shared: Mapping[str, Any],
        make: Buffers,
    ) -> None:
        self._planner, self._number, self._rows = planner, number, rows
        self._gradient, self._noise = gradient, noise
        self._shared, self._make = shared, make
        self._scratch: dict[int, Views] = {}
        self._rooms: dict[int, Any] = {}
        if gradient is not None:
            for place, joint in planner.joints.items():
                owner = planner.owners[planner.stages[place].owners.start]
                joint.gradients.append(gradient.of(owner))

    def chunk(self, place: int) -> int:
        """Return the examples of a stage's chunks, and keep room in the lanes for them."""
        planner, stage = self._planner, self._planner.stages[place]
        if stage.whole:
            return 0
        size: int = self._rows.stop - self._rows.start
        if not stage.wide and not planner.whole:
            names = {node.name for node in self._nodes(place)}
            nbytes = planner.preparation.nbytes.items()
            prepared = sum(count for name, count in nbytes if name in names)
            size = chunk_size(lambda count: self._trial(place, count).needed, size, prepared)
        self._make.widen(self._trial(place, size))
        return size

    def _trial(self, place: int, examples: int) -> Buffers:
        """Plan a chunk of so many examples, and return the maker of its buffers."""
        nodes = self._nodes(place)
        trial = Buffers(self._planner.weights.vector.dtype, lanes=True)
        x = trial((examples, *nodes[0].x))
        dx = trial(x.shape) if self._gradient is not None and place else None
        plan_sequence(nodes, Ends(x, dx), trial, self._gradient is not None, self._shared)
        return trial

    def units(self, place: int, size: int) -> tuple[Unit, ...]:
        """Plan a stage.

        A stage whose buffers are read again after all its chunks went forward keeps one set a
        chunk, and works on the borders themselves. In the last one, which goes depth first, one set
        for each size of chunk will do.
        """
        if not size:
            return ()
        chunks = cut_in_chunks(self._rows, size)
        last = place == len(self._planner.stages) - 1
        if not last or len(chunks) == 1:
            return tuple(
                self._unit(place, rows, self._steps(place, self._ends(place, rows)))
                for rows in chunks
            )
        sets: dict[int, tuple[Step, ...]] = {}
        units = []
        for rows in chunks:
            length = rows.stop - rows.start
            if length not in sets:
                ends = self._ends(place, rows)
                dx = None if ends.dx is None else self._make(ends.dx.shape)
                sets[length] = self._steps(place, Ends(self._make(ends.x.shape), dx))
            units.append(self._unit(place, rows, sets[length]))
        return tuple(units)

    def _ends(self, place: int, rows: slice) -> Ends:
        before, after = self._planner.borders[place : place + 2]
        return Ends(
            before.y[rows],
            None if before.dy is None else before.dy[rows],
            after.y[rows],
            None if after.dy is None else after.dy[rows],
            keeps_x=not place,  # the caller's batch
        )

    def _steps(self, place: int, ends: Ends) -> tuple[Step, ...]:
        training = self._gradient is not None
        return plan_sequence(self._nodes(place), ends, self._make, training, self._shared)

    def _nodes(self, place: int) -> Sequence[Node]:
        owners = self._planner.stages[place].owners
        return self._planner.nodes[owners.start : owners.stop]

    def _unit(self, place: int, rows: slice, steps: tuple[Step, ...]) -> Unit:
        planner = self._planner
        stage = planner.stages[place].owners
        owners = planner.owners[stage.start : stage.stop]
        into, sums = self._into(place, rows, owners)
        forwards, backwards = layer_calls(rows, steps, owners, planner.weights, into, self._noise)
        ends = self._ends(place, rows)
        first, final = steps[0].wires, steps[-1].wires
        forwards = [*copy_call(first.x, ends.x), *forwards, *copy_call(ends.y, final.y)]
        backwards = [*copy_call(final.dy, ends.dy), *backwards, *copy_call(ends.dx, first.dx)]
        joint = planner.joints.get(place + 1)
        if joint is not None:
            border, room = planner.borders[place + 1], self._room(place + 1, joint, rows)
            forwards += joint.measure(self._number, border, rows, room)
            backwards = [*joint.finish(border, rows, room), *backwards]
        if final.dy is None:  # nothing in this stage learns
            backwards = []
        return Unit(rows, final.y, final.dy, tuple(forwards), tuple(backwards + sums))

    def _room(self, place: int, joint: Joint, rows: slice) -> Any:
        """Return the scratch of a joint; the first chunk is the largest one."""
        if place not in self._rooms:
            node = self._nodes(place)[0]
            self._rooms[place] = joint.room(node, rows.stop - rows.start, self._make)
        return self._rooms[place]

    def _into(
        self, place: int, rows: slice, owners: Sequence[int]
    ) -> tuple[Views | None, list[Call]]:
        """Return the gradient that a chunk writes to, and the call that adds it to the shard's.

        The first chunk writes to the shard's, the others of a stage to a vector that all of them
        use, of its parameters alone: a dense layer that follows may have many times as many.
        """
        if self._gradient is None or rows.start == self._rows.start:
            return self._gradient, []
        layout = self._gradient.layout
        if place not in self._scratch:
            own = layout.only(owners)
            self._scratch[place] = Views(own, self._make((own.size,)))
        scratch = self._scratch[place]
        total = self._gradient.vector[layout.span(range(owners[0], owners[-1] + 1))]
        return scratch, [(np.add, (total, scratch.vector, total))]
