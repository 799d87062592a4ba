"""How a batch is cut: into shards, and each shard into chunks, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from cnnopt.layers import Bias
from cnnopt.layers.sequence import Node
from cnnopt.network import Network
from cnnopt.network.partition import Stage, cut_evenly, cut_stages, wants_whole_batch
from cnnopt.network.route import Route


@dataclass(frozen=True)
class StageDescription:
    """A run of layers that a shard takes in chunks of the same size.

    Attributes:
        layers: their names, in the order in which they run.
        chunk: examples of a chunk; the last one of a shard may have fewer.
        waits: whether it begins when all shards are done with the layers before.
        whole: whether the one layer takes the whole batch, not a shard's part.
    """

    layers: tuple[str, ...]
    chunk: int
    waits: bool
    whole: bool


@dataclass(frozen=True)
class Cut:
    """How a step takes a batch; nothing of it depends on the number of threads.

    Attributes:
        batch: examples of a batch.
        shards: parts of it that threads can work on at once.
        shard: examples of the largest.
        together: whether the batch is one chunk because a layer couples its examples where they
            cannot wait for each other: as the first layer, or inside another one.
        stages: from the first layer to the last.
    """

    batch: int
    shards: int
    shard: int
    together: bool
    stages: tuple[StageDescription, ...]


def cut_of(network: Network, batch: int) -> Cut:
    """Return how training cuts a batch; the largest shard is planned, and thrown away."""
    nodes = network.run_order
    weights = np.zeros(network.layout.total, np.float32)
    gradient = np.zeros(network.parameters, np.float32)
    route = Route(nodes, range(len(nodes)), batch, network.layout, weights, gradient)
    together = wants_whole_batch(nodes)
    sizes = [part.stop - part.start for part in cut_evenly(batch, route.parts)]
    largest = sizes.index(max(sizes))
    planned = route.shard(largest, None, None).stages
    waiting = {phase.start for phase in route.phases[1:]}
    stages = []
    for place, stage in enumerate(cut_stages(nodes, phases=not together)):
        first = next(iter(planned[place]), None)
        chunk = batch if first is None else first.rows.stop - first.rows.start
        stages.append(
            StageDescription(_names(nodes, stage), chunk, waits=place in waiting, whole=stage.whole)
        )
    return Cut(batch, route.parts, max(sizes), together, tuple(stages))


def _names(nodes: Sequence[Node], stage: Stage) -> tuple[str, ...]:
    """Return the names of a stage's layers; a bias is a part of the layer before it."""
    own = [nodes[place] for place in stage.owners]
    chosen = [node for node in own if not isinstance(node.layer, Bias)] or own
    return tuple(name for name, _ in groupby(node.name for node in chosen))
