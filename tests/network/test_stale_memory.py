"""Sharing memory changes no bit, and nothing relies on what is left there: NaN does no harm."""

from dataclasses import dataclass
from typing import Any, ClassVar

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from network_runs import BIASED, batch_of, far, initial, named, step
from plain_run import plain_step
from poison import poisoned, sharing_nothing
from varied_networks import NETWORKS

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import (
    AvgPool,
    BatchNorm,
    Bias,
    Conv,
    Dense,
    Dropout,
    Elu,
    Flatten,
    Gelu,
    GlobalMaxPool,
    GroupNorm,
    Layer,
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

CUTS: dict[str, dict[str, Any]] = {
    "as they are": {},
    "single examples": {"CHUNK_BYTES": 1, "PREPARED_TIMES": 0},
    "shards, ragged chunks, heavy layers": {
        "CHUNK_BYTES": 1 << 16,
        "PREPARED_TIMES": 0,
        "SHARD_WORK": {4: 1},
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


def run(
    network: Network,
    dtype: str = "float32",
    *,
    size: int = 7,
    numbers: tuple[int, ...] = (0, 1, 0),
) -> Results:
    """Plan once, then run steps on batches of these numbers, and an evaluation."""
    weights = initial(network, dtype)
    gradient = np.full(network.parameters, np.nan, dtype)
    plan = network.training_plan(CrossEntropy(), size, weights, gradient)
    losses, gradients = [], []
    with Crew() as crew:
        for number in numbers:
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
    with sharing_nothing():
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


KEEPING: tuple[Layer, ...] = (
    Bias(BIASED),
    Relu(),
    Tanh(),
    LeakyRelu(),
    Elu(),
    Gelu(),
    Silu(),
    Sigmoid(),
    Softmax(),
    Dropout(0.3),
    SpatialDropout(0.3),
    BatchNorm(),
    LayerNorm(),
    GroupNorm(2),
    Conv(4, (3, 2), padding="same"),
    Conv(4, (1, 1)),
    Conv(4, (2, 2), groups=4, padding="same"),
    MaxPool((2, 2), (1, 1), "same"),
    AvgPool((2, 1), (1, 1), "same"),
    Residual((("d", Dropout(0.2)), ("t", Tanh()))),
)
FLAT: tuple[Layer, ...] = (Dense(6), Bias(BIASED), Relu(), Tanh(), Dropout(0.3), BatchNorm())


@pytest.mark.parametrize("name", NETWORKS)
def test_a_plan_is_one_layer_after_another(name: str) -> None:
    network = NETWORKS[name]
    batch, one, other = batch_of(network, 5), initial(network), initial(network)
    wanted = plain_step(network, batch, one)
    found = step(network, batch, other)
    assert found.loss == pytest.approx(wanted[0], rel=1e-12)
    assert far(found.gradient, wanted[1]) <= 1e-11
    assert far(other, one) <= 1e-13  # running means and variances


@given(
    front=st.lists(st.sampled_from(KEEPING), max_size=7),
    back=st.lists(st.sampled_from(FLAT), max_size=4),
    cut=st.sampled_from(sorted(CUTS)),
    size=st.integers(2, 6),
)
def test_poison_changes_no_bit_of_any_row_of_layers(
    front: list[Layer], back: list[Layer], cut: str, size: int
) -> None:
    layers = [(f"n{place}", layer) for place, layer in enumerate([*front, Flatten(), *back])]
    network = Network.of((4, 5, 4), [*layers, ("last", Dense(3))])
    with pytest.MonkeyPatch.context() as patch:
        for constant, value in CUTS[cut].items():
            patch.setattr(partition, constant, value)
        with sharing_nothing():
            clean = run(network, size=size, numbers=(0,))
        with poisoned():
            assert run(network, size=size, numbers=(0,)).are(clean)


READERS: tuple[Layer, ...] = (
    *(layer for layer in KEEPING if layer.memory == "in place"),
    Conv(4, (1, 1)),
    Conv(4, (2, 2), groups=4),
    BatchNorm(),
    Residual((("c", Conv(4, (1, 1))),)),
    Parallel(((("c", Conv(3, (1, 1))),), (("n", LayerNorm()),))),
    GlobalMaxPool(),
)
"""What works in place on the outputs of the layer before, or reads them again going back."""


@pytest.mark.parametrize("first", KEEPING, ids=lambda layer: type(layer).__name__)
def test_poison_does_no_harm_behind_any_layer(first: Layer) -> None:
    for reader in READERS:
        layers = [Conv(4, (2, 1)), first, reader, Conv(4, (1, 1)), Flatten(), Dense(3)]
        if reader.output_shape((3, 5, 4)) == (4,):
            layers[3:5] = []
        network = Network.of((4, 5, 4), [(f"n{n}", layer) for n, layer in enumerate(layers)])
        weights, batch = initial(network), batch_of(network, 3)
        wanted = plain_step(network, batch, weights)
        with poisoned():
            found = step(network, batch, initial(network))
        assert found.loss == pytest.approx(wanted[0], rel=1e-12), reader
        assert far(found.gradient, wanted[1]) <= 1e-11, reader


def test_poison_changes_no_bit_in_float64() -> None:
    with sharing_nothing():
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
    with sharing_nothing():
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
