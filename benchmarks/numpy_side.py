"""cnnopt's side of the race."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from benchmarks.side import LEARNING_RATE, batches
from benchmarks.workloads import Spec, Workload
from cnnopt import layers
from cnnopt.losses import CrossEntropy, SquaredError
from cnnopt.network import Crew, Network
from cnnopt.optimizers import Adam, Updater


class NumpySide:
    """One workload on cnnopt's engine."""

    def __init__(self, workload: Workload, threads: int, dropout: bool) -> None:
        self._crew = Crew(threads)
        self._crew.__enter__()  # for the life of the process
        self.network = network_of(workload, dropout)
        self._loss = CrossEntropy() if workload.loss == "cross_entropy" else SquaredError()
        outputs = self.network.output_shape[0]
        self._batches = [
            (x, self._loss.targets(y, outputs, np.float32)) for x, y in batches(workload)
        ]
        self._scale = np.full(workload.batch, 1 / workload.batch, np.float32)
        self.load({})

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over weights by name, and forget the optimizer's state."""
        network = self.network
        flat = network.layout.initial(0)
        for name, view in network.layout.named(flat).items():
            if name in weights:
                view[:] = weights[name]
        gradient = np.zeros(network.parameters, np.float32)
        self._updater = Updater(Adam(LEARNING_RATE), flat[: network.parameters], gradient)
        self._plan = network.training_plan(self._loss, len(self._scale), flat, gradient)
        self._steps = 0

    def step(self, number: int) -> float:
        """Make a training step on batch `number` and return its loss."""
        x, targets = self._batches[number % len(self._batches)]
        self._steps += 1
        loss = self._plan.run(self._crew, x, targets, self._scale, 0, self._steps)
        self._updater.step(LEARNING_RATE, self._steps)
        return loss


def network_of(workload: Workload, dropout: bool) -> Network:
    """Return the workload's network; without dropout where it is compared."""
    named: list[tuple[str, layers.Layer]] = []
    ordinals: Counter[str] = Counter()
    rank = len(workload.input_shape) - 1
    for spec in workload.layers:
        if spec[0] == "dropout" and not dropout:
            continue
        ordinals[spec[0]] += 1
        name = f"{spec[0]}_{ordinals[spec[0]]}"
        named += [(name, layer) for layer in _layers(spec, rank)]
    return Network.of(workload.input_shape, named)


def _layers(spec: Spec, rank: int) -> list[layers.Layer]:
    match spec:
        case ("conv", filters, kernel, stride, padding):
            pads = padding if isinstance(padding, str) else ((padding, padding),) * rank
            conv = layers.Conv(filters, (kernel,) * rank, (stride,) * rank, pads)
            return [conv, layers.Bias()]
        case ("max_pool", kernel, stride):
            return [layers.MaxPool((kernel,) * rank, (stride,) * rank)]
        case ("dense", units):
            return [layers.Dense(units), layers.Bias()]
        case ("dropout", rate):
            return [layers.Dropout(rate)]
        case ("batch_norm",):
            return [layers.BatchNorm()]
        case ("relu",):
            return [layers.Relu()]
        case ("tanh",):
            return [layers.Tanh()]
        case _:
            return [layers.Flatten()]
