"""The plan of an evaluation: forward only, without what only trains."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnopt.arrays import Array
from cnnopt.layers.sequence import Node
from cnnopt.network.crew import Crew
from cnnopt.network.layout import Layout
from cnnopt.network.route import Route


class InferencePlan:
    """Outputs of `rows` examples with the weights as they stand at the call.

    Attributes:
        rows: how many.
        outputs: (rows, K), overwritten by every run.
    """

    def __init__(self, nodes: Sequence[Node], layout: Layout, rows: int, weights: Array) -> None:
        self.rows = rows
        owners = [i for i, node in enumerate(nodes) if not node.layer.trains_only]
        kept = [nodes[i] for i in owners]
        self._route = route = Route(kept, owners, rows, layout, weights, None)
        self._shards = [route.shard(number, None, None) for number in range(route.parts)]
        self.outputs = route.borders[-1].y

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers of the plan."""
        return self._route.nbytes + sum(shard.nbytes for shard in self._shards)

    def run(self, crew: Crew, x: Array) -> Array:
        """Return the outputs (rows, K) for inputs `x` (rows, *shape); overwritten by the next."""
        route = self._route
        np.copyto(route.borders[0].y, x)
        crew.run(route.preparation.tasks)
        for stages in route.phases:
            whole = route.whole_tasks(stages)
            crew.run(whole or [partial(s.forward, stages) for s in self._shards])
        return self.outputs
