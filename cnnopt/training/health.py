"""Training health: how large gradients and updates are, layer by layer.

Nothing here is made where `training.health` is false, and nothing here writes to what trains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.layers.sequence import Node
from cnnopt.network import Layout, Network
from cnnopt.training.events import LayerHealth

BLOCK = 16_384
"""Numbers taken at a time: norms are summed in float64 and need room for no more."""


class Meter:
    """Sums, over the steps of a row of metrics, the norms of gradients, updates and weights.

    Args:
        network: whose layers are told apart, by the names that they have in the config.
        weights: the weights that train, (P,).
        gradient: their gradient, penalties included, (P,).
    """

    def __init__(self, network: Network, weights: Array, gradient: Array) -> None:
        self._weights, self._gradient = weights, gradient
        self._before = np.empty_like(weights)
        self._room = np.empty(min(BLOCK, len(weights)))
        self._ranges = ranges_by_layer(network.layout, network.run_order)
        self._sums = {name: [0.0, 0.0, 0.0] for name in self._ranges}
        self._steps = 0

    def before(self) -> None:
        """Keep the weights as they are before a step's update."""
        np.copyto(self._before, self._weights)

    def after(self) -> None:
        """Add a step's norms, once its weights are updated."""
        self._steps += 1
        for name, ranges in self._ranges.items():
            sums = self._sums[name]
            sums[0] += self._norm(ranges, self._gradient)
            sums[1] += self._norm(ranges, self._weights, self._before)
            sums[2] += self._norm(ranges, self._before)

    def means(self) -> dict[str, tuple[float, float]]:
        """Return, by layer, the mean gradient norm of the row's steps, and mean update norm over
        mean weight norm; NaN where all weights are 0. Then begin the next row."""
        found = {
            name: (gradient / max(self._steps, 1), update / weight if weight else float("nan"))
            for name, (gradient, update, weight) in self._sums.items()
        }
        self.restore(None)
        return found

    def numbers(self) -> dict[str, Any]:
        """Return what a snapshot has to know of the row under way, JSON-ready."""
        return {"steps": self._steps, "sums": {name: list(s) for name, s in self._sums.items()}}

    def restore(self, numbers: Mapping[str, Any] | None) -> None:
        """Go on with the row of a snapshot; None begins one."""
        self._steps = int(numbers["steps"]) if numbers else 0
        for name, sums in self._sums.items():
            sums[:] = numbers["sums"][name] if numbers else [0.0, 0.0, 0.0]

    def _norm(self, ranges: Sequence[slice], values: Array, minus: Array | None = None) -> float:
        total = 0.0
        for span in ranges:
            for start in range(span.start, span.stop, BLOCK):
                block = slice(start, min(start + BLOCK, span.stop))
                room = self._room[: block.stop - block.start]
                np.copyto(room, values[block])
                if minus is not None:
                    np.subtract(room, minus[block], out=room)
                total += float(np.dot(room, room))
        return sqrt(total)


def ranges_by_layer(layout: Layout, nodes: Sequence[Node]) -> dict[str, list[slice]]:
    """Return where the weights of each layer lie that train, layers in the order they run in.

    Args:
        layout: the places of the parameters of `nodes`.
        nodes: the layers as they run; those of one name are one layer of the config.
    """
    ranges: dict[str, list[slice]] = {}
    for slot in layout.slots:
        if slot.parameter.trains:
            ranges.setdefault(nodes[slot.owner].name, []).append(slice(slot.start, slot.stop))
    return ranges


def layer_healths(
    network: Network, means: Mapping[str, tuple[float, float]], dead: Mapping[str, float]
) -> tuple[LayerHealth, ...]:
    """Return one record for each layer that learns or can die, in the order of the config."""
    names = dict.fromkeys(node.name for node in network.nodes)
    found = []
    for name in names:
        if name in means or name in dead:
            gradient_norm, update_ratio = means.get(name, (None, None))
            found.append(LayerHealth(name, gradient_norm, update_ratio, dead.get(name)))
    return tuple(found)
