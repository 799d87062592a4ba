"""Layers that are made of layers, taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cnnopt.arrays import Shape
from cnnopt.layers import Composite, DropConnect, Layer
from cnnopt.layers.sequence import Node


def paths(layer: Layer, x: Shape) -> tuple[tuple[Node, ...], ...]:
    """Return the rows of layers inside a composite that all start from its input `x`.

    The way past a residual's layers and a branch without any are none: they compute nothing.
    """
    if not isinstance(layer, Composite):
        return ()
    return tuple(tuple(row) for _, row in groupby(layer.inside(x), _row_of))


def leaves(node: Node) -> Iterator[Node]:
    """Yield the layers that a node consists of in the end, itself where it is none of layers.

    Names are joined by dots: `residual_1.conv2d_2`.
    """
    if isinstance(node.layer, Composite):
        for inner in node.layer.inside(node.x):
            yield from leaves(Node(f"{node.name}.{inner.name}", inner.layer, inner.x))
    else:
        yield Node(node.name, bare(node.layer), node.x)


def bare(layer: Layer) -> Layer:
    """Return the layer that computes: without what drops its weights."""
    return layer.layer if isinstance(layer, DropConnect) else layer


def _row_of(node: Node) -> str:
    """Return what names a row: `branch_2`, `projection`, or nothing for the layers of f."""
    first = node.name.partition(".")[0]
    return first if first == "projection" or first.startswith("branch_") else ""
