"""Exact reordering: pooling before bias and relu, and convolutions that write as pooling reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnnopt.layers import BatchNorm, Bias, Conv, MaxPool, Relu
from cnnopt.layers.pooled_norm import PooledBatchNorm, PooledBefore
from cnnopt.layers.sequence import Node


def pool_first(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Move every max pooling in front of the bias and relu that stand right before it.

    Both are non-decreasing and act on each channel alone, so the values are the same; so are the
    gradients, except where adding the bias rounds two different values to a tie.
    """
    row = list(nodes)
    for i, node in enumerate(row):
        if not isinstance(node.layer, MaxPool):
            continue
        j = i
        while j > 0 and isinstance(row[j - 1].layer, Bias | Relu):
            j -= 1
        if j < i:
            pooled = Node(node.name, node.layer, row[j].x)
            row[j : i + 1] = [
                pooled,
                *(Node(moved.name, moved.layer, pooled.y) for moved in row[j:i]),
            ]
    return tuple(row)


def by_phase(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Let every convolution before a max pooling write its outputs in order of phase.

    Pooling then reads and writes long runs of memory, where cells that alternate would be read one
    by one. Between the two may stand what treats every position alike. Windows that reach into a
    padding stay as they are.
    """
    row = list(nodes)
    for i, node in enumerate(row):
        if not isinstance(node.layer, MaxPool):
            continue
        windows = node.layer.windows
        j = i - 1
        while j >= 0 and isinstance(row[j].layer, Bias | Relu | BatchNorm):
            j -= 1
        conv = row[j].layer if j >= 0 else None
        padded = any(map(sum, windows.reach(node.x)))
        if isinstance(conv, Conv) and conv.groups == 1 and max(windows.stride) > 1 and not padded:
            row[j] = replace(row[j], layer=replace(conv, phases=windows.stride))
            row[i] = replace(node, layer=replace(node.layer, phases=windows.stride))
    return tuple(row)


def pool_in_norm(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Let every batch norm with a max pooling right behind it pool first.

    Not where it is the first layer: it turns its inputs round for a moment, which then are the
    caller's.
    """
    row = list(nodes)
    for i in range(1, len(row) - 1):
        node, behind = row[i : i + 2]
        norm, pool = node.layer, behind.layer
        if isinstance(norm, BatchNorm) and isinstance(pool, MaxPool) and behind.x != behind.y:
            row[i] = replace(node, layer=PooledBatchNorm(norm, pool))
            row[i + 1] = Node(behind.name, PooledBefore(pool), behind.y)
    return tuple(row)
