"""Networks and single steps for the tests of the plan."""

from dataclasses import dataclass, replace

import numpy as np

from cnnopt.arrays import Array
from cnnopt.layers import (
    AvgPool,
    Bias,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    Relu,
    Tanh,
)
from cnnopt.layers.initial import Normal
from cnnopt.losses import CrossEntropy, Loss, SquaredError
from cnnopt.network import Crew, Network, TrainingPlan

BIASED = Normal(0.5)
"""Biases that are not zero, so that a bias lost on the way is seen."""

NAMED = list[tuple[str, Layer]]


def named(*layers: Layer) -> NAMED:
    """Name the layers as the config's would be, a bias like the layer before it."""
    names: NAMED = []
    for layer in layers:
        if isinstance(layer, Bias):
            names.append((names[-1][0], layer))
        else:
            kind = type(layer).__name__.lower()
            count = sum(type(other) is type(layer) for _, other in names)
            names.append((f"{kind}_{count + 1}", layer))
    return names


def cnn(*, rate: float = 0.0, hidden: int = 6) -> Network:
    """Return a small network with every 2-D layer; max pooling may be moved, or may not."""
    noise = [Dropout(rate)] if rate else []
    layers = [
        Conv(4, (3, 3), padding="same"),
        Bias(BIASED),
        Relu(),
        MaxPool((2, 2)),
        Conv(5, (3, 2), stride=(1, 2), padding=((1, 0), (1, 1))),
        Bias(BIASED),
        Tanh(),
        *noise,
        MaxPool((2, 1)),
        AvgPool((1, 2), (1, 1)),
        Flatten(),
        *noise,
        Dense(hidden),
        Bias(BIASED),
        Relu(),
        *noise,
        Dense(3),
        Bias(BIASED),
    ]
    return Network.of((8, 8, 2), named(*layers))


def mlp(*widths: int, inputs: int = 5, rate: float = 0.0) -> Network:
    """Return tanh layers of these widths; the last one is linear."""
    layers: list[Layer] = []
    for width in widths[:-1]:
        layers += [Dense(width), Bias(BIASED), Tanh(), *([Dropout(rate)] if rate else [])]
    return Network.of((inputs,), named(*layers, Dense(widths[-1]), Bias(BIASED)))


def many_stages() -> Network:
    """Return a network with dropout on both sides of the first heavy dense layer."""
    layers = [
        Dropout(0.1),
        Conv(4, (3, 3), padding="same"),
        Bias(BIASED),
        Relu(),
        MaxPool((2, 2)),
        Dropout(0.2),
        Flatten(),
        Dense(20),
        Bias(BIASED),
        Relu(),
        Dropout(0.3),
        Dense(15),
        Bias(BIASED),
        Relu(),
        Dense(4),
        Bias(BIASED),
    ]
    return Network.of((6, 6, 1), named(*layers))


@dataclass(frozen=True)
class Batch:
    """A batch with random targets and weights."""

    x: np.ndarray
    targets: np.ndarray
    scale: np.ndarray


def batch_of(network: Network, size: int, seed: int = 0, *, classes: bool = True) -> Batch:
    generator = np.random.default_rng(seed)
    outputs = network.output_shape[0]
    shares = np.eye(outputs)[generator.integers(outputs, size=size)]
    targets = shares if classes else generator.normal(size=(size, outputs))
    scale = generator.random(size) + 0.1
    return Batch(generator.normal(size=(size, *network.input_shape)), targets, scale / scale.sum())


@dataclass(frozen=True)
class Step:
    """What one step leaves behind."""

    loss: float
    gradient: Array
    plan: TrainingPlan


def step(
    network: Network,
    batch: Batch,
    weights: Array,
    *,
    loss: Loss | None = None,
    threads: int = 1,
    seed: int = 0,
    number: int = 1,
) -> Step:
    """Plan and run one step in the dtype of `weights`, into a gradient that holds NaN before."""
    gradient = np.full(network.parameters, np.nan, weights.dtype)
    loss = loss or CrossEntropy()
    plan = network.training_plan(loss, len(batch.x), weights, gradient)
    x, targets, scale = (
        part.astype(weights.dtype) for part in (batch.x, batch.targets, batch.scale)
    )
    with Crew(threads) as crew:
        value = plan.run(crew, x, targets, scale, seed, number)
    return Step(value, gradient, plan)


def outputs(network: Network, x: np.ndarray, weights: Array, *, threads: int = 1) -> Array:
    """Return the outputs of an inference plan of all rows at once."""
    plan = network.inference_plan(len(x), weights)
    with Crew(threads) as crew:
        return plan.run(crew, x.astype(weights.dtype)).copy()


def initial(network: Network, dtype: str = "float64", seed: int = 3) -> Array:
    return network.layout.initial(seed, dtype)


def in_written_order(network: Network) -> Network:
    """Return the same network that runs in the order of its nodes, without any reordering."""
    plain = replace(network)
    plain.__dict__["run_order"] = network.nodes  # fills the cached property
    return plain


LOSSES: dict[str, tuple[Loss, bool]] = {
    "cross_entropy": (CrossEntropy(), True),
    "squared_error": (SquaredError(), False),
}
"""A loss, and whether its targets are classes."""


def far(one: Array, other: Array) -> float:
    """Return max|one - other| / max|other|; NaN counts as infinite."""
    difference = float(np.max(np.abs(one - other)))
    return difference / float(np.max(np.abs(other))) if np.isfinite(difference) else np.inf
