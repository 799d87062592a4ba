"""Order of phase: every cell once, and what a window meets at one position is one run."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from cnnopt.kernels.windows import in_phases, phase_places


def order(extent: int, phases: int) -> list[int]:
    """Return which cell stands at each place: 0, S, 2S, …, 1, S + 1, …"""
    return sorted(range(extent), key=lambda cell: (cell % phases, cell))


@given(extent=st.integers(1, 30), phases=st.integers(1, 7))
def test_places_hold_every_cell_once_and_phase_after_phase(extent: int, phases: int) -> None:
    cells = np.arange(extent)
    ordered = np.full(extent, -1)
    for natural, there in phase_places(extent, phases):
        assert (ordered[there] == -1).all()
        ordered[there] = cells[natural]
    assert ordered.tolist() == order(extent, phases)


@given(
    axes=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4)), min_size=1, max_size=3),
    channels=st.integers(1, 3),
)
def test_views_pair_the_same_cells_along_all_axes(
    axes: list[tuple[int, int]], channels: int
) -> None:
    extents, phases = zip(*axes, strict=True)
    natural = np.arange(2.0 * np.prod(extents) * channels).reshape(2, *extents, channels)
    wanted = natural
    for axis, phase in enumerate(phases, start=1):
        wanted = np.take(wanted, order(natural.shape[axis], phase), axis)
    ordered, back = np.full_like(natural, np.nan), np.full_like(natural, np.nan)
    for here, there in in_phases(natural, ordered, phases):
        np.copyto(there, here)
    np.testing.assert_array_equal(ordered, wanted)
    for here, there in in_phases(back, ordered, phases):
        np.copyto(here, there)
    np.testing.assert_array_equal(back, natural)


@given(windows=st.integers(1, 9), stride=st.integers(1, 4), kernel=st.integers(1, 6))
def test_a_position_of_the_window_meets_one_run(windows: int, stride: int, kernel: int) -> None:
    extent = (windows - 1) * stride + kernel
    ways = phase_places(extent, stride)
    cells = [cell for natural, _ in ways for cell in range(extent)[natural]]
    for position in range(kernel):
        places = [cells.index(position + stride * o) for o in range(windows)]
        assert places == list(range(places[0], places[0] + windows))


def test_no_phases_is_natural_order() -> None:
    x, y = np.arange(6.0).reshape(1, 6, 1), np.empty((1, 6, 1))
    ((here, there),) = in_phases(x, y, ())
    assert here.shape == there.shape == x.shape
    assert np.shares_memory(here, x)
    assert np.shares_memory(there, y)
