"""Convolutions that write as pooling reads: which they are, and that no result changes."""

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from network_runs import BIASED, batch_of, far, in_written_order, initial, named, outputs, step

from cnnopt.arrays import Shape
from cnnopt.layers import (
    AvgPool,
    BatchNorm,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    Relu,
    Residual,
    Tanh,
)
from cnnopt.layers.pooled_norm import PooledBatchNorm
from cnnopt.losses import SquaredError
from cnnopt.network import Network, partition
from cnnopt.network.reorder import by_phase, pool_first

POOL = MaxPool((2, 2))
CONV = Conv(5, (3, 3), padding="same")


def net(*front: Layer, x: Shape = (7, 9, 6)) -> Network:
    return Network.of(x, named(*front, Flatten(), Dense(4), Bias(BIASED)))


def in_pooled_order(network: Network) -> Network:
    """Return the same network with pooling moved and every cell in natural order."""
    plain = replace(network)
    plain.__dict__["run_order"] = pool_first(network.nodes)  # fills the cached property
    return plain


def phases(network: Network) -> list[Shape]:
    """Return the phases of all layers that have any."""
    found = []
    for node in network.run_order:
        layer = node.layer.pool if isinstance(node.layer, PooledBatchNorm) else node.layer
        if isinstance(layer, Conv | MaxPool) and layer.phases:
            found.append(layer.phases)
    return found


TOUCHED: dict[str, tuple[Network, Shape]] = {
    "conv, bias, relu, pool": (net(CONV, Bias(BIASED), Relu(), POOL), (2, 2)),
    "conv, pool": (net(CONV, POOL), (2, 2)),
    "batch norm between": (net(CONV, BatchNorm(), Relu(), POOL), (2, 2)),
    "bias, batch norm, relu between": (net(CONV, Bias(BIASED), BatchNorm(), Relu(), POOL), (2, 2)),
    "3x3 by two": (net(CONV, Relu(), MaxPool((3, 3), (2, 2))), (2, 2)),
    "2x2 by three": (net(CONV, MaxPool((2, 2), (3, 3))), (3, 3)),
    "one axis": (net(CONV, Relu(), MaxPool((1, 3), (1, 3))), (1, 3)),
    "overlapping by one and two": (net(CONV, MaxPool((2, 4), (1, 2))), (1, 2)),
    "ceil that adds nothing": (net(CONV, MaxPool((1, 3), ceil=True)), (1, 3)),
    "conv by two": (net(Conv(4, (3, 3), (2, 1)), Bias(BIASED), POOL), (2, 2)),
    "conv of one cell": (net(Conv(4, (1, 1)), Bias(BIASED), POOL), (2, 2)),
    "dilated": (net(Conv(4, (2, 2), dilation=(2, 1)), Relu(), POOL), (2, 2)),
    "flipped": (net(Conv(4, (3, 2), flip=True), Relu(), POOL), (2, 2)),
    "wide kernel": (net(Conv(4, (4, 5), padding="same"), Relu(), POOL), (2, 2)),
    "few channels": (net(CONV, Relu(), POOL, x=(7, 9, 2)), (2, 2)),
    "bilinear in float32": (net(Conv(24, (3, 3)), Relu(), POOL, x=(15, 14, 24)), (2, 2)),
    "along a line": (net(Conv(4, (3,)), Relu(), MaxPool((3,)), x=(19, 6)), (3,)),
    "along a line, few channels": (net(Conv(4, (3,)), MaxPool((3,), (2,)), x=(19, 1)), (2,)),
    "in three dimensions": (
        net(Conv(3, (2, 2, 2)), BatchNorm(), MaxPool((2, 2, 2)), x=(6, 5, 6, 5)),
        (2, 2, 2),
    ),
    "in three dimensions, few channels": (
        net(Conv(3, (2, 2, 2)), Relu(), MaxPool((2, 1, 2)), x=(6, 5, 6, 3)),
        (2, 1, 2),
    ),
}

UNTOUCHED = {
    "padded pool": net(CONV, Relu(), MaxPool((2, 2), padding=((1, 0), (0, 0)))),
    "same pool that pads": net(CONV, MaxPool((3, 3), (2, 2), "same")),
    "ceil beyond the end": net(CONV, MaxPool((2, 2), ceil=True)),
    "groups": net(Conv(6, (3, 3), groups=2), Relu(), POOL),
    "depthwise": net(Conv(6, (3, 3), groups=6), POOL),
    "stride one": net(CONV, Relu(), MaxPool((2, 2), (1, 1))),
    "dropout between": net(CONV, Relu(), Dropout(0.3), POOL),
    "tanh between": net(CONV, Tanh(), POOL),
    "average pool": net(CONV, AvgPool((2, 2))),
    "average pool between": net(CONV, AvgPool((2, 2), (1, 1)), POOL),
    "no convolution before": net(Relu(), POOL),
    "drop connect": net(DropConnect(CONV, 0.2), POOL),
    "inside a residual": net(
        Residual((("c", Conv(6, (3, 3), padding="same")), ("p", MaxPool((2, 2), (1, 1), "same"))))
    ),
}


