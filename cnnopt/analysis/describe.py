"""A config described before it is trained: shapes, costs, memory and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from math import prod
from typing import Any

from cnnopt.analysis.cut import Cut, cut_of
from cnnopt.analysis.dense_twin import DenseTwin, dense_twin
from cnnopt.analysis.inside import bare, paths
from cnnopt.analysis.memory import LayerBytes, Memory, bytes_by_layer, memory_of
from cnnopt.analysis.ways import Runs, chunk_of, runs_of, ways_of
from cnnopt.analysis.windows import Field, field_after, formulas, input_field
from cnnopt.arrays import Shape
from cnnopt.config import Config
from cnnopt.errors import Diverged
from cnnopt.layers import Bias
from cnnopt.layers.sequence import Node
from cnnopt.network import Network
from cnnopt.trials.outline import budget_of, measure_pace
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import load_data


@dataclass(frozen=True)
class InnerLayer:
    """A layer inside a layer.

    Attributes:
        name: within the layer that it is inside of; deeper ones are joined by dots.
        output: shape of one output.
        formulas: as of `LayerDescription`.
        runs: likewise.
    """

    name: str
    output: Shape
    formulas: tuple[str, ...]
    runs: Runs


@dataclass(frozen=True)
class LayerDescription:
    """One layer of the config.

    Attributes:
        name: the layer's.
        kind: its word in the config.
        output: shape of one output, channels last.
        formulas: how the output's extents come about, one line for each spatial axis.
        parameters: numbers that it learns.
        statistics: numbers that follow without being learnt: running means and variances.
        multiply_adds: of one example's forward pass, in matrix products.
        activation_bytes: of one example's outputs; 0 where the layer works in place.
        buffer_bytes: of gradients and of what else the plan holds for one example.
        optimizer_bytes: of the optimizer's state.
        receptive_field: cells of the input that one output can depend on, along each spatial axis;
            None where it is all of them.
        runs: by which algorithm it runs in training, and why.
        inside: the layers inside, of a residual or of branches.
    """

    name: str
    kind: str
    output: Shape
    formulas: tuple[str, ...]
    parameters: int
    statistics: int
    multiply_adds: int
    activation_bytes: int
    buffer_bytes: int
    optimizer_bytes: int
    receptive_field: Shape | None
    runs: Runs
    inside: tuple[InnerLayer, ...]


@dataclass(frozen=True)
class Time:
    """How long it takes, measured.

    Attributes:
        threads: of the engine.
        step: seconds of a step.
        epoch: seconds of a pass over the training part, and of measuring once.
        training: seconds of the whole budget.
    """

    threads: int
    step: float
    epoch: float
    training: float


@dataclass(frozen=True)
class Description:
    """A config described.

    Attributes:
        name: of the config.
        dataset: of the data set.
        rows: examples of each part.
        input_shape: shape of one example, channels last.
        batch_size: examples in a step.
        steps_per_epoch: steps of a pass over the training part.
        layers: in the order of the config.
        cut: how a batch is cut into shards and chunks.
        optimizer: its word in the config.
        slots: names of the vectors that the optimizer keeps, each as long as the parameters.
        dense_twin: the same network with dense layers for its convolutions; None without any.
        memory: bytes that training takes.
        time: seconds, from a few steps; None where these diverged.
    """

    name: str
    dataset: str
    rows: dict[str, int]
    input_shape: Shape
    batch_size: int
    steps_per_epoch: int
    layers: tuple[LayerDescription, ...]
    cut: Cut
    optimizer: str
    slots: tuple[str, ...]
    dense_twin: DenseTwin | None
    memory: Memory
    time: Time | None

    def total(self, quantity: str) -> int:
        """Return the sum over all layers of `parameters`, `multiply_adds`, `buffer_bytes` ..."""
        return sum(int(getattr(layer, quantity)) for layer in self.layers)

    def to_json(self) -> dict[str, Any]:
        """Return all of it, JSON-ready, with the totals."""
        quantities = (
            "parameters",
            "statistics",
            "multiply_adds",
            "activation_bytes",
            "buffer_bytes",
            "optimizer_bytes",
        )
        found = {"command": "describe"} | asdict(self)
        found["totals"] = {name: self.total(name) for name in quantities}
        found["memory"]["total"] = self.memory.total
        return found


def describe_config(config: Config, threads: int) -> Description:
    """Describe what `config` would train; the data set is read, and a few steps are made.

    Args:
        config: the settings.
        threads: of the engine, for the steps that are timed.

    Raises:
        ConfigError, DataError: as when it is trained.
    """
    trial = prepare_trial(config, None, load_data(config))
    network, optimizer = trial.experiment.network, trial.experiment.optimizer
    kinds = [entry.kind for entry in config.model]
    twin = dense_twin(network)
    _, batches = budget_of(trial)
    cut = cut_of(network, batches.size)
    return Description(
        name=config.name,
        dataset=config.dataset.name,
        rows={name: len(part) for name, part in trial.task.parts.items()},
        input_shape=network.input_shape,
        batch_size=batches.size,
        steps_per_epoch=batches.per_pass,
        layers=_layers(network, kinds, cut, len(optimizer.slots)),
        cut=cut,
        optimizer=config.optimizer.kind,
        slots=tuple(optimizer.slots),
        dense_twin=twin if twin.convolutions else None,
        memory=memory_of(trial),
        time=_time(trial, threads),
    )


def _layers(
    network: Network, kinds: Sequence[str], cut: Cut, slots: int
) -> tuple[LayerDescription, ...]:
    sizes = bytes_by_layer(network.run_order)
    ways = ways_of(network, cut)
    field = input_field(network.input_shape)
    found = []
    groups = [tuple(group) for _, group in groupby(network.nodes, lambda node: node.name)]
    for kind, group in zip(kinds, groups, strict=True):
        for node in group:
            field = field_after(field, node)
        name = group[0].name
        inside = tuple(line for node in group for line in _inside(node, chunk_of(name, cut)))
        found.append(_layer(kind, group, field, sizes[name], slots, ways[name], inside))
    return tuple(found)


def _layer(
    kind: str,
    nodes: tuple[Node, ...],
    field: Field,
    size: LayerBytes,
    slots: int,
    runs: Runs,
    inside: tuple[InnerLayer, ...],
) -> LayerDescription:
    parameters = [p for node in nodes for p in node.layer.parameters(node.x)]
    trained = sum(prod(p.shape) for p in parameters if p.trains)
    return LayerDescription(
        name=nodes[0].name,
        kind=kind,
        output=nodes[-1].y,
        formulas=tuple(line for node in nodes for line in formulas(node.layer, node.x)),
        parameters=trained,
        statistics=sum(prod(p.shape) for p in parameters if not p.trains),
        multiply_adds=sum(node.layer.multiply_adds(node.x) for node in nodes),
        activation_bytes=size.activations,
        buffer_bytes=size.buffers,
        optimizer_bytes=4 * slots * trained,
        receptive_field=None if field.all else field.extents,
        runs=runs,
        inside=inside,
    )


def _inside(node: Node, chunk: int, prefix: str = "") -> list[InnerLayer]:
    """Return the layers inside one, at any depth; they are planned for a chunk of examples."""
    found = []
    for row in paths(node.layer, node.x):
        for inner in row:
            if isinstance(bare(inner.layer), Bias):
                continue
            name = f"{prefix}{inner.name}"
            runs = runs_of(inner.layer, inner.x, chunk)
            found.append(InnerLayer(name, inner.y, formulas(inner.layer, inner.x), runs))
            found += _inside(inner, chunk, f"{name}.")
    return found


def _time(trial: Prepared, threads: int) -> Time | None:
    try:
        pace = measure_pace(trial, threads)
    except Diverged:
        return None
    budget, batches = budget_of(trial)
    return Time(
        threads=threads,
        step=pace.step,
        epoch=pace.step * batches.per_pass + pace.row,
        training=pace.step * budget.steps + pace.row * budget.rows,
    )
