"""Batch norm that pools first is batch norm with a pooling behind it."""

import hypothesis.strategies as st
import numpy as np
import pytest
from conftest import Cut
from hypothesis import HealthCheck, given, settings
from network_runs import BIASED, batch_of, far, in_written_order, initial, named, outputs, step

from cnnopt.layers import BatchNorm, Bias, Conv, Dense, Flatten, Layer, MaxPool, Relu
from cnnopt.layers.pooled_norm import PooledBatchNorm, PooledBefore
from cnnopt.network import Network

POOLS = {
    "2x2": MaxPool((2, 2)),
    "overlapping": MaxPool((3, 3), (2, 2)),
    "same": MaxPool((3, 3), (2, 2), "same"),
    "padded": MaxPool((2, 3), (2, 2), ((1, 0), (2, 1))),
    "ceil": MaxPool((2, 4), (2, 4), ceil=True),
    "one axis": MaxPool((1, 2)),
    "a cell now and then": MaxPool((1, 1), (2, 2)),
}
SIGNS = {
    "positive": (0.5, 1.5, 2.0, 0.1),
    "negative": (-0.5, -1.5, -2.0, -0.1),
    "mixed": (-0.5, 1.5, 0.7, -3.0),
    "nothing": (0.0, 1.0, -1.0, -0.0),
}
CUTS: list[dict[str, int]] = [{}, {"chunk": 1}, {"shard": 1}, {"shard": 1, "chunk": 1 << 14}]


def net(pool: Layer, *, behind: tuple[Layer, ...] = (Relu(),), flat: bool = False) -> Network:
    """Return a network with a batch norm and a pooling; `flat` has nothing to learn before it."""
    front: list[Layer] = [] if flat else [Conv(4, (3, 3), padding="same"), Bias(BIASED)]
    shape = (7, 8, 4) if flat else (7, 8, 2)
    start: list[Layer] = [MaxPool((1, 1))] if flat else []
    layers = [*start, *front, BatchNorm(), *behind, pool, Flatten(), Dense(3), Bias(BIASED)]
    return Network.of(shape, named(*layers))


def weights_of(network: Network, signs: tuple[float, ...], dtype: str = "float64") -> np.ndarray:
    flat = initial(network, dtype)
    network.layout.named(flat)["batchnorm_1.scale"][:] = signs
    return flat


def pooled(network: Network) -> list[str]:
    """Return the names of the batch norms that pool."""
    return [n.name for n in network.run_order if isinstance(n.layer, PooledBatchNorm)]


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())
@pytest.mark.parametrize("signs", SIGNS.values(), ids=SIGNS.keys())
@pytest.mark.parametrize("settings", CUTS, ids=str)
def test_equals_the_two_in_a_row(
    pool: MaxPool, signs: tuple[float, ...], settings: dict[str, int], cut: Cut
) -> None:
    """In every cut, with γ of any sign: loss, gradients, running values, and inference."""
    network = net(pool)
    assert pooled(network) == ["batchnorm_1"]
    written, batch = in_written_order(network), batch_of(network, 9)
    one, other = weights_of(network, signs), weights_of(network, signs)
    cut()
    wanted = step(written, batch, other)
    cut(**settings)
    found = step(network, batch, one)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-13)
    assert far(found.gradient, wanted.gradient) <= 1e-12
    assert far(one, other) <= 1e-14
    assert far(outputs(network, batch.x, one), outputs(written, batch.x, other)) <= 1e-13


@given(seed=st.integers(0, 1000), levels=st.integers(1, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ties_and_dead_windows(seed: int, levels: int) -> None:
    """Images of few values: the first of equal numbers wins, whatever the sign of γ."""
    network = net(MaxPool((3, 2), (2, 2)))
    written, batch = in_written_order(network), batch_of(network, 4)
    generator = np.random.default_rng(seed)
    batch = type(batch)(
        generator.integers(0, levels, batch.x.shape).astype(float), batch.targets, batch.scale
    )
    one, other = (weights_of(network, SIGNS["mixed"]) for _ in range(2))
    for flat in (one, other):
        kernel = network.layout.named(flat)["conv_1.weight"]
        kernel[:] = np.random.default_rng(seed).integers(-1, 2, kernel.shape)
    found, wanted = step(network, batch, one), step(written, batch, other)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-12)
    # A channel may be constant: its scale is then 1/√ε, and rounding errors grow with it.
    assert far(found.gradient, wanted.gradient) <= 1e-9


@pytest.mark.parametrize("mean", [0.0, 30.0, 3e3])
@pytest.mark.parametrize("signs", SIGNS.values(), ids=SIGNS.keys())
def test_single_precision_with_means_far_from_zero(mean: float, signs: tuple[float, ...]) -> None:
    network = net(POOLS["2x2"])
    batch = batch_of(network, 16)
    weights = [weights_of(network, signs, dtype) for dtype in ("float32", "float64")]
    for flat in weights:
        network.layout.named(flat)["conv_1.bias"][:] = mean
    single, double = (step(network, batch, flat) for flat in weights)
    assert single.loss == pytest.approx(double.loss, rel=1e-6 * (1 + mean))
    assert far(single.gradient, double.gradient) <= 2e-6 * (1 + mean)


def test_where_nothing_before_it_learns() -> None:
    network = net(POOLS["2x2"], flat=True)
    assert pooled(network) == ["batchnorm_1"]
    batch = batch_of(network, 5)
    one, other = (weights_of(network, SIGNS["mixed"]) for _ in range(2))
    found = step(network, batch, one)
    wanted = step(in_written_order(network), batch, other)
    assert far(found.gradient, wanted.gradient) <= 1e-12


@pytest.mark.parametrize("axes", [1, 3])
def test_along_a_line_and_in_space(axes: int) -> None:
    layers = (Conv(4, (2,) * axes), BatchNorm(), Relu(), MaxPool((2,) * axes), Flatten(), Dense(3))
    network = Network.of((*(5,) * axes, 6), named(*layers))
    assert pooled(network) == ["batchnorm_1"]
    batch = batch_of(network, 6)
    one, other = (weights_of(network, SIGNS["mixed"]) for _ in range(2))
    found = step(network, batch, one)
    wanted = step(in_written_order(network), batch, other)
    assert far(found.gradient, wanted.gradient) <= 1e-12


def test_inputs_are_turned_back() -> None:
    """A negative γ turns x round for the pooling; the convolution before it finds its y again."""
    network = net(POOLS["2x2"])
    batch, weights = batch_of(network, 5), weights_of(network, SIGNS["negative"])
    first = outputs(network, batch.x, weights)
    np.testing.assert_array_equal(outputs(network, batch.x, weights), first)


def test_what_is_left_as_it_is() -> None:
    assert not pooled(net(MaxPool((1, 1)))), "nothing to gain"
    pool = MaxPool((2, 2))
    first = Network.of((4, 4, 2), named(BatchNorm(), pool, Flatten(), Dense(2)))
    assert not pooled(first), "its inputs are the caller's"


def test_names_and_shapes_stay_where_the_config_has_them() -> None:
    network = net(POOLS["2x2"])
    assert [node.name for node in network.run_order if not isinstance(node.layer, Bias)] == [
        "conv_1",
        "batchnorm_1",
        "maxpool_1",
        "relu_1",
        "flatten_1",
        "dense_1",
    ]
    place = next(n for n in network.run_order if isinstance(n.layer, PooledBefore))
    assert place.x == place.y == (3, 4, 4)
    written = in_written_order(network)
    assert [s.name for s in network.layout.slots] == [s.name for s in written.layout.slots]