@pytest.mark.parametrize("name", TOUCHED)
def test_both_get_the_phases_of_the_pooling(name: str) -> None:
    network, wanted = TOUCHED[name]
    assert phases(network) == [wanted, wanted]
    # What the user sees is as it was written.
    assert not any(getattr(node.layer, "phases", ()) for node in network.nodes)


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_is_left_as_it_is(name: str) -> None:
    assert phases(UNTOUCHED[name]) == []
    assert by_phase(UNTOUCHED[name].nodes) == UNTOUCHED[name].nodes


def test_one_of_them_goes_the_bilinear_way() -> None:
    node = TOUCHED["bilinear in float32"][0].run_order[0]
    assert isinstance(node.layer, Conv)
    choice = node.layer.choice(node.x, 6)
    assert choice is not None
    assert choice.algorithms


def test_only_the_first_pooling_behind_a_convolution() -> None:
    network = net(CONV, Relu(), POOL, POOL, CONV, POOL, x=(16, 16, 6))
    assert phases(network) == [(2, 2)] * 4
    second = [node.layer for node in network.run_order if isinstance(node.layer, MaxPool)][1]
    assert second.phases == ()


def dyadic(shape: Shape, seed: int) -> np.ndarray:
    """Return few small whole numbers over 4: sums and products of them do not round."""
    return np.random.default_rng(seed).integers(-2, 3, shape) / 4


def results(network: Network, x: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, ...]:
    batch = batch_of(network, len(x), classes=False)
    scale = np.full(len(x), 1 / len(x))
    batch = replace(batch, x=x, targets=dyadic(batch.targets.shape, 1), scale=scale)
    found = step(network, batch, weights, loss=SquaredError())
    return np.array(found.loss), found.gradient, outputs(network, x, weights)


WITHOUT_NORM = [name for name, (network, _) in TOUCHED.items() if "norm" not in str(network)]


@pytest.mark.parametrize("name", WITHOUT_NORM)
@pytest.mark.parametrize("seed", range(2))
def test_results_are_those_of_the_natural_order_to_the_bit(name: str, seed: int) -> None:
    """On numbers that do not round, full of ties."""
    network, _ = TOUCHED[name]
    x = dyadic((4, *network.input_shape), seed)
    weights = dyadic((network.layout.total,), seed + 10)
    for plain in (in_pooled_order(network), in_written_order(network)):
        pairs = zip(results(network, x, weights), results(plain, x, weights), strict=True)
        for found, wanted in pairs:
            np.testing.assert_array_equal(found, wanted)


LIMITS = {"float32": 2e-6, "float64": 1e-13}


@pytest.mark.parametrize("name", TOUCHED)
@pytest.mark.parametrize("dtype", LIMITS)
def test_results_on_random_numbers(name: str, dtype: str) -> None:
    network, _ = TOUCHED[name]
    batch, start = batch_of(network, 6), initial(network, dtype)
    for plain in (in_pooled_order(network), in_written_order(network)):
        one, other = start.copy(), start.copy()
        found, wanted = step(network, batch, one), step(plain, batch, other)
        assert found.loss == pytest.approx(wanted.loss, rel=LIMITS[dtype])
        assert far(found.gradient, wanted.gradient) <= LIMITS[dtype]
        assert far(one, other) <= LIMITS[dtype]  # running means and variances among them
        predicted = outputs(network, batch.x, one), outputs(plain, batch.x, one)
        assert far(*predicted) <= LIMITS[dtype]


@given(data=st.data())
def test_any_extents_kernels_and_strides(data: st.DataObject) -> None:
    """Cells that fill no window at the end, and between windows; chunks of one and of more."""

    def each(least: int, most: int) -> Any:
        return data.draw(st.tuples(st.integers(least, most), st.integers(least, most)))

    kernel, stride, extents = each(1, 4), each(1, 3), each(4, 8)
    channels = data.draw(st.sampled_from([1, 3, 6]))
    norm: list[Layer] = [BatchNorm()] if data.draw(st.booleans()) else []
    front: list[Layer] = [Conv(3, (2, 3), padding="same"), Bias(BIASED), *norm, Relu()]
    front.append(MaxPool(kernel, stride))
    network = net(*front, x=(*extents, channels))
    assert bool(phases(network)) == (max(stride) > 1)
    batch, start = batch_of(network, 5), initial(network)
    one, other = start.copy(), start.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partition, "CHUNK_BYTES", data.draw(st.sampled_from([1, 1 << 30])))
        patch.setattr(partition, "PREPARED_TIMES", 0)
        found = step(network, batch, one)
    wanted = step(in_written_order(network), batch, other)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-12)
    assert far(found.gradient, wanted.gradient) <= 1e-11
    assert far(one, other) <= 1e-12
