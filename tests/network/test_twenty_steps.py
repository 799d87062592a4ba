"""Twenty steps of training give the same bits on one, two and four threads."""

from dataclasses import dataclass

import numpy as np
import pytest
from network_runs import BIASED, batch_of, initial, named

from cnnopt.arrays import Array
from cnnopt.layers import (
    BatchNorm,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Flatten,
    MaxPool,
    Relu,
)
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network, partition
from cnnopt.optimizers import Adam, Momentum, Optimizer, Updater

STEPS = 20
THREADS = (1, 2, 4)

CONV = Network.of(
    (14, 14, 3),
    named(
        Conv(20, (3, 3), padding="same"),
        BatchNorm(),
        Relu(),
        Conv(32, (3, 3), padding="same"),
        Bias(BIASED),
        Relu(),
        MaxPool((2, 2)),
        Dropout(0.2),
        Conv(24, (5, 5), padding="same"),
        BatchNorm(),
        Relu(),
        Flatten(),
        Dense(256),
        Bias(BIASED),
        Relu(),
        Dropout(0.5),
        Dense(1050),
        BatchNorm(),
        Relu(),
        Dense(5),
        Bias(BIASED),
    ),
)
"""Bilinear and other convolutions, batch norm in several phases, dense layers of 2¹⁸ weights."""

MLP = Network.of(
    (300,),
    named(
        Dense(900),
        Bias(BIASED),
        Relu(),
        DropConnect(Dense(300), 0.3),
        BatchNorm(),
        Relu(),
        Dense(900),
        Relu(),
        Dropout(0.4),
        Dense(7),
    ),
)


@pytest.fixture(autouse=True)
def four_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut small networks, too, in as many shards as there may be."""
    monkeypatch.setattr(partition, "SHARD_WORK", {4: 1})


@dataclass(frozen=True)
class End:
    """What twenty steps leave behind."""

    losses: list[float]
    weights: Array
    slots: list[Array]
    outputs: Array
    shards: int


def train(network: Network, optimizer: Optimizer, sizes: tuple[int, ...], threads: int) -> End:
    """Take batches of these sizes in turn, as an epoch does whose last one is ragged."""
    weights = initial(network, "float32")
    gradient = np.full(network.parameters, np.nan, np.float32)
    updater = Updater(optimizer, weights[: network.parameters], gradient)
    plans = {
        size: network.training_plan(CrossEntropy(), size, weights, gradient) for size in set(sizes)
    }
    evaluation = network.inference_plan(33, weights)
    losses = []
    with Crew(threads) as crew:
        for number in range(1, STEPS + 1):
            size = sizes[number % len(sizes)]
            batch = batch_of(network, size, seed=number)
            x, targets, scale = (
                part.astype(np.float32) for part in (batch.x, batch.targets, batch.scale)
            )
            losses.append(plans[size].run(crew, x, targets, scale, 1, number))
            crew.run(updater.tasks(optimizer.learning_rate, number))
        x = batch_of(network, 33, seed=99).x.astype(np.float32)
        outputs = evaluation.run(crew, x).copy()
    slots = list(updater.slots.values())
    return End(losses, weights, slots, outputs, plans[sizes[0]].shards)


def check(network: Network, optimizer: Optimizer, sizes: tuple[int, ...], shards: int) -> None:
    one, *others = (train(network, optimizer, sizes, threads) for threads in THREADS)
    assert one.shards == shards
    assert np.isfinite(one.losses).all()
    assert len(set(one.losses)) == STEPS
    for other in others:
        assert other.losses == one.losses
        np.testing.assert_array_equal(other.weights, one.weights)
        np.testing.assert_array_equal(other.outputs, one.outputs)
        for slot, wanted in zip(other.slots, one.slots, strict=True):
            np.testing.assert_array_equal(slot, wanted)


def test_the_networks_are_what_they_should_be() -> None:
    stages = partition.cut_stages(CONV.run_order)
    assert [stage.whole for stage in stages].count(True) == 1
    assert [stage.coupled for stage in stages].count(True) == 3
    ways = [
        choice is not None and bool(choice.algorithms)
        for node in CONV.run_order
        if isinstance(node.layer, Conv)
        for choice in (node.layer.choice(node.x, 21),)
    ]
    assert ways.count(True) >= 1
    assert ways.count(False) >= 1
    assert [stage.whole for stage in partition.cut_stages(MLP.run_order)].count(True) == 1
    for network in (CONV, MLP):
        weights = np.zeros(network.parameters, np.float32)
        assert len(Updater(Adam(), weights, weights).tasks(0.1, 1)) > 1


def test_a_convolutional_net_by_adam() -> None:
    """Batches of 21 and 13: no number of shards or chunks divides them."""
    check(CONV, Adam(1e-3), (21, 21, 13), shards=4)


@pytest.mark.parametrize("optimizer", [Momentum(0.02), Adam(1e-3)], ids=str)
def test_a_net_of_dense_layers(optimizer: Optimizer) -> None:
    check(MLP, optimizer, (50, 7), shards=4)


def test_chunks_of_few_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition, "CHUNK_BYTES", 1 << 18)
    monkeypatch.setattr(partition, "PREPARED_TIMES", 0)
    check(CONV, Adam(1e-3), (17, 6), shards=4)
