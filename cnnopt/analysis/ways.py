"""How each layer runs and why: what it says itself, and what the network makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from cnnopt.analysis.cut import Cut, StageDescription
from cnnopt.analysis.inside import bare
from cnnopt.arrays import Shape
from cnnopt.layers import Bias, Conv, Coupled, Dense, Layer, MaxPool
from cnnopt.layers.base import Prepared
from cnnopt.layers.pooled_norm import PooledBatchNorm
from cnnopt.layers.sequence import Node
from cnnopt.layers.way import way_of
from cnnopt.network import Network
from cnnopt.network.partition import HEAVY_WEIGHTS
from cnnopt.network.whole import PARTS


@dataclass(frozen=True)
class Runs:
    """How a layer runs.

    Attributes:
        algorithm: in a few words.
        reason: why this one; empty where there is no other.
        notes: what the network makes of it: another place, another order, a wait.
    """

    algorithm: str
    reason: str
    notes: tuple[str, ...] = ()


def ways_of(network: Network, cut: Cut) -> dict[str, Runs]:
    """Return how each layer of the config runs in training, by its name; its bias is part of it."""
    notes = _notes(network, cut)
    return {
        node.name: runs_of(
            node.layer,
            node.x,
            cut.batch if isinstance(node.layer, Prepared) else chunk_of(node.name, cut),
            tuple(notes[node.name]),
        )
        for node in network.nodes
        if not isinstance(node.layer, Bias)
    }


def runs_of(layer: Layer, x: Shape, examples: int, notes: tuple[str, ...] = ()) -> Runs:
    """Return how a layer runs on inputs of shape `x`, planned for so many examples at once."""
    way = way_of(layer, x, examples)
    return Runs(way.algorithm, way.reason, notes)


def chunk_of(name: str, cut: Cut) -> int:
    """Return the examples of a chunk that a layer gets."""
    return _stage(name, cut).chunk


def _stage(name: str, cut: Cut) -> StageDescription:
    return next(stage for stage in cut.stages if name in stage.layers)


def _notes(network: Network, cut: Cut) -> Mapping[str, list[str]]:
    notes: dict[str, list[str]] = defaultdict(list)
    order = network.run_order
    for place, node in enumerate(order):
        layer = node.layer
        if isinstance(layer, MaxPool | PooledBatchNorm):
            _note_pooling(notes, network, place)
        if isinstance(layer, Coupled) or getattr(layer, "couples_inside", False):
            notes[node.name].append(_coupled(node, cut))
        if isinstance(bare(layer), Dense):
            notes[node.name] += _heavy(node, cut)
        if layer.trains_only:
            notes[node.name].append("left out where nothing is trained")
    return notes


def _note_pooling(notes: dict[str, list[str]], network: Network, place: int) -> None:
    """Say of a pooling what runs behind it, and of the convolution how it writes for it."""
    order = network.run_order
    node, pool, name = order[place], order[place].layer, order[place].name
    moved = []
    if isinstance(pool, PooledBatchNorm):
        moved.append(f"the scale and shift of {name}")
        pool, name = pool.pool, order[place + 1].name  # left where the config has it, right behind
    assert isinstance(pool, MaxPool)
    moved += _moved(network.nodes, order[place:], name)
    if moved:
        numbers = f"{prod(node.y):,} numbers instead of {prod(node.x):,}"
        notes[name].append(f"before {' and '.join(moved)}: same values, {numbers}")
    if pool.phases:
        conv = next(n for n in order[place::-1] if isinstance(n.layer, Conv))
        notes[conv.name].append(f"outputs in order of phase, as {name} reads them")


def _moved(written: Sequence[Node], behind: Sequence[Node], pool: str) -> list[str]:
    """Return the layers that the config writes before a pooling and that run behind it."""
    place = next(i for i, node in enumerate(written) if node.name == pool)
    before = {(node.name, type(node.layer)) for node in written[:place]}
    moved = [node for node in behind if (node.name, type(node.layer)) in before]
    return [
        f"the bias of {node.name}" if isinstance(node.layer, Bias) else node.name for node in moved
    ]


def _coupled(node: Node, cut: Cut) -> str:
    if cut.together:
        return "couples the examples of a batch, which is one chunk for that"
    return f"begins a phase: waits for all {cut.batch} examples of the batch, which it couples"


def _heavy(node: Node, cut: Cut) -> list[str]:
    """Return what is said of a dense layer with many weights."""
    weights = prod(node.x) * prod(node.y)
    if weights < HEAVY_WEIGHTS:
        return []
    if _stage(node.name, cut).whole:
        return [
            f"the whole batch in {PARTS} parts, cut by its features: {weights:,} weights are many"
        ]
    return [f"all examples of a shard at once: {weights:,} weights are many"]
