"""Batch normalization: exact over the whole batch, however it is cut into chunks.

In a plan of several chunks it runs in phases: every chunk adds its sums, the sums are combined in
a fixed order, every chunk is normalized; and the same backwards. A chunk that is the whole batch
does all of it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.rows import joined
from cnnopt.layers.base import Memory, Parameter, Wires
from cnnopt.layers.batch_statistics import BatchStatistics, Moments, Room
from cnnopt.layers.initial import ONE, ZERO

NEAR = 0.75
"""How large mean²/mean(x²) may be for sums of plain squares to do: they lose half a digit here."""


@dataclass(frozen=True, slots=True)
class BatchNormSpace:
    """One chunk, as matrices of one row for each position."""

    x2: Array  # (rows, C)
    y2: Array  # (rows, C)
    dx: Array | None  # shares the memory of dy2 where there is one
    dy2: Array | None  # (rows, C)
    room: Room
    batch: BatchStatistics | None  # None: inference
    alone: bool  # this chunk is the whole batch


@dataclass(frozen=True)
class BatchNorm:
    """y = γ·(x - μ)/√(σ² + ε) + β for each channel, μ and σ² taken over batch and positions.

    Args:
        momentum: weight of the newest batch in the running mean and variance, in (0, 1], as in
            PyTorch; Keras's `momentum` is 1 minus this.
        epsilon: ε, above 0, inside the root.

    Shapes: x, y (B, *extents, C) or (B, C); scale γ, shift β, running mean and variance (C,).
    σ² is the biased variance (ddof 0); the running variance takes the unbiased one, as PyTorch
    does and Keras does not. Outside training the running values take the batch's place.

    Source: Ioffe & Szegedy 2015, algorithms 1 and 2.

    Example:
        >>> BatchNorm().output_shape((8, 8, 16))
        (8, 8, 16)
    """

    momentum: float = 0.1
    epsilon: float = 1e-5

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = True
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return scale and shift, which learn, and the running mean and variance, which do not."""
        c = x[-1:]
        return (
            Parameter("scale", c, 1, 1, ONE, decays=False),
            Parameter("shift", c, 1, 1, ZERO, decays=False),
            Parameter("running_mean", c, 1, 1, ZERO, decays=False, trains=False),
            Parameter("running_variance", c, 1, 1, ONE, decays=False, trains=False),
        )

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: no matrix product."""
        return 0

    def share(self, x: Shape, shards: int, make: Buffers) -> BatchStatistics:
        """Return room for what the chunks of a batch of `shards` shards share."""
        c = x[-1]
        parts = tuple(Moments(0, np.zeros(c), np.zeros(c)) for _ in range(shards))
        vectors = [make((c,)) for _ in range(6)]
        return BatchStatistics(parts, make((1,), np.int64), make((1,), np.bool_), *vectors)

    def room(self, x: Shape, examples: int, make: Buffers) -> Room:
        """Return scratch for chunks of up to so many examples."""
        rows = examples * prod(x[:-1])
        count = joined(prod(x[:-1]), x[-1])
        wide, sums = make.scratch((count * x[-1],)), make.scratch((2, x[-1]))
        work, ones = make.scratch((rows, x[-1])), make.constant(1, (rows,))
        return Room(work, ones, count, wide, sums)

    def plan(self, wires: Wires, make: Buffers) -> BatchNormSpace:
        """Plan a chunk that is the whole batch, or inference."""
        batch = None
        if wires.dy is not None:
            batch = self.share(wires.x.shape[1:], 1, make)
        return self._plan(wires, make, batch, alone=True)

    def plan_chunk(self, wires: Wires, make: Buffers, batch: BatchStatistics) -> BatchNormSpace:
        """Plan one of several chunks of a batch."""
        return self._plan(wires, make, batch, alone=False)

    def _plan(
        self, wires: Wires, make: Buffers, batch: BatchStatistics | None, *, alone: bool
    ) -> BatchNormSpace:
        shape = (-1, wires.x.shape[-1])
        examples = len(wires.x) if batch is not None else 0
        return BatchNormSpace(
            x2=wires.x.reshape(shape),
            y2=wires.y.reshape(shape),
            dx=wires.dx,
            dy2=None if wires.dy is None else wires.dy.reshape(shape),
            room=self.room(wires.x.shape[1:], examples, make),
            batch=batch,
            alone=alone,
        )

    def measure(self, part: Moments, x: Array, room: Room) -> None:
        """Add the values of a chunk, `x` (B, *extents, C), to a shard's moments.

        Where the mean is far from 0, deviations are taken from it, so that it costs no digits.
        """
        x2 = x.reshape(-1, x.shape[-1])
        work, ones, (total, squares) = room.work[: len(x2)], room.ones[: len(x2)], room.sums
        np.dot(ones, x2, total)
        np.multiply(x2, x2, out=work)
        np.dot(ones, work, squares)
        pivot = None
        if not (total * total <= squares * (NEAR * len(x2))).all():
            pivot = total / len(x2)
            room.each(np.subtract, x2, pivot, work)
            np.dot(ones, work, total)
            np.multiply(work, work, out=work)
            np.dot(ones, work, squares)
        part.take(len(x2), pivot, room.sums)

    def combine(self, batch: BatchStatistics, parameters: tuple[Array, ...]) -> None:
        """Make the batch's mean and variance from the shards', in their order; move the running
        ones; and clear the shards for the next step."""
        whole, *others = batch.parts
        for other in others:
            whole.join(other)
        scale, shift, running_mean, running_variance = parameters
        variance = whole.squares / whole.count
        batch.mean[:] = whole.mean
        batch.inverse[:] = 1 / np.sqrt(variance + self.epsilon)
        batch.count[0] = whole.count
        batch.near[0] = (whole.mean * whole.mean <= variance * (NEAR / (1 - NEAR))).all()
        np.multiply(scale, batch.inverse, out=batch.factor)
        np.subtract(shift, batch.mean * batch.factor, out=batch.offset)
        unbiased = whole.squares / max(whole.count - 1, 1)
        running_mean += self.momentum * (whole.mean - running_mean)
        running_variance += self.momentum * (unbiased - running_variance)
        for part in batch.parts:
            part.clear()

    def forward(self, s: BatchNormSpace, parameters: tuple[Array, ...]) -> None:
        """Normalize by the batch's values while training, else by the running ones."""
        if s.batch is not None and s.alone:
            self.measure(s.batch.parts[0], s.x2, s.room)
            self.combine(s.batch, parameters)
        factor, offset = self.affine(s.batch, parameters)
        s.room.each(np.multiply, s.x2, factor, s.y2)
        s.room.each(np.add, s.y2, offset, s.y2)

    def affine(
        self, batch: BatchStatistics | None, parameters: tuple[Array, ...]
    ) -> tuple[Array, Array]:
        """Return factor and offset of y = factor·x + offset, (C,); no batch for inference."""
        if batch is not None:
            return batch.factor, batch.offset
        scale, shift, running_mean, running_variance = parameters
        factor = scale / np.sqrt(running_variance + self.epsilon)
        return factor, shift - running_mean * factor

    def backward(
        self,
        s: BatchNormSpace,
        parameters: tuple[Array, ...],
        gradients: tuple[Array, ...],
    ) -> None:
        """dγ = Σ dy·x̂ and dβ = Σ dy over the chunk; dx needs those of the whole batch."""
        assert s.batch is not None  # a plan for training
        assert s.dy2 is not None
        self.take_sums(s.batch, s.x2, s.dy2, gradients, s.room)
        if s.alone and s.dx is not None:
            self.reduce(s.batch, [gradients])
            self.finish(s.batch, s.dx, s.x2, s.room)

    def take_sums(
        self,
        batch: BatchStatistics,
        x2: Array,
        dy2: Array,
        gradients: tuple[Array, ...],
        room: Room,
    ) -> None:
        """Write dγ = Σ dy·x̂ and dβ = Σ dy over rows (n, C)."""
        d_scale, d_shift = gradients
        work, ones = room.work, room.ones
        np.dot(ones, dy2, d_shift)
        if batch.near[0]:
            np.multiply(x2, dy2, out=work)
            np.dot(ones, work, d_scale)
            np.subtract(d_scale, batch.mean * d_shift, out=d_scale)
        else:
            room.each(np.subtract, x2, batch.mean, work)
            np.multiply(work, dy2, out=work)
            np.dot(ones, work, d_scale)
        np.multiply(d_scale, batch.inverse, out=d_scale)

    def reduce(self, batch: BatchStatistics, gradients: Sequence[tuple[Array, ...]]) -> None:
        """Sum the shards' gradients by scale and shift, in their order, for `finish`."""
        d_scale, d_shift = (part.copy() for part in gradients[0])
        for part in gradients[1:]:
            d_scale += part[0]
            d_shift += part[1]
        count = batch.count[0]
        np.multiply(batch.factor * batch.inverse, d_scale / -count, out=batch.slope)
        np.multiply(batch.factor, d_shift / -count, out=batch.level)
        np.subtract(batch.level, batch.slope * batch.mean, out=batch.level)

    def finish(
        self,
        batch: BatchStatistics,
        dy: Array,
        x: Array,
        room: Room,
    ) -> None:
        """Turn dy into dx, in place, for a chunk: γ/σ·(dy - dβ/N - x̂·dγ/N).

        Args:
            batch: as `reduce` left it.
            dy: gradient by the output, (B, *extents, C); becomes the gradient by the input.
            x: the input, the same values as in the forward pass.
            room: scratch of at least as many rows.
        """
        dy2 = dy.reshape(-1, dy.shape[-1])
        room.each(np.multiply, dy2, batch.factor, dy2)
        add_moments(batch, dy, x, room)


def add_moments(batch: BatchStatistics, dx: Array, x: Array, room: Room) -> None:
    """Add to `dx`, like `x`, what goes through mean and variance: slope·x + level."""
    dx2, x2 = dx.reshape(-1, dx.shape[-1]), x.reshape(-1, x.shape[-1])
    work = room.work[: len(dx2)]
    room.each(np.multiply, x2, batch.slope, work)
    room.each(np.add, work, batch.level, work)
    np.add(dx2, work, out=dx2)
