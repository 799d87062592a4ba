"""What is prepared once a step, before any chunk: see `layers.base.Prepared`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Prepared
from cnnopt.layers.sequence import Node
from cnnopt.network.crew import Task
from cnnopt.network.layout import Layout


@dataclass(frozen=True)
class Preparation:
    """The layers of a plan that prepare.

    Attributes:
        made: by name of the layer, what it prepares.
        nbytes: by name of the layer, the bytes of that.
        tasks: one for each of them.
    """

    made: Mapping[str, Any]
    nbytes: Mapping[str, int]
    tasks: tuple[Task, ...]

    @classmethod
    def of(
        cls,
        nodes: Sequence[Node],
        owners: Sequence[int],
        examples: int,
        layout: Layout,
        weights: Array,
        make: Buffers,
    ) -> Preparation:
        """Make room for what the nodes prepare in a step on a batch of so many examples."""
        made: dict[str, Any] = {}
        nbytes: dict[str, int] = {}
        tasks: list[Task] = []
        for owner, node in zip(owners, nodes, strict=True):
            layer = node.layer
            if isinstance(layer, Prepared):
                before = make.nbytes
                prepared = layer.reserve(node.x, examples, make)
                if prepared is not None:
                    made[node.name] = prepared
                    nbytes[node.name] = make.nbytes - before
                    tasks.append(partial(layer.prepare, prepared, layout.views(weights, owner)))
        return cls(made, nbytes, tuple(tasks))
