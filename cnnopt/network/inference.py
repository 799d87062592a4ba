"""The plan of an evaluation: forward only, without what only trains."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers.sequence import Node
from cnnopt.network.crew import Crew
from cnnopt.network.layout import Layout
from cnnopt.network.partition import cut_evenly, cut_stages, shard_count
from cnnopt.network.prepare import Preparation
from cnnopt.network.shard import Planner, Shard


class InferencePlan:
    """Outputs of `rows` examples with the weights as they stand at the call."""

    def __init__(
        self, nodes: Sequence[Node], layout: Layout, rows: int, outputs: int, weights: Array
    ) -> None:
        self.rows = rows
        self._make = Buffers(weights.dtype)
        self.outputs = self._make((rows, outputs))
        owners = [i for i, node in enumerate(nodes) if not node.layer.trains_only]
        kept = [nodes[i] for i in owners]
        stages = cut_stages(kept, phases=False)
        self._preparation = Preparation.of(kept, owners, rows, layout, weights, self._make)
        planner = Planner(
            kept,
            owners,
            stages,
            layout,
            weights,
            self._make,
            {},
            self._preparation.made,
            whole=False,
        )
        parts = cut_evenly(rows, shard_count(kept, rows))
        self._shards = [planner.shard(i, part, None, None) for i, part in enumerate(parts)]

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers of the plan."""
        return self._make.nbytes

    def run(self, crew: Crew, x: Array) -> Array:
        """Return the outputs (rows, K) for inputs `x` (rows, *shape); overwritten by the next."""
        crew.run(self._preparation.tasks)
        crew.run([partial(self._run_shard, s, x) for s in self._shards])
        return self.outputs

    def _run_shard(self, shard: Shard, x: Array) -> None:
        source, start = x, 0
        for number, units in enumerate(shard.stages):
            border = shard.borders[number] if number < len(shard.borders) else None
            for unit in units:
                rows = unit.rows
                np.copyto(unit.x, source[rows.start - start : rows.stop - start])
                unit.forward()
                target = self.outputs[rows] if border is None else border.y[border.rows(rows)]
                np.copyto(target, unit.y)
            if border is not None:
                source, start = border.y, border.start
