"""The whole network: gradients, slow layers as the oracle, inference, names of parameters."""

import harness
import numpy as np
import pytest
from network_runs import (
    LOSSES,
    Batch,
    batch_of,
    cnn,
    far,
    initial,
    mlp,
    outputs,
    step,
)
from oracles import convolution, objectives, pooling

from cnnopt.arrays import Array
from cnnopt.layers import Bias, Conv, Dense, Flatten, Layer, MaxPool, Relu, ShapeError
from cnnopt.network import Crew, Network
from cnnopt.network.network import EVALUATION_ROWS, Evaluator

NETWORKS = pytest.mark.parametrize("network", [cnn(), mlp(7, 6, 3)], ids=["cnn", "mlp"])


@NETWORKS
@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("size", [1, 5])
def test_gradient_along_random_directions(network: Network, name: str, size: int) -> None:
    """Weights random, examples of different weight; with a dropout layer see below."""
    loss, classes = LOSSES[name]
    batch, weights = batch_of(network, size, classes=classes), initial(network)
    found = step(network, batch, weights, loss=loss)
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=weights.shape)

        def moved(by: float, direction: Array = direction) -> float:
            return step(network, batch, weights + by * direction, loss=loss).loss

        along = float(found.gradient @ direction)
        difference = (moved(1e-6) - moved(-1e-6)) / 2e-6
        assert along == pytest.approx(difference, rel=1e-6, abs=1e-8)


def test_gradient_along_a_direction_with_dropout() -> None:
    network = cnn(rate=0.3)
    batch, weights = batch_of(network, 6), initial(network)
    found = step(network, batch, weights, seed=2, number=9)
    direction = np.random.default_rng(0).normal(size=weights.shape)

    def moved(by: float) -> float:
        return step(network, batch, weights + by * direction, seed=2, number=9).loss

    difference = (moved(1e-6) - moved(-1e-6)) / 2e-6
    assert float(found.gradient @ direction) == pytest.approx(difference, rel=1e-6)


def slow(batch: Batch, parameters: dict[str, Array]) -> tuple[float, dict[str, Array]]:
    """Return loss and gradients of conv, bias, relu, pool, flatten, dense, bias, by loops."""
    w1, b1 = parameters["conv_1.weight"], parameters["conv_1.bias"]
    w2, b2 = parameters["dense_1.weight"], parameters["dense_1.bias"]
    pads = ((1, 1), (1, 1))
    z = convolution.convolve(batch.x, w1, (1, 1), pads) + b1
    a = np.where(z > 0, z, 0.0)
    p = pooling.max_pool(a, (2, 2), (2, 2))
    flat = p.reshape(len(p), -1)
    y = flat @ w2 + b2
    loss = float(batch.scale @ objectives.cross_entropy(y, batch.targets))
    dy = objectives.cross_entropy_gradient(y, batch.targets, batch.scale)
    da = pooling.max_pool_gradient(a, (dy @ w2.T).reshape(p.shape), (2, 2), (2, 2))
    dz = np.where(z > 0, da, 0.0)
    _, dw1 = convolution.gradients(batch.x, w1, dz, (1, 1), pads)
    gradients = {
        "conv_1.weight": dw1,
        "conv_1.bias": dz.sum(axis=(0, 1, 2)),
        "dense_1.weight": flat.T @ dy,
        "dense_1.bias": dy.sum(axis=0),
    }
    return loss, gradients


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 3])
def test_equals_slow_layers_in_the_written_order(dtype: str, size: int) -> None:
    layers: list[tuple[str, Layer]] = [
        ("conv_1", Conv(3, (3, 3), padding="same")),
        ("conv_1", Bias()),
        ("relu_1", Relu()),
        ("pool_1", MaxPool((2, 2))),
        ("flatten_1", Flatten()),
        ("dense_1", Dense(4)),
        ("dense_1", Bias()),
    ]
    network = Network.of((4, 6, 2), layers)
    weights = np.random.default_rng(0).normal(size=network.parameters).astype(np.float32)
    batch = batch_of(network, size)
    batch = Batch(*(part.astype(np.float32).astype(float) for part in vars(batch).values()))
    wanted = slow(batch, network.layout.named(weights.astype(np.float64)))
    found = step(network, batch, weights.astype(dtype))
    assert found.loss == pytest.approx(wanted[0], rel=harness.TOLERANCE[dtype])
    gradients = network.layout.named(found.gradient)
    assert gradients.keys() == wanted[1].keys()
    for name, gradient in gradients.items():
        assert harness.error(gradient, wanted[1][name]) <= harness.TOLERANCE[dtype], name


