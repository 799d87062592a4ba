"""The plan of a training step: all its buffers and calls, made once.

A batch is cut into shards for the threads. Each shard goes through its stages in chunks; the last
stage goes depth first, each chunk forward, through the loss and back while it is in cache. Stages
are gathered in phases, which begin only when all shards are done with the one before: at a layer
that couples the examples of a batch, and around a dense layer that takes the whole batch at once.
Without such layers there is one phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnopt.arrays import Array
from cnnopt.layers.sequence import Node
from cnnopt.losses.base import Loss
from cnnopt.network.crew import Crew
from cnnopt.network.layout import Layout
from cnnopt.network.noise import Noise
from cnnopt.network.route import Route


class TrainingPlan:
    """One step on a batch of fixed size: forward, loss, backward; the gradient is left behind.

    Attributes:
        batch: examples of a batch, B.
        input: where a batch is read from, (B, *shape); to gather it there saves a copy.
        gradient: the flat vector (P,).
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
        self._route = route = Route(nodes, range(len(nodes)), batch, layout, weights, gradient)
        self._noise = Noise(nodes, batch, route.make)
        self._losses = route.make((batch,))
        self._shards = [route.shard(number, self._noise, loss) for number in range(route.parts)]
        self.input = route.borders[0].y

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers of the plan."""
        return self._route.nbytes + sum(shard.nbytes for shard in self._shards)

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
        route, shards = self._route, self._shards
        if x is not self.input:
            np.copyto(self.input, x)
        self._noise.draw(seed, step)
        crew.run(route.preparation.tasks)
        *early, last = route.phases
        for stages in early:
            route.enter(stages)
            crew.run(route.whole_tasks(stages) or [partial(s.forward, stages) for s in shards])
        route.enter(last)
        given = self._loss, targets, scale, self._losses, last
        crew.run([partial(s.turn, *given) for s in shards])
        for stages, after in zip(reversed(early), reversed(route.phases[1:]), strict=True):
            route.leave(after)
            back = route.whole_tasks(stages, back=True)
            crew.run(back or [partial(s.backward, stages) for s in shards])
        route.sum_gradients()
        return float(np.dot(self._losses, scale))
