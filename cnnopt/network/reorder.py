"""Exact reordering: max pooling before bias and relu, so that these touch fewer numbers."""

from __future__ import annotations

from collections.abc import Sequence

from cnnopt.layers import Bias, MaxPool, Relu
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
