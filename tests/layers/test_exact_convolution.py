"""Convolution by its exact ways against float64 sums over random forms.

Columns of many channels and of few, cut in parts or whole; positions one by one; the input
gradient by the flipped kernel or scattered; outputs in order of phase.
"""

from dataclasses import replace
from typing import Any
from unittest import mock

import hypothesis.strategies as st
import numpy as np
import pytest
from conv_runs import Problem, drawn, run
from harness import same_bits
from hypothesis import given, settings

from cnnopt.buffers import Buffers
from cnnopt.kernels import products
from cnnopt.layers import Conv, conv_columns
from cnnopt.layers.base import Wires

LIMITS = {"float32": 1e-6, "float64": 1e-12}
"""max|a - b| / max Σ|x||w|; the worst of 22,500 random forms was 2.4e-7 and 3.7e-16."""


@st.composite
def forms(draw: st.DrawFn, /, rank: int, **fixed: Any) -> Problem:
    """Return any convolution whose kernel fits; `fixed` settings are not drawn."""
    most = {1: 12, 2: 5, 3: 2}[rank]

    def each(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(least, most)) for _ in range(rank))

    kernel = each(1, 5 if rank < 3 else 3)
    pads = tuple((draw(st.integers(0, k)), draw(st.integers(0, k))) for k in kernel)
    how: dict[str, Any] = {
        "stride": each(1, 3),
        "padding": draw(st.sampled_from(["valid", "same", pads])),
        "dilation": each(1, 2),
        "flip": draw(st.booleans()),
        "phases": draw(st.sampled_from([(), each(1, 3)])),
    } | fixed
    channels = how.pop("channels", None) or draw(st.integers(1, 8))
    filters = draw(st.integers(1, 6)) * how.get("groups", 1)
    layer = Conv(filters, kernel, exact=True, **how)
    extents = (span + draw(st.integers(0, most)) for span in layer.window.spans)
    seed, batch = draw(st.integers(0, 9999)), draw(st.integers(1, 4))
    return drawn(layer, (*extents, channels), batch, seed)


def check(given: Problem) -> None:
    for dtype, limit in LIMITS.items():
        assert given.lost(run(given, dtype)) <= limit, dtype


RANKS = pytest.mark.parametrize("rank", [1, 2, 3])
CUTS = st.sampled_from([1, 60, 1000, products.SMALL_PRODUCT])
"""Multiply-additions of a part: with the constant as it is, no such small problem is cut."""


@RANKS
@settings(max_examples=40)
@given(data=st.data(), cut=CUTS)
def test_columns(rank: int, data: st.DataObject, cut: int) -> None:
    """Up to four channels, and more: both ways to gather columns."""
    with mock.patch.object(products, "SMALL_PRODUCT", cut):
        check(data.draw(forms(rank)))


@RANKS
@given(data=st.data(), cut=CUTS)
def test_cutting_products_changes_nothing_beyond_rounding(
    rank: int, data: st.DataObject, cut: int
) -> None:
    given = data.draw(forms(rank))
    whole = run(given, "float64")
    with mock.patch.object(products, "SMALL_PRODUCT", cut):
        parts = run(given, "float64")
    assert given.lost(parts) <= LIMITS["float64"]
    np.testing.assert_allclose(parts.y, whole.y, rtol=0, atol=1e-12)
    np.testing.assert_allclose(parts.gradients[0], whole.gradients[0], rtol=0, atol=1e-10)


@RANKS
@pytest.mark.parametrize("groups", [2, 3])
@given(data=st.data())
def test_groups(rank: int, groups: int, data: st.DataObject) -> None:
    channels = groups * data.draw(st.integers(2, 3))
    check(data.draw(forms(rank, groups=groups, channels=channels, phases=())))


@RANKS
@given(data=st.data(), channels=st.integers(2, 5))
def test_one_position_after_another(rank: int, data: st.DataObject, channels: int) -> None:
    """Depthwise, with any number of filters a channel."""
    check(data.draw(forms(rank, groups=channels, channels=channels, phases=())))


