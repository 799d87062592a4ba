"""What is made once a step is made anew every step; and the caller's batch is only read."""

from typing import Any

import numpy as np
import pytest
from network_runs import BIASED, Batch, batch_of, far, initial, named, outputs, step

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import (
    BatchNorm,
    Bias,
    Conv,
    Dense,
    Dropout,
    Elu,
    Flatten,
    Layer,
    Relu,
    Residual,
    SpatialDropout,
    Tanh,
)
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network, partition
from cnnopt.network.prepare import Preparation

LARGE = Conv(24, (3, 3), padding="same")


def bilinear() -> Network:
    """Return a network with two convolutions that go the bilinear way, and one that does not."""
    front: list[Layer] = [
        Conv(20, (3, 3), padding="same"),
        Relu(),
        LARGE,
        Bias(BIASED),
        Relu(),
        LARGE,
    ]
    return Network.of((14, 14, 2), named(*front, Flatten(), Dense(3)))


def exact(network: Network) -> Network:
    """Return the same network without bilinear ways."""
    plain = [
        (node.name, Conv(node.layer.filters, node.layer.kernel, padding="same", exact=True))
        if isinstance(node.layer, Conv)
        else (node.name, node.layer)
        for node in network.nodes
    ]
    return Network.of(network.input_shape, plain)


def test_one_task_for_each_layer_that_prepares() -> None:
    network = bilinear()
    weights = initial(network, "float32")
    given = network.nodes, range(len(network.nodes)), 8, network.layout
    made = Preparation.of(*given, weights, Buffers("f4"))
    assert sorted(made.made) == ["conv_2", "conv_3"]
    assert len(made.tasks) == 2
    assert not Preparation.of(*given, weights.astype("f8"), Buffers("f8")).tasks


def sized(batch: Batch, dtype: str) -> tuple[Array, Array, Array]:
    x, targets, scale = (a.astype(dtype) for a in (batch.x, batch.targets, batch.scale))
    return x, targets, scale


@pytest.mark.parametrize("chunk", [1, 1 << 19, 1 << 40])
def test_kernels_are_transformed_anew_when_weights_have_changed(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One plan over changing weights gives what new plans give, to the bit."""
    monkeypatch.setattr(partition, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(partition, "PREPARED_TIMES", 0)
    network = bilinear()
    weights = initial(network, "float32")
    gradient = np.full(network.parameters, np.nan, np.float32)
    batch = batch_of(network, 7)
    plan = network.training_plan(CrossEntropy(), 7, weights, gradient)
    evaluation = network.inference_plan(7, weights)
    with Crew() as crew:
        for seed in range(3):
            weights[:] = initial(network, "float32", seed)
            loss = plan.run(crew, *sized(batch, "float32"), 0, 1)
            predicted = evaluation.run(crew, batch.x.astype("f4")).copy()
            fresh = step(network, batch, weights)
            assert loss == fresh.loss
            np.testing.assert_array_equal(gradient, fresh.gradient)
            np.testing.assert_array_equal(predicted, outputs(network, batch.x, weights))


@pytest.mark.parametrize("settings", [{}, {"CHUNK_BYTES": 1}, {"SHARD_WORK": {4: 1}}])
def test_shards_and_chunks_settle_to_the_exact_gradient(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition, "PREPARED_TIMES", 0)
    for name, value in settings.items():
        monkeypatch.setattr(partition, name, value)
    network = bilinear()
    weights = initial(network, "float32")
    batch = batch_of(network, 7)
    found, wanted = step(network, batch, weights), step(exact(network), batch, weights)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-5)
    assert far(found.gradient, wanted.gradient) <= 5e-6
    assert (found.gradient != wanted.gradient).any(), "both went the same way"
    predicted = [outputs(one, batch.x, weights) for one in (network, exact(network))]
    assert far(predicted[0], predicted[1]) <= 5e-6


FIRST: dict[str, list[Layer]] = {
    "dropout": [Dropout(0.5)],
    "spatial dropout": [SpatialDropout(0.5)],
    "relu": [Relu()],
    "tanh": [Tanh()],
    "elu": [Elu()],
    "bias": [Bias(BIASED)],
    "dropout, relu": [Dropout(0.5), Relu()],
    "batch norm, relu": [BatchNorm(), Relu()],
    "residual": [Residual((("relu_1", Relu()),))],
    "conv": [Conv(3, (3, 3), padding="same"), Bias(BIASED)],
    "flatten, dropout": [Flatten(), Dropout(0.5), Dense(7)],
    "flatten, dense": [Flatten(), Dense(7), Relu()],
}


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize(
    "settings",
    [{}, {"CHUNK_BYTES": 1, "PREPARED_TIMES": 0}, {"SHARD_WORK": {4: 1}, "HEAVY_WEIGHTS": 20}],
    ids=str,
)
def test_a_batch_is_as_before_after_any_run(
    name: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given in the plan's own array or in another: run again, it gives the same bits."""
    for constant, value in settings.items():
        monkeypatch.setattr(partition, constant, value)
    layers = [(f"first_{place}", layer) for place, layer in enumerate(FIRST[name])]
    rest = [] if "flatten" in name else [("flatten", Flatten())]
    network = Network.of((4, 5, 3), [*layers, *rest, ("dense", Dense(3))])
    weights, gradient = initial(network, "f4"), np.empty(network.parameters, np.float32)
    x, targets, scale = sized(batch_of(network, 6), "float32")
    plan = network.training_plan(CrossEntropy(), 6, weights, gradient)
    found = []
    with Crew() as crew:
        for given in (x, plan.input, plan.input):
            np.copyto(plan.input, x)
            before = given.copy()
            found.append(plan.run(crew, given, targets, scale, 3, 1))
            np.testing.assert_array_equal(given, before)
            np.testing.assert_array_equal(plan.input, x)
        evaluation = network.inference_plan(6, weights)
        before = x.copy()
        evaluation.run(crew, x)
        np.testing.assert_array_equal(x, before)
    assert found[0] == found[1] == found[2]
