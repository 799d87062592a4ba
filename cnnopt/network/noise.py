"""The random numbers of a step: drawn for the whole batch, each from a stream of its own name."""

from __future__ import annotations

from collections.abc import Sequence

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Draw, Noisy
from cnnopt.layers.sequence import Node
from cnnopt.randomness import stream


class Noise:
    """Room for the random numbers of all layers of a network, for batches of one size.

    Args:
        nodes: the layers.
        batch: B.
        make: the maker of buffers.
    """

    def __init__(self, nodes: Sequence[Node], batch: int, make: Buffers) -> None:
        self._of: dict[int, list[tuple[Draw, Array]]] = {}
        self._named: list[tuple[str, Draw, Array]] = []
        for index, node in enumerate(nodes):
            for draw in node.layer.draws(node.x) if isinstance(node.layer, Noisy) else ():
                numbers = make(draw.shape if draw.shared else (batch, *draw.shape))
                self._of.setdefault(index, []).append((draw, numbers))
                name = f"{node.name}.{draw.name}" if draw.name else node.name
                self._named.append((name, draw, numbers))

    def draw(self, seed: int, step: int) -> None:
        """Fill everything with the numbers of a step."""
        for name, draw, numbers in self._named:
            draw.fill(numbers, stream(seed, "noise", name, step))

    def rows(self, index: int, rows: slice) -> tuple[Array, ...]:
        """Return what a chunk takes of the numbers of the node `index`."""
        return tuple(
            numbers if draw.shared else numbers[rows] for draw, numbers in self._of.get(index, ())
        )
