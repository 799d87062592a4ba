"""Laws of sliding windows in any dimension, with NumPy's own windows as the oracle."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from cnnopt.kernels.windows import Window, interior, output_extents, same_pads, taps, windows

AXES = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 4)), min_size=1)


@given(axes=AXES)
def test_same_padding_divides_by_the_stride_and_is_the_least(axes: list) -> None:
    extents, kernel, stride = zip(*axes, strict=True)
    pads = same_pads(extents, kernel, stride)
    wanted = tuple(-(-n // s) for n, s in zip(extents, stride, strict=True))
    assert output_extents(extents, kernel, stride, pads) == wanted
    for axis, (before, after) in enumerate(pads):
        assert after - before in (0, 1)
        if after:
            fewer = ((before, after - 1),)
            one = (extents[axis],), (kernel[axis],), (stride[axis],)
            assert output_extents(*one, fewer)[0] < wanted[axis]


def test_same_padding_by_hand() -> None:
    assert same_pads((8, 8), (3, 3), (1, 1)) == ((1, 1), (1, 1))
    assert same_pads((8,), (2,), (1,)) == ((0, 1),)
    assert same_pads((5, 6), (3, 3), (2, 2)) == ((1, 1), (0, 1))
    assert same_pads((6,), (1,), (3,)) == ((0, 0),)


def test_extents_where_the_window_does_not_fit() -> None:
    assert output_extents((2,), (3,), (1,), ((0, 0),)) == (0,)
    assert output_extents((2,), (4,), (1,), ((0, 0),))[0] < 0
    assert output_extents((2,), (4,), (1,), ((1, 1),)) == (1,)


@given(
    axes=st.lists(
        st.tuples(*(st.integers(low, 3) for low in (0, 1, 1, 1))), min_size=1, max_size=3
    ),
    channels=st.integers(1, 3),
    flip=st.booleans(),
)
def test_windows_and_taps_are_numpys_windows(axes: list, channels: int, flip: bool) -> None:
    """Both hold, for each output cell, the kernel's cells in row-major order."""
    spare, kernel, stride, dilation = zip(*axes, strict=True)
    window = Window(kernel, stride, dilation, flip)
    extents = tuple(span + more for span, more in zip(window.spans, spare, strict=True))
    x = np.arange(2.0 * np.prod(extents) * channels).reshape(2, *extents, channels)
    rank = len(kernel)
    spatial = tuple(range(1, rank + 1))
    every = np.lib.stride_tricks.sliding_window_view(x, window.spans, spatial)
    thinned = (slice(None), *(slice(None, None, s) for s in stride), slice(None))
    spread = tuple(slice(None, None, d) for d in dilation)
    wanted = np.moveaxis(every[(*thinned, *spread)], rank + 1, -1)
    if flip:
        wanted = np.flip(wanted, tuple(range(rank + 1, 2 * rank + 1)))
    outputs = output_extents(extents, window.spans, stride, ((0, 0),) * rank)
    assert wanted.shape == (2, *outputs, *kernel, channels)
    found = windows(x, window, outputs)
    np.testing.assert_array_equal(found, wanted)
    assert np.shares_memory(found, x)
    flat = wanted.reshape(2, *outputs, -1, channels)
    views = taps(x, window, outputs)
    assert len(views) == flat.shape[-2]
    for position, view in enumerate(views):
        np.testing.assert_array_equal(view, flat[..., position, :])
        assert np.shares_memory(view, x)


def test_spans_by_hand() -> None:
    assert Window((3, 1, 2), (1, 1, 1), (2, 5, 1)).spans == (5, 1, 2)


@pytest.mark.parametrize("pads", [((1, 2), (0, 3)), ((0, 0), (0, 0)), ((2, 0), (1, 1))])
def test_the_interior_is_what_numpy_pads(pads: tuple) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    padded = np.pad(x, ((0, 0), *pads, (0, 0)))
    view = interior(padded, pads)
    np.testing.assert_array_equal(view, x)
    assert np.shares_memory(view, padded)
