"""The buffers of a plan."""

import sys
from itertools import combinations
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from cnnopt.buffers import CACHE_LINE, HUGE, MAPPED, Buffers


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 4), (np.float64, 8), (np.bool_, 1)])
def test_buffers_are_zero_aligned_and_counted(dtype: type, size: int) -> None:
    make = Buffers(np.float32)
    arrays = [make((3, 5), dtype), make((0, 5), dtype), make((1,), dtype)]
    assert make.nbytes == 16 * size
    for array in arrays:
        assert array.dtype == dtype
        assert array.ctypes.data % CACHE_LINE == 0 or array.size == 0
        assert not array.any()
    assert Buffers(np.float64)((2,)).dtype == np.float64


@pytest.mark.parametrize("size", [MAPPED - 1, MAPPED, MAPPED + 1, HUGE, HUGE + 1])
def test_large_buffers_are_zero_aligned_apart_and_lasting(size: int) -> None:
    make = Buffers(np.uint8)
    one, other = make((size,)), make((size,))
    assert make.nbytes == 2 * size
    for array in (one, other):
        assert array.ctypes.data % CACHE_LINE == 0
        assert not array.any()
    view = one[1:]
    one.fill(7)
    del one
    other.fill(3)
    assert (view == 7).all()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for what is in use")
def test_large_buffers_take_memory_when_written_and_give_it_back() -> None:
    make, size = Buffers(np.uint8), 2 * HUGE
    before = in_use()
    arrays = [make((size,)) for _ in range(8)]
    assert in_use() - before < size
    for array in arrays:
        array.fill(1)
    assert in_use() - before > 7 * size
    kept = [make((1000,)), arrays.pop()]
    del array
    arrays.clear()
    assert in_use() - before < 2 * size
    assert kept[1].all()


