"""Batch normalization together with the max pooling behind it.

y = factor·x + offset rises or falls with x, by the sign of its channel's γ. So the largest y of a
window comes from the largest x, or from the smallest one: pooling can go first, and what batch norm
does to every number it then does to one number a window. The moments are still those of all x, and
so is the part of the gradient that goes through them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Memory, Parameter, Wires
from cnnopt.layers.batch_norm import BatchNorm, add_moments
from cnnopt.layers.batch_statistics import BatchStatistics, Moments, Room
from cnnopt.layers.flatten import View
from cnnopt.layers.pool import MaxPool, largest_backward, largest_forward
from cnnopt.layers.pool_axes import PoolSpace, plan_largest


@dataclass(frozen=True, slots=True)
class PooledNormSpace:
    """One chunk: x as it comes, the rest one row for each window."""

    x2: Array  # (rows, C)
    pool: PoolSpace  # x -> picked; dy -> dx
    picked: Array  # the largest x of each window, or the smallest: (windows, C)
    y2: Array  # (windows, C)
    dx: Array | None
    dy2: Array | None  # (windows, C)
    room: Room  # of the windows
    whole: Room | None  # of all x, where this chunk is the whole batch
    batch: BatchStatistics | None  # None: inference


@dataclass(frozen=True)
class PooledBatchNorm:
    """What a network makes of `norm` with `pool` right behind it, never a user.

    Shapes, parameters and values are those of the two in a row; so are the gradients, except where
    factor·x + offset rounds two different numbers of a window to a tie.
    """

    norm: BatchNorm
    pool: MaxPool

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = True
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return the pooled shape."""
        return self.pool.output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return those of batch norm."""
        return self.norm.parameters(x)

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: no matrix product."""
        return 0

    def share(self, x: Shape, shards: int, make: Buffers) -> BatchStatistics:
        """Return room for what the chunks of a batch share."""
        return self.norm.share(x, shards, make)

    def room(self, x: Shape, examples: int, make: Buffers) -> Room:
        """Return scratch for chunks of up to so many examples."""
        return self.norm.room(x, examples, make)

    def plan(self, wires: Wires, make: Buffers) -> PooledNormSpace:
        """Plan a chunk that is the whole batch, or inference."""
        if wires.dy is None:
            return self._plan(wires, make, None, None)
        x = wires.x.shape[1:]
        room = self.room(x, len(wires.x), make)
        return self._plan(wires, make, self.share(x, 1, make), room)

    def plan_chunk(self, wires: Wires, make: Buffers, batch: BatchStatistics) -> PooledNormSpace:
        """Plan one of several chunks of a batch."""
        return self._plan(wires, make, batch, None)

    def _plan(
        self, wires: Wires, make: Buffers, batch: BatchStatistics | None, whole: Room | None
    ) -> PooledNormSpace:
        shape = (-1, wires.x.shape[-1])
        keep = make if batch is not None else make.scratch
        picked = keep(wires.y.shape)
        pooled = Wires(wires.x, picked, wires.dx, wires.dy, wires.training)
        examples = len(wires.x) if batch is not None else 0
        return PooledNormSpace(
            x2=wires.x.reshape(shape),
            pool=plan_largest(self.pool.windows, pooled, make),
            picked=picked.reshape(shape),
            y2=wires.y.reshape(shape),
            dx=wires.dx,
            dy2=None if wires.dy is None else wires.dy.reshape(shape),
            room=self.norm.room(wires.y.shape[1:], examples, make),
            whole=whole,
            batch=batch,
        )

    def measure(self, part: Moments, x: Array, room: Room) -> None:
        """Add the values of a chunk to a shard's moments."""
        self.norm.measure(part, x, room)

    def combine(self, batch: BatchStatistics, parameters: tuple[Array, ...]) -> None:
        """Make the batch's moments from the shards'."""
        self.norm.combine(batch, parameters)

    def forward(self, s: PooledNormSpace, parameters: tuple[Array, ...]) -> None:
        """Pool, then normalize. Where γ is negative, x is turned round meanwhile."""
        if s.batch is not None and s.whole is not None:
            self.measure(s.batch.parts[0], s.x2, s.whole)
            self.combine(s.batch, parameters)
        scale = parameters[0]
        signs = np.copysign(1, scale) if (scale < 0).any() else None
        if signs is not None:
            np.multiply(s.x2, signs, out=s.x2)
        largest_forward(s.pool)
        if signs is not None:
            np.multiply(s.x2, signs, out=s.x2)
            np.multiply(s.picked, signs, out=s.picked)
        factor, offset = self.norm.affine(s.batch, parameters)
        s.room.each(np.multiply, s.picked, factor, s.y2)
        s.room.each(np.add, s.y2, offset, s.y2)

    def backward(
        self,
        s: PooledNormSpace,
        parameters: tuple[Array, ...],
        gradients: tuple[Array, ...],
    ) -> None:
        """dγ and dβ over the windows; factor·dy to the cells that won."""
        assert s.batch is not None  # a plan for training
        assert s.dy2 is not None
        self.norm.take_sums(s.batch, s.picked, s.dy2, gradients, s.room)
        if s.dx is None:
            return
        s.room.each(np.multiply, s.dy2, s.batch.factor, s.dy2)
        largest_backward(s.pool)
        if s.whole is not None:
            self.reduce(s.batch, [gradients])
            self.finish(s.batch, s.dx, s.x2, s.whole)

    def reduce(self, batch: BatchStatistics, gradients: Sequence[tuple[Array, ...]]) -> None:
        """Sum the shards' gradients by scale and shift, for `finish`."""
        self.norm.reduce(batch, gradients)

    def finish(self, batch: BatchStatistics, dy: Array, x: Array, room: Room) -> None:
        """Add to the gradient by x, in place, what goes through mean and variance."""
        add_moments(batch, dy, x, room)


@dataclass(frozen=True)
class PooledBefore(View):
    """What a network leaves in the place of a max pooling that runs elsewhere, never a user.

    Shapes: y is x.
    """

    pool: MaxPool

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x