@RANKS
@given(data=st.data())
def test_order_of_phase_changes_no_output_but_its_place(rank: int, data: st.DataObject) -> None:
    given = data.draw(forms(rank))
    natural = replace(given, layer=replace(given.layer, phases=()))
    found, wanted = run(given), run(natural)
    # BLAS may sum the rows of a product in another order, where there are few of them.
    assert natural.lost(found) <= LIMITS["float32"]
    assert np.abs(found.y - wanted.y).max() <= 1e-6 * max(1.0, np.abs(wanted.y).max())


@RANKS
@given(data=st.data())
def test_first_in_a_network(rank: int, data: st.DataObject) -> None:
    """Where nobody wants dx, the rest is the same to the bit."""
    given = data.draw(forms(rank))
    first = run(given, wants_dx=False)
    assert first.dx is None
    same_bits(first, run(given))


@RANKS
@settings(max_examples=40)
@given(data=st.data(), cut=CUTS, block=st.sampled_from([1, 400, 2000]))
def test_blocks_of_the_first_convolution(
    rank: int, data: st.DataObject, cut: int, block: int
) -> None:
    """Where nobody wants dx, a chunk goes forward in blocks, and dW is the sum over them."""
    given = data.draw(forms(rank, channels=data.draw(st.integers(1, 4))))
    with (
        mock.patch.object(products, "SMALL_PRODUCT", cut),
        mock.patch.object(conv_columns, "BLOCK_BYTES", block),
    ):
        for dtype, limit in LIMITS.items():
            found = run(given, dtype, wants_dx=False)
            assert given.lost(replace(found, dx=given.oracle().dx)) <= limit, dtype


def test_blocks_are_as_many_as_divide_the_batch() -> None:
    layer = Conv(32, (3, 3), padding="same", exact=True)
    made = {}
    for batch in (4, 7, 64, 96):
        given = drawn(layer, (28, 28, 3), batch, 0)
        wires = Wires(given.x, given.dy.copy(), None, given.dy, True)
        made[batch] = len(layer.plan(wires, Buffers()).blocks)
    assert made == {4: 1, 7: 1, 64: 2, 96: 4}


REAL = {
    "first of a network": (Conv(32, (3, 3), padding="same"), (28, 28, 1), 8),
    "three channels": (Conv(16, (5, 5)), (20, 20, 3), 8),
    "three channels in 3-D": (Conv(8, (3, 3, 3), padding="same"), (8, 9, 7, 3), 4),
    "one channel along a line": (Conv(16, (9,), (2,), "same"), (101, 1), 16),
    "many channels": (Conv(48, (3, 3), padding="same"), (10, 12, 24), 8),
    "many channels by two": (Conv(64, (3, 3), (2, 2), "same"), (14, 14, 32), 6),
    "five by five": (Conv(64, (5, 5)), (10, 10, 32), 4),
    "one cell": (Conv(96, (1, 1)), (14, 14, 64), 8),
}


@pytest.mark.parametrize("name", REAL)
def test_real_sizes_with_the_constants_as_they_are(name: str) -> None:
    """These are cut in parts, as networks have them."""
    layer, shape, batch = REAL[name]
    check(drawn(replace(layer, exact=True), shape, batch, 0))


@pytest.mark.parametrize("batch", [16, 128])
def test_long_sums_of_narrow_columns_lose_no_digit(batch: int) -> None:
    """dW of a first convolution: 9 numbers, each the sum of 12,544 products or more."""
    given = drawn(Conv(16, (3, 3), padding="same", exact=True), (28, 28, 1), batch, 0)
    found, wanted = (run(given, dtype).gradients[0] for dtype in ("float32", "float64"))
    assert np.abs(found - wanted).max() <= 1e-6 * np.abs(wanted).max()
