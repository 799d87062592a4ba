"""Merged copies do what the copies did one by one, in fewer calls."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from cnnopt.kernels.moves import Move, merged


def views(array: np.ndarray, starts: list[int], length: int, step: int) -> list[np.ndarray]:
    return [array[start : start + length * step : step] for start in starts]


@st.composite
def copies(draw: st.DrawFn) -> list[tuple[list[int], list[int]]]:
    """Return where copies write and read: several groups, each at some distances or none."""
    groups = draw(st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=6), max_size=4))
    return [(list(range(len(group))), group) for group in groups]


@given(groups=copies(), length=st.integers(1, 4), step=st.integers(1, 3))
def test_merged_copies_do_the_same(
    groups: list[tuple[list[int], list[int]]], length: int, step: int
) -> None:
    source = np.arange(60.0)
    wanted, found = np.full((30, 4), -1.0), np.full((30, 4), -1.0)
    row = 0
    pairs: tuple[list[Move], list[Move]] = [], []
    for targets, reads in groups:
        for _, read in zip(targets, reads, strict=True):
            for target, moves in zip((wanted, found), pairs, strict=True):
                moves.append((target[row, :length], views(source, [read], length, step)[0]))
            row += 1
    for target, read_view in pairs[0]:
        np.copyto(target, read_view)
    fewer = merged(pairs[1])
    assert len(fewer) <= len(pairs[1])
    for target, read_view in fewer:
        np.copyto(target, read_view)
    np.testing.assert_array_equal(found, wanted)


def test_distances_of_two_levels_become_one_copy() -> None:
    """Windows of a 3x3 kernel: nine views at equal distances along both axes."""
    x, columns = np.arange(64.0).reshape(8, 8), np.zeros((9, 6, 6))
    moves = [(columns[3 * i + j], x[i : i + 6, j : j + 6]) for i in range(3) for j in range(3)]
    fewer = merged(moves)
    assert [to.shape for to, _ in fewer] == [(3, 3, 6, 6)]
    np.copyto(*fewer[0])
    for target, window in moves:
        np.testing.assert_array_equal(target, window)


def test_other_forms_stay_apart_and_distances_may_be_negative() -> None:
    to, source = np.zeros(9), np.arange(9.0)
    moves = [(to[0:2], source[7:9]), (to[2:4], source[5:7]), (to[4:7], source[0:3])]
    fewer = merged(moves)
    assert [one.shape for one, _ in fewer] == [(2, 2), (3,)]
    for target, read in fewer:
        np.copyto(target, read)
    np.testing.assert_array_equal(to, [7, 8, 5, 6, 0, 1, 2, 0, 0])
    assert merged([]) == ()
