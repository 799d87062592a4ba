"""Dense layers with many weights: over the whole batch at once, in parts, and no result changes."""

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from network_runs import BIASED, batch_of, far, initial, named, outputs, step

from cnnopt.buffers import Buffers
from cnnopt.layers import (
    BatchNorm,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Flatten,
    LayerNorm,
    MaxPool,
    Relu,
    Tanh,
)
from cnnopt.network import Network
from cnnopt.network.border import Border
from cnnopt.network.partition import Stage, cut_stages, phases_of
from cnnopt.network.whole import PARTS, Whole

Cut = Callable[..., None]
HEAVY = 200
"""Weights of a heavy layer here; all networks have some below and some above."""

FRONT = (Conv(4, (3, 3), padding="same"), Bias(BIASED), Relu(), MaxPool((2, 2)), Flatten())
REST = (Bias(BIASED), Relu())


def net(*layers: object, x: tuple[int, ...] = (6, 6, 2)) -> Network:
    return Network.of(x, named(*layers))  # type: ignore[arg-type]  # layers


# What each stage is: F for chunks of their own size, W for the whole shard at once, H for a heavy
# layer over the whole batch, B for one that batch norm begins.
NETWORKS: dict[str, tuple[Network, str]] = {
    "one": (net(*FRONT, Dense(9), *REST, Dense(3)), "FHW"),
    "several": (
        net(*FRONT, Dense(9), *REST, Dense(31), *REST, Dense(17), Tanh(), Dense(3)),
        "FHWHWHW",
    ),
    "side by side": (net(*FRONT, Dense(9), Dense(31), Dense(17), Dense(3)), "FHHHW"),
    "dropout around": (
        net(*FRONT, Dropout(0.3), Dense(9), Dropout(0.4), *REST, Dropout(0.2), Dense(3)),
        "FHW",
    ),
    "batch norm right after": (
        net(*FRONT, Dense(9), BatchNorm(), Relu(), Dense(31), *REST, Dense(3)),
        "FWBHW",
    ),
    "batch norm right before": (net(*FRONT, BatchNorm(), Dense(9), *REST, Dense(3)), "FBHW"),
    "batch norm on both sides": (
        net(*FRONT[:2], BatchNorm(), *FRONT[2:], Dense(9), *REST, BatchNorm(), Dense(31), Dense(3)),
        "FBHWBHW",
    ),
    "drop connect": (
        net(*FRONT, DropConnect(Dense(9), 0.4), *REST, Dense(31), *REST, Dense(3)),
        "FWHW",
    ),
    "drop connect of the second": (
        net(*FRONT, Dense(9), *REST, DropConnect(Dense(31), 0.4), *REST, Dense(3)),
        "FHW",
    ),
    "the last layer": (net(*FRONT, Dense(70)), "FW"),
    "the last and one before": (net(*FRONT, Dense(9), Relu(), Dense(70)), "FHW"),
    "the first layer": (net(Dense(30), *REST, Dense(3), x=(12,)), "W"),
    "the first, and others": (
        net(Dense(30), *REST, Dense(20), *REST, Dense(15), *REST, Dense(3), x=(12,)),
        "WHWHW",
    ),
    "behind what learns nothing": (
        net(Relu(), Flatten(), Dropout(0.3), Dense(9), Tanh(), Dense(33), Dense(3)),
        "WHW",
    ),
    "behind a norm that learns": (net(LayerNorm(), Flatten(), Dense(9), Tanh(), Dense(3)), "FHW"),
}
EACH = pytest.mark.parametrize("name", NETWORKS)


def letter(stage: Stage) -> str:
    if stage.coupled:
        return "B"
    return "H" if stage.whole else "W" if stage.wide else "F"


@EACH
def test_stages(name: str, cut: Cut) -> None:
    cut(heavy=HEAVY)
    network, wanted = NETWORKS[name]
    stages = cut_stages(network.run_order)
    assert "".join(map(letter, stages)) == wanted
    covered = [place for stage in stages for place in stage.owners]
    assert covered == list(range(len(network.nodes)))


@EACH
@pytest.mark.parametrize(
    ("size", "settings"),
    [(2, {}), (13, {}), (5, {"chunk": 1}), (13, {"shard": 1, "chunk": 3000})],
    ids=str,
)
def test_nothing_changes_beyond_rounding(
    name: str, size: int, settings: dict[str, int], cut: Cut
) -> None:
    network, _ = NETWORKS[name]
    batch = batch_of(network, size)
    one, other = initial(network), initial(network)
    cut()
    whole = step(network, batch, one, seed=1)
    predicted = outputs(network, batch.x, one)
    cut(heavy=HEAVY, **settings)
    parts = step(network, batch, other, seed=1)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-12)
    # Two examples have hardly any variance where batch norm divides by it.
    assert far(parts.gradient, whole.gradient) <= (1e-11 if size > 2 else 1e-8)
    assert far(other, one) <= 1e-13  # running means and variances
    assert far(outputs(network, batch.x, one), predicted) <= 1e-13


