"""Painted-over squares: size, place, colour, in one, two and three dimensions."""

import numpy as np
import pytest

from cnnopt.randomness import stream
from cnnopt.regularizers import Batch, Cutout

LOW = np.array([-3.0, -5.0], np.float32)


def cut(side: float | int, *extents: int, examples: int = 300) -> np.ndarray:
    x = np.ones((examples, *extents, 2), np.float32)
    Cutout(side).apply(Batch(x, np.eye(examples), LOW, -LOW), stream(0, "cutout", 1))
    gone = x[..., 0] != 1
    np.testing.assert_array_equal(x[gone], np.broadcast_to(LOW, (gone.sum(), 2)))
    assert (x[~gone] == 1).all()
    return gone


@pytest.mark.parametrize("side", [3, 4])
@pytest.mark.parametrize("extents", [(20,), (20, 16), (12, 11, 10)])
def test_a_box_of_that_side_less_what_lies_outside(side: int, extents: tuple[int, ...]) -> None:
    for gone in cut(side, *extents):
        cells = np.argwhere(gone)
        first, last = cells.min(axis=0), cells.max(axis=0)
        lengths = last - first + 1
        assert np.prod(lengths) == len(cells)
        for length, start, end, extent in zip(lengths, first, last, extents, strict=True):
            assert length == side or start == 0 or end == extent - 1
            assert (side - 1) // 2 <= length <= side


def test_the_centre_is_anywhere() -> None:
    middle = cut(1, 20, 16, examples=20_000)
    assert (middle.sum(axis=(1, 2)) == 1).all()
    counts = middle.sum(axis=0)
    assert counts.min() > 25  # 62.5 in the mean
    assert counts.max() < 110


def test_a_share_is_of_each_extent() -> None:
    boxes = [np.argwhere(gone) for gone in cut(0.5, 20, 10)]
    whole = max(boxes, key=len)
    np.testing.assert_array_equal(whole.max(axis=0) - whole.min(axis=0) + 1, [10, 5])
