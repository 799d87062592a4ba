"""How many bytes a network takes: layer by layer, and a whole training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from cnnopt.buffers import Buffers
from cnnopt.layers.sequence import Ends, Node, plan_sequence
from cnnopt.network import Network
from cnnopt.network.network import EVALUATION_ROWS
from cnnopt.trials.outline import budget_of
from cnnopt.trials.running import Prepared


@dataclass(frozen=True)
class LayerBytes:
    """Bytes of one example's way through a layer and back, float32.

    Attributes:
        activations: the outputs, where they have memory of their own; a layer that works in
            place has none.
        buffers: gradients by the outputs, columns, masks and whatever else the plan holds.
    """

    activations: int
    buffers: int


def bytes_by_layer(nodes: Sequence[Node]) -> dict[str, LayerBytes]:
    """Return the bytes of each layer of a plan for training on one example.

    A plan is made for every beginning of the network: what the next layer adds is its own.

    Args:
        nodes: the layers as they run; those of one name are one layer of the config.
    """
    found: dict[str, LayerBytes] = {}
    before = 0
    for count in range(1, len(nodes) + 1):
        make = Buffers(np.float32)
        x = make((1, *nodes[0].x))
        given = make.nbytes
        steps = plan_sequence(nodes[:count], Ends(x), make, training=True)
        wires = steps[-1].wires
        own = 0 if np.shares_memory(wires.x, wires.y) else wires.y.nbytes
        added = make.nbytes - given - before
        before += added
        old = found.get(nodes[count - 1].name, LayerBytes(0, 0))
        found[nodes[count - 1].name] = LayerBytes(old.activations + own, old.buffers + added - own)
    return found


@dataclass(frozen=True)
class Memory:
    """Bytes that a training takes besides the interpreter and its libraries.

    Attributes:
        weights: the parameters, and the copy of the best ones.
        gradient: of the whole batch.
        optimizer: its slots.
        plan: of a step: buffers for the usual batch and for the last one of an epoch, where it
            has fewer examples.
        evaluation: plans that measure.
        data: the data set as it was read, and its scaled parts.
    """

    weights: int
    gradient: int
    optimizer: int
    plan: int
    evaluation: int
    data: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(getattr(self, field.name) for field in fields(self))


def memory_of(trial: Prepared) -> Memory:
    """Return the bytes of a training; plans are really made, and thrown away."""
    network, loss = trial.experiment.network, trial.experiment.loss
    weights = np.zeros(network.layout.total, np.float32)
    gradient = np.zeros(network.parameters, np.float32)
    examples = len(trial.task.parts["train"])
    _, batches = budget_of(trial)
    plan = 0
    sizes = {batches.size}
    if trial.experiment.training.shuffle != "step" and examples % batches.size:
        sizes.add(examples % batches.size)
    for size in sizes:
        plan += network.training_plan(loss, size, weights, gradient).nbytes
        # Beside the plan a batch has targets, and a weight for each example.
        plan += size * (network.output_shape[0] + 1) * weights.itemsize
    return Memory(
        weights=2 * weights.nbytes,
        gradient=gradient.nbytes,
        optimizer=len(trial.experiment.optimizer.slots) * gradient.nbytes,
        plan=plan,
        evaluation=_evaluation(network, trial, weights),
        data=trial.data.x.nbytes + sum(part.x.nbytes for part in trial.task.parts.values()),
    )


def _evaluation(network: Network, trial: Prepared, weights: np.ndarray) -> int:
    """Return the bytes of the plans that measure: for full passes, and for what is left."""
    parts = [trial.task.training_sample(trial.experiment.split_seed)]
    parts += [part for name, part in trial.task.parts.items() if name != "train"]
    sizes = {min(len(part), EVALUATION_ROWS) for part in parts}
    sizes |= {len(part) % EVALUATION_ROWS for part in parts} - {0}
    return sum(network.inference_plan(size, weights).nbytes for size in sizes)