@pytest.mark.parametrize(
    "name", ["several", "dropout around", "batch norm on both sides", "the first, and others"]
)
def test_threads_change_no_bit(name: str, cut: Cut) -> None:
    cut(heavy=HEAVY, shard=1, chunk=3000)
    network, _ = NETWORKS[name]
    batch, start = batch_of(network, 13), initial(network, "float32")
    first = start.copy()
    alone = step(network, batch, first)
    assert alone.plan.shards == 4
    for threads in (2, 4):
        weights = start.copy()
        together = step(network, batch, weights, threads=threads)
        assert together.loss == alone.loss
        np.testing.assert_array_equal(together.gradient, alone.gradient)
        np.testing.assert_array_equal(weights, first)
        predicted = [outputs(network, batch.x, first, threads=n) for n in (1, threads)]
        np.testing.assert_array_equal(predicted[0], predicted[1])


@pytest.mark.parametrize("name", ["several", "batch norm on both sides", "drop connect"])
def test_gradient_along_a_direction(name: str, cut: Cut) -> None:
    cut(heavy=HEAVY, shard=1, chunk=3000)
    network, _ = NETWORKS[name]
    batch, weights = batch_of(network, 7), initial(network)
    found = step(network, batch, weights.copy())
    direction = np.random.default_rng(0).normal(size=network.parameters)

    def moved(by: float) -> float:
        other = weights.copy()
        other[: network.parameters] += by * direction
        return step(network, batch, other).loss

    difference = (moved(1e-6) - moved(-1e-6)) / 2e-6
    assert float(found.gradient @ direction) == pytest.approx(difference, rel=1e-6)


def test_chunks_before_a_heavy_layer_have_no_room_for_its_gradient(cut: Cut) -> None:
    """Of what a plan holds, only borders, and what is flat, grow with the units."""
    cut(heavy=HEAVY, chunk=1)
    rows, few, many = 7, 100, 1100
    plans = [
        step(one, batch_of(one, rows), initial(one)).plan
        for one in (net(*FRONT, Dense(units), *REST, Dense(3)) for units in (few, many))
    ]
    # A gradient would grow by 36 numbers a unit, for its inputs are 3 x 3 x 4.
    assert plans[1].nbytes - plans[0].nbytes < 8 * 4 * rows * (many - few)


STAGES = st.lists(st.sampled_from("FWHB"), min_size=1, max_size=9)


@given(letters=STAGES)
def test_phases_begin_where_a_shard_has_to_wait(letters: list[str]) -> None:
    stages = [
        Stage(range(i, i + 1), wide=c != "F", coupled=c == "B", whole=c == "H")
        for i, c in enumerate(letters)
    ]
    phases = phases_of(stages)
    assert [place for phase in phases for place in phase] == list(range(len(stages)))
    for phase in phases:
        inside = [letters[place] for place in phase]
        assert inside == ["H"] or "H" not in inside
        assert "B" not in inside[1:]
    for one, other in pairwise(phases):
        # No phase is cut in two for nothing.
        assert letters[other.start] in "HB" or letters[one.stop - 1] == "H"


def shuffled(tasks: Sequence[Callable[[], None]], seed: int) -> list[Callable[[], None]]:
    return random.Random(seed).sample(list(tasks), len(tasks))


@given(
    rows=st.integers(1, 6), n=st.integers(1, 9), units=st.integers(1, 9), seed=st.integers(0, 99)
)
def test_the_parts_make_the_products_in_any_order(rows: int, n: int, units: int, seed: int) -> None:
    make = Buffers(np.float64)
    before = Border.of(rows, (n,), make, training=True)
    after = Border.of(rows, (units,), make, training=True)
    generator = np.random.default_rng(seed)
    weight, gradient = generator.integers(-3, 4, (n, units)) / 2, np.full((n, units), np.nan)
    whole = Whole.of(before, after, weight, gradient)
    assert before.dy is not None
    assert after.dy is not None
    before.y[:] = generator.integers(-3, 4, (rows, n))
    after.dy[:] = generator.integers(-3, 4, (rows, units))
    after.y.fill(np.nan)
    before.dy.fill(np.nan)
    for task in shuffled(whole.forward, seed):
        task()
    np.testing.assert_array_equal(after.y, before.y @ weight)
    for task in shuffled(whole.backward, seed):
        task()
    np.testing.assert_array_equal(gradient, before.y.T @ after.dy)
    np.testing.assert_array_equal(before.dy, after.dy @ weight.T)
    assert len(whole.forward) == min(PARTS, units)
    assert len(whole.backward) == min(PARTS, n)
    plain = [Border.of(rows, shape, make, training=False) for shape in ((n,), (units,))]
    assert Whole.of(plain[0], plain[1], weight, None).backward == ()