@NETWORKS
def test_inference_is_the_training_forward_pass(network: Network) -> None:
    """The loss of the inference plan's outputs is the training plan's."""
    batch, weights = batch_of(network, 6), initial(network)
    found = outputs(network, batch.x, weights)
    losses = objectives.cross_entropy(found, batch.targets)
    assert step(network, batch, weights).loss == pytest.approx(float(batch.scale @ losses))


def test_inference_knows_no_dropout() -> None:
    plain, noisy = cnn(), cnn(rate=0.5)
    batch, weights = batch_of(plain, 6), initial(plain)
    np.testing.assert_array_equal(initial(noisy), weights)
    np.testing.assert_array_equal(
        outputs(noisy, batch.x, weights), outputs(plain, batch.x, weights)
    )
    assert step(noisy, batch, weights).loss != step(plain, batch, weights).loss


@pytest.mark.parametrize("rows", [1, EVALUATION_ROWS - 1, EVALUATION_ROWS, 2 * EVALUATION_ROWS + 3])
def test_the_evaluator_cuts_any_number_of_rows(rows: int) -> None:
    network = mlp(4, 3)
    weights = initial(network)
    x = np.random.default_rng(0).normal(size=(rows, 5))
    with Crew() as crew:
        evaluator = Evaluator(network, weights, crew)
        found = evaluator.outputs(x)
        assert found.shape == (rows, 3)
        parts = [outputs(network, x[a : a + 100], weights) for a in range(0, rows, 100)]
        assert far(found, np.concatenate(parts)) <= 1e-13
        # The weights count as they stand at the call.
        weights[:] = 0
        assert not evaluator.outputs(x).any()
        assert found.any()


def test_layout_names_places_and_penalties() -> None:
    network = cnn()
    flat = np.arange(float(network.parameters))
    parameters = network.layout.named(flat)
    assert list(parameters) == [
        f"{layer}.{tensor}"
        for layer in ("conv_1", "conv_2", "dense_1", "dense_2")
        for tensor in ("weight", "bias")
    ]
    assert parameters["conv_2.weight"].shape == (3, 2, 4, 5)
    assert all(np.shares_memory(tensor, flat) for tensor in parameters.values())
    joined = np.concatenate([tensor.ravel() for tensor in parameters.values()])
    np.testing.assert_array_equal(joined, flat)
    decaying = np.concatenate([flat[span] for span in network.layout.decaying])
    weights = [p.ravel() for name, p in parameters.items() if name.endswith("weight")]
    np.testing.assert_array_equal(decaying, np.concatenate(weights))


def test_both_dtypes_start_from_the_same_numbers() -> None:
    network = cnn()
    single, double = initial(network, "float32"), initial(network, "float64")
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert (initial(network, seed=4) != double).any()


def test_counts_of_work() -> None:
    network = cnn()
    conv1, conv2 = 8 * 8 * 9 * 2 * 4, 3 * 3 * 6 * 4 * 5
    assert network.nodes[4].y == (3, 3, 5)
    assert network.multiply_adds == conv1 + conv2 + 10 * 6 + 6 * 3
    weights = 9 * 2 * 4 + 6 * 4 * 5 + 10 * 6 + 6 * 3
    assert network.parameters == weights + 4 + 5 + 6 + 3


def test_layers_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"flat inputs"):
        Network.of((8, 8, 1), [("conv", Conv(2, (3, 3))), ("dense", Dense(3))])
