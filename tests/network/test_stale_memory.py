"""Nothing relies on what is left in shared memory: with NaN in it, every bit is the same."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from network_runs import BIASED, batch_of, cnn, initial, many_stages, mlp, named
from poison import poisoned

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import (
    AvgPool,
    BatchNorm,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Elu,
    Flatten,
    Gelu,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    LayerNorm,
    LeakyRelu,
    MaxPool,
    Parallel,
    Relu,
    Residual,
    Sigmoid,
    Silu,
    Softmax,
    SpatialDropout,
    Tanh,
    Wires,
)
from cnnopt.layers.base import Memory
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network, partition

LAST = (Flatten(), Dense(3), Bias(BIASED))

NETWORKS = {
    "cnn": cnn(rate=0.3),
    "mlp": mlp(7, 6, 3, rate=0.3),
    "many stages": many_stages(),
    "bilinear": Network.of(
        (14, 14, 20),
        named(
            Conv(24, (3, 3), padding="same"),
            Bias(BIASED),
            Relu(),
            MaxPool((2, 2)),
            Conv(24, (3, 3), padding="same"),
            BatchNorm(),
            Relu(),
            Conv(20, (3, 3)),
            *LAST,
        ),
    ),
    "batch norm": Network.of(
        (6, 7, 2),
        named(
            Conv(4, (3, 3), padding="same"),
            BatchNorm(),
            Relu(),
            MaxPool((2, 2)),
            Dropout(0.2),
            Conv(5, (2, 2)),
            BatchNorm(),
            BatchNorm(),
            Tanh(),
            Flatten(),
            Dense(20),
            BatchNorm(),
            Relu(),
            Dense(3),
        ),
    ),
    "every way to convolve": Network.of(
        (9, 8, 6),
        named(
            Conv(6, (3, 3), groups=6, padding="same"),
            LeakyRelu(),
            Conv(8, (5, 5), groups=2, padding="same"),
            Elu(),
            Conv(3, (1, 1)),
            Silu(),
            Conv(4, (3, 3), (2, 1), ((1, 0), (2, 1)), dilation=(1, 2), flip=True),
            Gelu(),
            Conv(6, (4, 5), padding="same"),
            Gelu("tanh"),
            Conv(4, (1, 1), padding=((1, 1), (0, 1))),
            *LAST,
        ),
    ),
    "every pooling": Network.of(
        (12, 13, 3),
        named(
            MaxPool((2, 2), (1, 1)),
            Conv(4, (2, 2)),
            MaxPool((3, 3), (2, 2), "same"),
            Sigmoid(),
            AvgPool((2, 3), (1, 2), ((1, 0), (1, 1)), ceil=True),
            Softmax(),
            MaxPool((2, 2), padding=((1, 1), (1, 1))),
            Parallel(((("p", GlobalAvgPool()),), (("q", GlobalMaxPool()),))),
            *LAST,
        ),
    ),
    "along a line": Network.of(
        (30, 1),
        named(
            Conv(5, (3,), padding="same"),
            Bias(BIASED),
            Relu(),
            MaxPool((3,), (2,)),
            GroupNorm(1),
            Conv(6, (4,)),
            SpatialDropout(0.3),
            LayerNorm(),
            *LAST,
        ),
    ),
    "in three dimensions": Network.of(
        (5, 6, 4, 2),
        named(Conv(4, (2, 3, 2), padding="same"), BatchNorm(), MaxPool((2, 2, 2)), Relu(), *LAST),
    ),
    "nested": Network.of(
        (6, 6, 2),
        named(
            Residual((("c", Conv(4, (3, 3), padding="same")), ("n", BatchNorm()), ("t", Tanh()))),
            Relu(),
            Parallel(((("c", Conv(2, (3, 3))), ("r", Relu())), (("c", Conv(3, (3, 3))),))),
            Dropout(0.3),
            Flatten(),
            DropConnect(Dense(9), 0.4),
            LayerNorm(),
            Dense(3),
        ),
    ),
}

CUTS: dict[str, dict[str, int]] = {
    "as they are": {},
    "single examples": {"CHUNK_BYTES": 1, "CHUNK_EXAMPLES": 1},
    "shards, ragged chunks, heavy layers": {
        "CHUNK_BYTES": 1 << 16,
        "CHUNK_EXAMPLES": 2,
        "SHARD_WORK": 1,
        "HEAVY_WEIGHTS": 100,
    },
}


@dataclass(frozen=True)
class Results:
    """What two steps and an evaluation leave behind."""

    losses: list[float]
    gradients: list[Array]
    weights: Array  # running means among them
    outputs: Array

    def are(self, other: "Results") -> bool:
        """Whether all bits are the same."""
        return (
            self.losses == other.losses
            and all(map(np.array_equal, self.gradients, other.gradients))
            and np.array_equal(self.weights, other.weights)
            and np.array_equal(self.outputs, other.outputs)
        )


def run(network: Network, dtype: str = "float32", size: int = 7) -> Results:
    """Plan once, then run steps on two batches, the first one again, and an evaluation."""
    weights = initial(network, dtype)
    gradient = np.full(network.parameters, np.nan, dtype)
    plan = network.training_plan(CrossEntropy(), size, weights, gradient)
    losses, gradients = [], []
    with Crew() as crew:
        for number in (0, 1, 0):
            batch = batch_of(network, size, number)
            x, targets, scale = (
                part.astype(dtype) for part in (batch.x, batch.targets, batch.scale)
            )
            losses.append(plan.run(crew, x, targets, scale, 0, number))
            gradients.append(gradient.copy())
        x = batch_of(network, 9, 5).x.astype(dtype)
        found = network.inference_plan(len(x), weights).run(crew, x).copy()
    return Results(losses, gradients, weights, found)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("cut", CUTS)
def test_poison_changes_no_bit(name: str, cut: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for constant, value in CUTS[cut].items():
        monkeypatch.setattr(partition, constant, value)
    clean = run(NETWORKS[name])
    with poisoned() as memory:
        found = run(NETWORKS[name])
    assert np.isfinite(clean.losses).all()
    # What a step leaves in buffers of its own is nothing for the next, either.
    assert clean.losses[0] == clean.losses[2] != clean.losses[1]
    np.testing.assert_array_equal(clean.gradients[0], clean.gradients[2])
    assert len(memory.lent) > 3
    assert found.are(clean)
    memory.check_constants()


def test_poison_changes_no_bit_in_float64() -> None:
    clean = run(NETWORKS["bilinear"], "float64")
    with poisoned():
        assert run(NETWORKS["bilinear"], "float64").are(clean)


@dataclass(frozen=True)
class Forgetful:
    """Relu whose backward pass finds again what its forward pass has left in scratch."""

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    reads_input: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False
    asks_input: bool = False

    def output_shape(self, x: Any) -> Any:
        return x

    def parameters(self, x: Any) -> Any:
        return ()

    def multiply_adds(self, x: Any) -> int:
        return 0

    def plan(self, wires: Wires, make: Buffers) -> Any:
        return wires, make.scratch(wires.y.shape)

    def forward(self, s: Any, parameters: Any) -> None:
        wires, left = s
        np.maximum(wires.x, 0, out=wires.y)
        np.copyto(left, wires.x)

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        wires, left = s
        known = wires.x if self.asks_input else left
        if wires.dx is not None:
            np.multiply(wires.dy, known > 0, out=wires.dx)


@pytest.mark.parametrize("asks_input", [False, True])
def test_the_poison_would_be_seen(asks_input: bool) -> None:
    """A layer that reads in its backward pass what it has not kept, or not said that it reads."""
    layer = Forgetful(asks_input)
    network = Network.of((6,), named(Dense(8), Tanh(), Dense(5), layer, Dense(7), Relu(), Dense(3)))
    clean = run(network)
    with poisoned():
        assert not run(network).are(clean)


def test_a_constant_that_is_written_to_would_be_seen() -> None:
    @dataclass(frozen=True)
    class Careless(Forgetful):
        def plan(self, wires: Wires, make: Buffers) -> Any:
            return wires, make.constant(1, wires.y.shape)

    network = Network.of((6,), named(Dense(8), Careless(), Dense(3)))
    with poisoned(), pytest.raises(ValueError, match="read-only"):
        run(network)
