"""A step of a network without a plan: one layer after another, each output in memory of its own.

The same layers, but no chunks, no lanes, nothing in place, no phases: what a plan must equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from network_runs import Batch

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import Coupled, Noisy, Wires
from cnnopt.layers.sequence import Node
from cnnopt.losses import CrossEntropy
from cnnopt.network import Network
from cnnopt.network.noise import Noise


@dataclass(frozen=True)
class _Layer:
    """A layer with its arrays."""

    owner: int
    node: Node
    wires: Wires
    space: Any
    values: tuple[Array, ...]


def plain_step(
    network: Network, batch: Batch, weights: Array, *, seed: int = 0, number: int = 1
) -> tuple[float, Array]:
    """Return the loss and its gradient in the dtype of `weights`, whose running means move."""
    dtype, rows = weights.dtype, slice(0, len(batch.x))
    nodes, make = network.run_order, Buffers(weights.dtype)
    noise = Noise(nodes, rows.stop, make)
    noise.draw(seed, number)
    gradient = np.zeros(network.parameters, dtype)
    x, dx = batch.x.astype(dtype), None
    layers = []
    for owner, node in enumerate(nodes):
        wires = _wires(node, x, dx)
        values = network.layout.views(weights, owner)
        layer = _Layer(owner, node, wires, node.layer.plan(wires, make), values)
        if isinstance(node.layer, Noisy):
            node.layer.use(layer.space, noise.rows(owner, rows))
        node.layer.forward(layer.space, values)
        layers.append(layer)
        x, dx = wires.y, wires.dy
    loss, losses = CrossEntropy(), np.empty(rows.stop, dtype)
    assert dx is not None, "nothing learns"
    scale = batch.scale.astype(dtype)
    loss.gradient(loss.plan(x, dx, make), batch.targets.astype(dtype), scale, losses)
    for layer in reversed(layers):
        if layer.wires.dy is not None:
            views = network.layout.views(gradient, layer.owner)
            layer.node.layer.backward(layer.space, layer.values, views)
    return float(np.dot(losses, scale)), gradient


def _wires(node: Node, x: Array, dx: Array | None) -> Wires:
    """Return arrays of their own; only a gradient that is handed on stays where it is."""
    layer = node.layer
    if layer.memory == "view":
        form = (len(x), *node.y)
        return Wires(x, x.reshape(form), dx, None if dx is None else dx.reshape(form), True)
    y = np.full((len(x), *node.y), np.nan, x.dtype)
    hands_on = layer.memory == "in place" or (isinstance(layer, Coupled) and node.x == node.y)
    dy: Array | None = None
    if dx is not None or layer.parameters(node.x):
        dy = dx if dx is not None and hands_on else np.full_like(y, np.nan)
    return Wires(x, y, dx, dy, True)