def in_use() -> int:
    """Return the bytes of memory that this process has in use."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return 1024 * int(fields["VmRSS"].split()[0])


def test_a_buffer_beyond_all_memory_is_a_lack_of_memory() -> None:
    with pytest.raises(MemoryError):
        Buffers(np.uint8)((1 << 60,))


SHAPES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 30)), min_size=1, max_size=6)


def apart(arrays: list[np.ndarray]) -> bool:
    """Whether no two arrays share a byte."""
    return not any(np.shares_memory(one, other) for one, other in combinations(arrays, 2))


@given(shapes=SHAPES)
def test_without_lanes_every_array_keeps_what_is_written(shapes: list[tuple[int, int]]) -> None:
    make = Buffers(np.float32)
    arrays = [make.passing("a", shape) for shape in shapes]
    arrays += [make.scratch(shape) for shape in shapes]
    make.next_layer()
    arrays += [make.scratch(shape) for shape in shapes]
    assert apart(arrays)
    assert make.apart() is make
    assert make.nbytes == sum(array.nbytes for array in arrays)


@given(shapes=SHAPES)
def test_what_passes_through_a_lane_lies_in_the_same_place(shapes: list[tuple[int, int]]) -> None:
    """Where a trial has told how wide the lane has to be; other lanes lie elsewhere."""
    trial, make = Buffers(np.float64, lanes=True), Buffers(np.float64, lanes=True)
    for shape in shapes:
        trial.passing("a", shape)
    make.widen(trial)
    mine = [make.passing("a", shape) for shape in shapes]
    assert make.nbytes <= max(array.nbytes for array in mine) + CACHE_LINE
    others = [make.passing("b", shape) for shape in shapes]
    filled = [array for array in mine if array.size]
    assert len({array.ctypes.data for array in filled}) <= 1
    assert not any(np.shares_memory(one, other) for one in mine for other in others)
    for array, shape in zip(mine, shapes, strict=True):
        assert array.shape == shape
        assert array.flags.c_contiguous
        assert array.dtype == np.float64
        assert array.ctypes.data % CACHE_LINE == 0 or not array.size


@given(layers=st.lists(SHAPES, min_size=1, max_size=4), widened=st.booleans())
def test_scratch_of_one_layer_is_apart_and_of_the_next_is_not(
    layers: list[list[tuple[int, int]]], widened: bool
) -> None:
    def plan(make: Buffers) -> list[list[np.ndarray]]:
        planned = []
        for shapes in layers:
            make.next_layer()
            kinds = [np.bool_ if place % 2 else None for place in range(len(shapes))]
            planned.append([make.scratch(s, k) for s, k in zip(shapes, kinds, strict=True)])
        return planned

    trial, make = Buffers(lanes=True), Buffers(lanes=True)
    plan(trial)
    if widened:
        make.widen(trial)
    planned = plan(make)
    for arrays in planned:
        assert apart(arrays)
        assert all(array.ctypes.data % CACHE_LINE == 0 for array in arrays if array.size)
    if widened:
        starts = {arrays[0].ctypes.data for arrays in planned if arrays[0].size}
        assert len(starts) <= 1


def test_a_widened_lane_is_one_block_of_what_the_trial_needed() -> None:
    trial = Buffers(np.float32, lanes=True)
    for length in (16, 64, 32):  # each longer one would make a block anew
        trial.passing("a", (length,))
        trial.next_layer()
        trial.scratch((length,))
        trial.scratch((length,), np.bool_)
    assert trial.nbytes > 4 * 64 + 4 * 64 + 64
    assert trial.needed == 4 * 64 + 4 * 64 + 64
    make = Buffers(np.float32, lanes=True)
    make.widen(trial)
    assert make.nbytes == 0, "nothing is made before it is used"
    for length in (16, 64, 32):
        make.passing("a", (length,))
        make.next_layer()
        make.scratch((length,))
        make.scratch((length,), np.bool_)
    assert make.nbytes == make.needed == 4 * 64 + 4 * 64 + 64
    wider = Buffers(np.float32, lanes=True)
    wider.passing("a", (8,))
    make.widen(wider)  # a smaller trial takes nothing away
    make.passing("a", (64,))
    assert make.nbytes == 4 * 64 + 4 * 64 + 64


def test_a_plain_maker_is_not_widened() -> None:
    lanes, plain = Buffers(lanes=True), Buffers()
    lanes.passing("a", (64,))
    plain.widen(lanes)
    lanes.widen(plain)
    assert plain.nbytes == 0
    assert not np.shares_memory(plain.passing("a", (4,)), plain.passing("a", (4,)))


def test_a_maker_apart_keeps_its_arrays_and_is_counted_once() -> None:
    make = Buffers(np.float64, lanes=True)
    inner = make.apart()
    assert inner is not make
    assert inner.dtype == np.float64
    arrays = [inner.passing("a", (3,)), inner.passing("a", (3,)), inner.scratch((3,))]
    inner.next_layer()
    assert apart([*arrays, inner.scratch((3,)), make.scratch((3,))])
    before = make.nbytes
    make.take(inner)
    assert make.nbytes == before + 4 * 24
    plain = Buffers()
    plain((3,))
    plain.take(plain.apart())
    assert plain.nbytes == 12


@given(
    asked=st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, -2.5]), st.tuples(st.integers(0, 5), st.integers(1, 9))
        ),
        min_size=1,
        max_size=8,
    ),
    lanes=st.booleans(),
)
def test_constants_are_full_of_their_value_however_they_are_shared(
    asked: list[tuple[float, tuple[int, int]]], lanes: bool
) -> None:
    make = Buffers(np.float32, lanes=lanes)
    found = [(value, shape, make.constant(value, shape)) for value, shape in asked]
    scratch = [make.scratch((40,)), make.passing("a", (40,)), make((40,))]
    for array in scratch:
        array.fill(np.nan)
    for value, shape, array in found:
        assert array.shape == shape
        np.testing.assert_array_equal(array, np.full(shape, value, np.float32))
    again = make.constant(asked[0][0], (1,))
    before = make.nbytes
    assert np.shares_memory(make.constant(asked[0][0], (1,)), again)
    assert make.nbytes == before
