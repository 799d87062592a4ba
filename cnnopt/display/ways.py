"""How each layer runs and why, and how a batch is cut: a table and a sentence of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table

from cnnopt.display.tables import plain_table
from cnnopt.display.words import count

if TYPE_CHECKING:
    from cnnopt.analysis.cut import Cut, StageDescription
    from cnnopt.analysis.describe import LayerDescription
    from cnnopt.analysis.ways import Runs


def ways(layers: Sequence[LayerDescription]) -> Table:
    """Return a row for each layer, with those inside it."""
    table = plain_table("layer", "runs", texts=2)
    for layer in layers:
        table.add_row(layer.name, way(layer.runs))
        for inner in layer.inside:
            table.add_row(f"  {inner.name}", way(inner.runs))
    return table


def way(runs: Runs) -> str:
    """Return `algorithm: reason; note`."""
    first = f"{runs.algorithm}: {runs.reason}" if runs.reason else runs.algorithm
    return "; ".join([first, *runs.notes])


def cut_sentence(cut: Cut) -> str:
    """Return how a batch is cut into shards and chunks."""
    found = [f"A batch of {count(cut.batch, 'example')} is one shard."]
    if cut.shards > 1:
        most = "up to " if cut.batch % cut.shards else ""
        found = [
            f"A batch of {count(cut.batch, 'example')} is cut into {cut.shards} shards of "
            f"{most}{cut.shard}, which the threads share."
        ]
    if cut.together:
        found.append("It is one chunk, for a layer that couples its examples.")
    else:
        found += _chunks(cut)
    found.append("This follows from shapes alone: the number of threads changes nothing of it.")
    return " ".join(found)


def _chunks(cut: Cut) -> list[str]:
    """Return what is said of chunks: neighbours of the same size are one run of layers."""
    runs = [
        (chunk, whole, tuple(group))
        for (chunk, whole), group in groupby(cut.stages, lambda one: (one.chunk, one.whole))
    ]
    if len(runs) == 1:
        (chunk, _, _) = runs[0]
        each = "It" if cut.shards == 1 else "Each"
        size = "at once" if chunk == cut.shard else f"in chunks of {count(chunk, 'example')}"
        return [f"{each} goes through all layers {size}."]
    parts = [
        f"all {chunk} in {_span(group)}" if whole else f"{chunk} in {_span(group)}"
        for chunk, whole, group in runs
    ]
    return [f"Examples of a chunk: {', '.join(parts)}."]


def _span(stages: Sequence[StageDescription]) -> str:
    first, last = stages[0].layers[0], stages[-1].layers[-1]
    return first if first == last else f"{first} to {last}"
