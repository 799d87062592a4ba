"""How a batch is cut: into shards for threads, and each shard into chunks for the caches.

All of it follows from shapes alone, never from the machine or its threads: the order of every sum
is the same wherever the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from cnnopt.layers import Coupled, Dense, DropConnect
from cnnopt.layers.sequence import Node

CHUNK_BYTES = 12 << 20
"""Buffers of a chunk, forward and back: they stay in a core's share of the last-level cache."""

PREPARED_TIMES = 2
"""How many times as large as what is prepared for it, and read once a chunk, a chunk may be."""

HEAVY_WEIGHTS = 1 << 18
"""Weights (numbers) from which a dense layer wants the whole shard in one matrix product."""

SHARD_WORK = {2: 40 << 20, 4: 4 << 30}
"""Multiply-additions of a batch's forward pass from which there are so many shards.

Threads wait for each other at the interpreter's lock, and shards sum their gradients: what a second
thread gains is lost where calls are short. In networks of 1 to 2 billion, four shards on two
threads took 5 % longer than two.
"""


@dataclass(frozen=True)
class Stage:
    """A run of nodes that take a shard in chunks of the same size.

    Attributes:
        owners: the nodes, by index in the network.
        wide: the whole shard is one chunk.
        coupled: the first node couples the examples of the batch (batch norm): it can begin only
            when the stage before it is done with all of them.
        whole: the one node is a dense layer that takes the whole batch in one matrix product, cut
            by its features instead of by the examples.
    """

    owners: range
    wide: bool
    coupled: bool = False
    whole: bool = False


def cut_stages(nodes: Sequence[Node], *, phases: bool = True) -> tuple[Stage, ...]:
    """Cut around every dense layer with many weights, and before every coupled layer.

    From the first such dense layer on all is flat and wide. Where nothing before it learns, nothing
    needs small chunks either: all is wide.

    Args:
        nodes: the layers.
        phases: False leaves coupled layers where they are: for inference, which has none, and
            for batches that are one chunk.
    """
    heavy = next((i for i, node in enumerate(nodes) if _heavy(node)), len(nodes))
    if not any(before.layer.parameters(before.x) for before in nodes[:heavy]):
        heavy = 0
    coupled = {
        i for i, node in enumerate(nodes) if phases and i and isinstance(node.layer, Coupled)
    }
    whole = {i for i in range(1, len(nodes) - 1) if heavy <= i and _stands_alone(nodes, i)}
    cuts = {0, heavy, *coupled, *whole, *(i + 1 for i in whole)}
    edges = [*sorted(cuts - {len(nodes)}), len(nodes)]
    return tuple(
        Stage(range(a, b), wide=a >= heavy, coupled=a in coupled, whole=a in whole)
        for a, b in pairwise(edges)
    )


def phases_of(stages: Sequence[Stage]) -> list[range]:
    """Return the runs of stages that a shard takes without waiting for the others."""
    starts = [
        place
        for place, stage in enumerate(stages)
        if not place or stage.coupled or stage.whole or stages[place - 1].whole
    ]
    return [range(a, b) for a, b in pairwise([*starts, len(stages)])]


def wants_whole_batch(nodes: Sequence[Node]) -> bool:
    """Whether a layer couples examples where phases cannot part them: as the first layer of all,
    or inside a composite. The batch is one chunk then."""
    return any(
        getattr(node.layer, "couples_inside", False) or (not i and isinstance(node.layer, Coupled))
        for i, node in enumerate(nodes)
    )


def cut_evenly(rows: int, parts: int) -> list[slice]:
    """Return `parts` neighbouring ranges of `rows`; sizes differ by one at most."""
    edges = [rows * i // parts for i in range(parts + 1)]
    return [slice(a, b) for a, b in pairwise(edges)]


def cut_in_chunks(rows: slice, size: int) -> list[slice]:
    """Return neighbouring ranges of `size` rows; the last one may be shorter."""
    return [slice(a, min(a + size, rows.stop)) for a in range(rows.start, rows.stop, size)]


def shard_count(nodes: Sequence[Node], rows: int) -> int:
    """Return 1, 2 or 4 shards, by the work of a forward pass over `rows` examples."""
    work = rows * sum(node.layer.multiply_adds(node.x) for node in nodes)
    return max((n for n, least in SHARD_WORK.items() if work >= least and n <= rows), default=1)


def chunk_size(nbytes: Callable[[int], int], most: int, prepared: int = 0) -> int:
    """Return `most` examples if their buffers fit, else the largest power of two; at least 1.

    They fit `CHUNK_BYTES`, or `PREPARED_TIMES` as many bytes as are prepared once a step.

    Args:
        nbytes: bytes of the buffers of a chunk of so many examples.
        most: examples of a shard.
        prepared: bytes that are prepared once a step and read by every chunk.
    """
    room = max(CHUNK_BYTES, PREPARED_TIMES * prepared)
    if nbytes(most) <= room:
        return most
    size = 1
    while 2 * size < most and nbytes(2 * size) <= room:
        size *= 2
    return size


def _stands_alone(nodes: Sequence[Node], place: int) -> bool:
    """Whether a heavy dense layer has something to learn before it, and no coupled layer after."""
    learns_before = any(node.layer.parameters(node.x) for node in nodes[:place])
    dense = isinstance(nodes[place].layer, Dense) and _heavy(nodes[place])
    return dense and learns_before and not isinstance(nodes[place + 1].layer, Coupled)


def _heavy(node: Node) -> bool:
    layer = node.layer.layer if isinstance(node.layer, DropConnect) else node.layer
    return isinstance(layer, Dense) and prod((node.x[0], layer.units)) >= HEAVY_WEIGHTS
