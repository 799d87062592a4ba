"""Pooling along one axis on numbers worked out by hand, with ties."""

import numpy as np
import pytest

from cnnopt.kernels.pool import (
    beyond,
    cells,
    max_pool_axis,
    max_pool_axis_backward,
    mean_pool_axis,
    mean_pool_axis_backward,
)

# values along the axis, kernel, stride, largest, upstream gradient, gradient
LINES = [
    ([1, 3, 2, 2], 2, 2, [3, 2], [10, 1], [0, 10, 1, 0]),
    ([1, 3, 2, 2, 9], 2, 2, [3, 2], [10, 1], [0, 10, 1, 0, 0]),
    ([5, 5, 5], 3, 1, [5], [7], [7, 0, 0]),
    ([1, 4, 4, 4], 3, 1, [4, 4], [10, 1], [0, 11, 0, 0]),
    ([4, 1, 4, 0, 4], 3, 2, [4, 4], [10, 1], [10, 0, 1, 0, 0]),
    ([-2, -1, -3], 1, 2, [-2, -3], [10, 1], [10, 0, 1]),
    ([0, 1, 2, 3, 4, 5], 2, 3, [1, 4], [10, 1], [0, 10, 0, 0, 1, 0]),
]


def stacked(line: list[int]) -> np.ndarray:
    """Return the line along the middle axis of (2, n, 3)."""
    return np.broadcast_to(np.array(line, float)[None, :, None], (2, len(line), 3)).copy()


@pytest.mark.parametrize(("x", "kernel", "stride", "largest", "dy", "dx"), LINES)
def test_the_first_largest_wins(
    x: list[int], kernel: int, stride: int, largest: list[int], dy: list[int], dx: list[int]
) -> None:
    y = np.empty((2, len(largest), 3))
    wins = np.empty((kernel - 1, *y.shape), bool)
    max_pool_axis(y, wins, cells(stacked(x), kernel, stride, len(largest)))
    np.testing.assert_array_equal(y, stacked(largest))
    found = np.full((2, len(x), 3), np.nan)
    parts = [np.full_like(y, np.nan) for _ in range(kernel - stride)]
    back = cells(found, kernel, stride, len(dy))
    unwritten = beyond(found, kernel, stride, len(dy))
    rest = np.full_like(y, np.nan)
    max_pool_axis_backward(back, unwritten, stacked(dy), wins, stride, rest, parts)
    np.testing.assert_array_equal(found, stacked(dx))


def test_means_by_hand() -> None:
    y = np.empty((2, 2, 3))
    mean_pool_axis(y, cells(stacked([1, 3, 5, 8, 99]), 2, 2, 2), 1 / 2)
    np.testing.assert_array_equal(y, np.broadcast_to([[[2.0], [6.5]]], y.shape))
    mean_pool_axis(y, cells(stacked([1, 3, 8, 4]), 3, 1, 2), 1 / 3)
    np.testing.assert_allclose(y, stacked([4, 5]), rtol=1e-15)
    dx = np.full((2, 4, 3), np.nan)
    mean_pool_axis_backward(dx, cells(dx, 3, 1, 2), stacked([30, 3]), 1 / 3, np.empty_like(y))
    np.testing.assert_allclose(dx, stacked([10, 11, 11, 1]), rtol=1e-15)


def test_nan_is_not_lost() -> None:
    """A window with NaN gives NaN, so that a diverged forward pass is seen in the loss."""
    for x in ([np.nan, 1.0], [1.0, np.nan]):
        y = np.empty((1, 1, 1))
        max_pool_axis(y, np.empty((1, 1, 1, 1), bool), cells(np.array(x).reshape(1, 2, 1), 2, 2, 1))
        assert np.isnan(y).all()
