"""How a batch is cut changes nothing beyond rounding; how many threads there are, no bit."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_runs import (
    batch_of,
    cnn,
    far,
    initial,
    many_stages,
    mlp,
    named,
    outputs,
    step,
)

from cnnopt.layers import Bias, Conv, Dense, Dropout, Flatten, Relu
from cnnopt.losses import SquaredError
from cnnopt.network import Network, partition

Cut = Callable[..., None]

NETWORKS = pytest.mark.parametrize(
    "network",
    [cnn(rate=0.3), mlp(7, 6, 3, rate=0.3), many_stages()],
    ids=["cnn", "mlp", "many stages"],
)
# chunk bytes, weights of a heavy layer, work of a shard
CUTS = [
    {"chunk": 1},
    {"chunk": 1 << 13},
    {"chunk": 1 << 15},
    {"heavy": 1},
    {"heavy": 60},
    {"heavy": 60, "chunk": 1},
    {"heavy": 60, "chunk": 1 << 14},
    {"shard": 1},
    {"shard": 1, "most": 2},
    {"shard": 1, "chunk": 1},
    {"shard": 1, "chunk": 1 << 13, "heavy": 60},
]


@NETWORKS
@pytest.mark.parametrize("size", [1, 2, 13])
@pytest.mark.parametrize("settings", CUTS, ids=str)
def test_cuts_change_nothing_beyond_rounding(
    network: Network, size: int, settings: dict[str, int], cut: Cut
) -> None:
    batch, weights = batch_of(network, size), initial(network)
    cut()
    whole = step(network, batch, weights, seed=1)
    predicted = outputs(network, batch.x, weights)
    cut(**settings)
    parts = step(network, batch, weights, seed=1)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-13)
    assert far(parts.gradient, whole.gradient) <= 1e-13
    assert far(outputs(network, batch.x, weights), predicted) <= 1e-13


@NETWORKS
def test_the_cuts_above_are_cuts(network: Network, cut: Cut) -> None:
    """The constants act: buffers shrink with the chunk, and shards come with little work."""

    def size(**settings: int) -> tuple[int, int]:
        cut(**settings)
        plan = step(network, batch_of(network, 13), initial(network)).plan
        return plan.nbytes, plan.shards

    whole, shards = size()
    assert shards == 1
    assert size(chunk=1)[0] < whole
    assert size(heavy=1, chunk=1) != size(chunk=1)
    assert size(shard=1)[1] == 4
    assert size(shard=1, most=2)[1] == 2


@NETWORKS
@pytest.mark.parametrize("settings", [{"shard": 1}, {"shard": 1, "chunk": 1, "heavy": 60}], ids=str)
def test_threads_change_no_bit(network: Network, settings: dict[str, int], cut: Cut) -> None:
    cut(**settings)
    batch, weights = batch_of(network, 13), initial(network, "float32")
    alone = step(network, batch, weights)
    assert alone.plan.shards == 4
    predicted = outputs(network, batch.x, weights)
    for threads in (2, 3, 4, 7):
        together = step(network, batch, weights, threads=threads)
        assert together.loss == alone.loss
        np.testing.assert_array_equal(together.gradient, alone.gradient)
        np.testing.assert_array_equal(
            outputs(network, batch.x, weights, threads=threads), predicted
        )


def test_dropout_masks_are_independent_of_cuts(cut: Cut) -> None:
    """With the loss linear in the kept inputs, one other mask would change it."""
    network = Network.of((40,), named(Dropout(0.5), Dense(1)))
    batch, weights = batch_of(network, 13, classes=False), np.ones(40, np.float64)
    cut()
    whole = step(network, batch, weights, loss=SquaredError(), seed=5, number=3)
    for settings in CUTS:
        cut(**settings)
        parts = step(network, batch, weights, loss=SquaredError(), seed=5, number=3)
        assert far(parts.gradient, whole.gradient) <= 1e-13
    cut()
    for seed, number in ((6, 3), (5, 4)):
        other = step(network, batch, weights, loss=SquaredError(), seed=seed, number=number)
        assert far(other.gradient, whole.gradient) > 1e-3


def masks(network: Network, layer: str, size: int) -> np.ndarray:
    """Return the mask of `layer` (dropout straight on the inputs), read off the gradient.

    With one output y = Σ kept·w, the weights' gradient of each example alone shows its mask.
    """
    weights = np.ones(network.parameters)
    batch = batch_of(network, size, classes=False)
    rows = []
    for row in range(size):
        scale = np.zeros(size)
        scale[row] = 1
        single = type(batch)(np.ones_like(batch.x), batch.targets + 1e3, scale)
        gradient = step(network, single, weights, loss=SquaredError(), seed=1).gradient
        rows.append(network.layout.named(gradient)[f"{layer}.weight"][:, 0] != 0)
    return np.array(rows)


def test_dropout_masks_are_independent_of_other_layers() -> None:
    """A mask belongs to its layer's name: layers before and after it change nothing."""
    alone = Network.of((30,), [("mask", Dropout(0.5)), ("out", Dense(1))])
    between = Network.of(
        (30,),
        [
            ("mask", Dropout(0.5)),
            ("out", Dense(1)),
            ("other", Dropout(0.0)),
            ("last", Dense(1)),
        ],
    )
    renamed = Network.of((30,), [("other", Dropout(0.5)), ("out", Dense(1))])
    wanted = masks(alone, "out", 6)
    assert 0.3 < wanted.mean() < 0.7
    assert len(np.unique(wanted, axis=0)) == 6
    np.testing.assert_array_equal(masks(between, "out", 6), wanted)
    assert (masks(renamed, "out", 6) != wanted).any()


@given(rows=st.integers(1, 300), parts=st.integers(1, 5), start=st.integers(0, 50))
def test_ranges_cover_all_rows_in_order(rows: int, parts: int, start: int) -> None:
    even = partition.cut_evenly(rows, parts)
    sizes = [part.stop - part.start for part in even]
    assert max(sizes) - min(sizes) <= 1
    chunks = partition.cut_in_chunks(slice(start, start + rows), parts)
    assert all(part.stop - part.start == parts for part in chunks[:-1])
    for ranges, first in ((even, 0), (chunks, start)):
        covered = [row for part in ranges for row in range(part.start, part.stop)]
        assert covered == list(range(first, first + rows))


def test_heavy_dense_layers_split_a_network_by_themselves() -> None:
    """With the constants as they are: a layer of 2¹⁸ weights or more is a stage of its own."""
    layers = named(Conv(16, (3, 3), padding="same"), Bias(), Relu(), Flatten(), Dense(300), Bias())
    network = Network.of((8, 8, 1), [*layers, ("out", Dense(3))])
    assert [stage.whole for stage in partition.cut_stages(network.nodes)] == [False, True, False]
    assert len(partition.cut_stages(cnn().nodes)) == 1


@given(
    fixed=st.integers(0, 2000),
    each=st.integers(1, 2000),
    most=st.integers(1, 200),
    prepared=st.integers(0, 3000),
)
def test_a_chunk_is_the_largest_power_of_two_that_fits(
    fixed: int, each: int, most: int, prepared: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partition, "CHUNK_BYTES", 10_000)
        patch.setattr(partition, "PREPARED_TIMES", 5)
        size = partition.chunk_size(lambda count: fixed + each * count, most, prepared)
    room = max(10_000, 5 * prepared)
    assert size == most or size.bit_count() == 1
    assert size == 1 or fixed + each * size <= room
    assert size == most or 2 * size >= most or fixed + each * 2 * size > room
    assert (size == most) == (fixed + each * most <= room) or most == 1
