"""Pooling first: the same values and gradients to the last bit, where nothing rounds."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from network_runs import batch_of, cnn, far, in_written_order, initial, named, outputs, step

from cnnopt.layers import Bias, Conv, Dense, Dropout, Flatten, Layer, MaxPool, Relu, Tanh
from cnnopt.losses import SquaredError
from cnnopt.network import Network

POOLS = {
    "2x2": MaxPool((2, 2)),
    "3x3 by two": MaxPool((3, 3), (2, 2)),
    "1x2": MaxPool((1, 2)),
    "same": MaxPool((3, 3), (2, 2), "same"),
    "padded": MaxPool((2, 3), (2, 2), ((1, 0), (2, 1))),
    "ceil": MaxPool((2, 4), (2, 4), ceil=True),
}
"""Padding is -inf: whatever is added to it, no window wins by it, as each has a cell inside."""


def small(pool: MaxPool, *between: Layer) -> Network:
    front = [Conv(2, (3, 3), padding="same"), Bias(), *between, pool]
    return Network.of((5, 6, 1), named(*front, Flatten(), Dense(4), Bias()))


def dyadic(shape: tuple[int, ...], seed: int, values: int) -> np.ndarray:
    """Return few small whole numbers over 4: sums and products of them do not round."""
    return np.random.default_rng(seed).integers(-values, values + 1, shape) / 4


def bits(network: Network, x: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return loss, gradients and outputs, all of exact arithmetic."""
    batch = batch_of(network, len(x), classes=False)
    batch = type(batch)(x, dyadic(batch.targets.shape, 1, 4), np.full(len(x), 0.25))
    found = step(network, batch, weights, loss=SquaredError())
    return np.array(found.loss), found.gradient, outputs(network, x, weights)


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(seed=st.integers(0, 200), values=st.integers(1, 3))
def test_exact_on_numbers_that_do_not_round(
    pool: MaxPool, dtype: str, seed: int, values: int
) -> None:
    """Few values, so that windows are full of ties, among them zeros made by relu."""
    network = small(pool, Relu())
    assert network.run_order != network.nodes
    x = dyadic((4, 5, 6, 1), seed, values)
    weights = dyadic((network.parameters,), seed + 1, values).astype(dtype)
    moved, written = bits(network, x, weights), bits(in_written_order(network), x, weights)
    for one, other in zip(moved, written, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())
@pytest.mark.parametrize("level", [-1.0, 0.0, 1.0])
def test_exact_on_constant_images_where_everything_ties(pool: MaxPool, level: float) -> None:
    network = small(pool, Relu())
    x = np.full((4, 5, 6, 1), level)
    for seed in range(5):
        weights = dyadic((network.parameters,), seed, 3)
        moved, written = bits(network, x, weights), bits(in_written_order(network), x, weights)
        for one, other in zip(moved, written, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_same_values_to_the_bit_and_same_gradients_on_random_numbers(dtype: str) -> None:
    network = cnn()
    written = in_written_order(network)
    batch, weights = batch_of(network, 9), initial(network, dtype)
    np.testing.assert_array_equal(
        outputs(network, batch.x, weights), outputs(written, batch.x, weights)
    )
    one, other = step(network, batch, weights), step(written, batch, weights)
    assert far(one.gradient, other.gradient) <= {"float32": 1e-6, "float64": 1e-14}[dtype]


def kinds(network: Network) -> list[str]:
    return [type(node.layer).__name__ for node in network.run_order]


def test_what_moves_and_what_does_not() -> None:
    pool = MaxPool((2, 2))
    assert kinds(small(pool, Relu()))[:4] == ["Conv", "MaxPool", "Bias", "Relu"]
    assert kinds(small(pool))[:3] == ["Conv", "MaxPool", "Bias"]
    # Tanh rounds different numbers to ties, dropout is not monotonous.
    assert kinds(small(pool, Tanh()))[:4] == ["Conv", "Bias", "Tanh", "MaxPool"]
    assert kinds(small(pool, Relu(), Dropout(0.5)))[:5] == [
        "Conv",
        "Bias",
        "Relu",
        "Dropout",
        "MaxPool",
    ]
    twice = Network.of((8, 8, 1), named(Conv(2, (3, 3)), Bias(), Relu(), pool, pool, Flatten()))
    assert kinds(twice)[:5] == ["Conv", "MaxPool", "MaxPool", "Bias", "Relu"]


def test_shapes_and_places_fit_the_new_order() -> None:
    network = cnn()
    shape = network.input_shape
    for node in network.run_order:
        assert node.x == shape
        shape = node.y
    assert shape == network.output_shape
    written = in_written_order(network)
    assert [slot.name for slot in network.layout.slots] == [
        slot.name for slot in written.layout.slots
    ]
    np.testing.assert_array_equal(initial(network), initial(written))
