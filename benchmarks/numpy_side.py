"""cnnopt's side of the race."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from time import perf_counter

import numpy as np

from benchmarks.side import batches
from benchmarks.workloads import Spec, Workload, pad_of
from cnnopt import layers
from cnnopt.losses import CrossEntropy, SquaredError
from cnnopt.network import Crew, Network
from cnnopt.optimizers import Adam, Updater

PEAK_SIZE = 2048
PEAK_PRODUCTS = 20


class NumpySide:
    """One workload on cnnopt's engine; there is one variant of it."""

    def __init__(
        self, workload: Workload, threads: int, dropout: bool, rate: float, variant: str = ""
    ) -> None:
        self._rate = rate
        self._crew = Crew(threads)
        self._crew.__enter__()  # for the life of the process
        self._network = network_of(workload, dropout)
        self._loss = CrossEntropy() if workload.loss == "cross_entropy" else SquaredError()
        outputs = self._network.output_shape[0]
        self._batches = [
            (x, self._loss.targets(y, outputs, np.float32)) for x, y in batches(workload)
        ]
        self._scale = np.full(workload.batch, 1 / workload.batch, np.float32)
        self.load({})

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over weights by name, and forget the optimizer's state."""
        network = self._network
        flat = network.layout.initial(0)
        for name, view in network.layout.named(flat).items():
            if name in weights:
                view[:] = weights[name]
        self._gradient = np.zeros(network.parameters, np.float32)
        self._updater = Updater(Adam(self._rate), flat[: network.parameters], self._gradient)
        self._plan = network.training_plan(self._loss, len(self._scale), flat, self._gradient)
        self._steps = 0

    def step(self, number: int) -> float:
        """Make a training step on batch `number` and return its loss."""
        x, targets = self._batches[number % len(self._batches)]
        self._steps += 1
        loss = self._plan.run(self._crew, x, targets, self._scale, 0, self._steps)
        self._crew.run(self._updater.tasks(self._rate, self._steps))
        return loss

    def gradients(self) -> dict[str, np.ndarray]:
        """Return the last step's gradients by name."""
        return self._network.layout.named(self._gradient)


def initial_weights(workload: Workload) -> dict[str, np.ndarray]:
    """Return the weights that both sides start from, by name, channels last."""
    layout = network_of(workload, dropout=False).layout
    return layout.named(layout.initial(0))


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
            pads = ((pad_of(kernel, padding),) * 2,) * rank
            return [layers.Conv(filters, (kernel,) * rank, (stride,) * rank, pads), layers.Bias()]
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


def sgemm_peak(threads: int) -> float:
    """Return GFLOP/s of the fastest of several large float32 products on so many threads."""
    from threadpoolctl import threadpool_limits

    a = np.ones((PEAK_SIZE, PEAK_SIZE), np.float32)
    out = np.empty_like(a)
    best = float("inf")
    with threadpool_limits(threads, user_api="blas"):
        for _ in range(PEAK_PRODUCTS):
            started = perf_counter()
            np.matmul(a, a, out=out)
            best = min(best, perf_counter() - started)
    return 2 * PEAK_SIZE**3 / best / 1e9


def about() -> dict[str, str]:
    """Return the versions of NumPy and of its BLAS."""
    from threadpoolctl import threadpool_info

    libraries = [
        " ".join(str(one[key]) for key in ("internal_api", "version", "architecture") if one[key])
        for one in threadpool_info()
        if one["user_api"] == "blas"
    ]
    return {"numpy": np.__version__, "blas": ", ".join(sorted(set(libraries)))}
