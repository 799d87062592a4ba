"""The oracles on numbers worked out by hand."""

import math

import numpy as np
import pytest

from oracles import convolution, descent, objectives, pooling


def row(*values: float) -> np.ndarray:
    """Return one example of one channel along one axis."""
    return np.array(values, float).reshape(1, -1, 1)


def test_convolution_by_hand_in_one_dimension() -> None:
    x, w = row(1, 2, 3, 4), np.array([10.0, 1.0]).reshape(2, 1, 1)
    y = convolution.convolve(x, w, (1,), ((0, 0),))
    assert y.ravel().tolist() == [12, 23, 34]
    y = convolution.convolve(x, w, (2,), ((1, 0),))
    assert y.ravel().tolist() == [1, 23]
    dx, dw = convolution.gradients(x, w, row(1, 2, 3), (1,), ((0, 0),))
    assert dx.ravel().tolist() == [10, 21, 32, 3]
    assert dw.ravel().tolist() == [1 + 4 + 9, 2 + 6 + 12]
    dx, dw = convolution.gradients(x, w, row(1, 2), (2,), ((1, 0),))
    assert dx.ravel().tolist() == [1, 20, 2, 0]
    assert dw.ravel().tolist() == [2 * 2, 1 * 1 + 2 * 3]


def test_convolution_by_hand_in_two_dimensions_and_with_channels() -> None:
    x = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], float).reshape(1, 3, 3, 1)
    w = np.array([[1, 0], [0, -1]], float).reshape(2, 2, 1, 1)
    assert convolution.convolve(x, w, (1, 1), ((0, 0),) * 2).ravel().tolist() == [-4] * 4
    two = np.array([[[1.0, 10.0]]])  # one cell of two channels
    mix = np.array([[[1.0, 2.0, 3.0], [0.1, 0.2, 0.3]]])  # to three filters
    np.testing.assert_allclose(
        convolution.convolve(two, mix, (1,), ((0, 0),)).ravel(), [2, 4, 6], rtol=1e-15
    )
    dx, dw = convolution.gradients(two, mix, np.ones((1, 1, 3)), (1,), ((0, 0),))
    np.testing.assert_allclose(dx.ravel(), [6, 0.6], rtol=1e-15)
    assert dw.tolist() == [[[1, 1, 1], [10, 10, 10]]]


def test_the_lesson_by_hand() -> None:
    """x1..x5, w1..w3, o1..o3: o_i = x_i·w1 + x_(i+1)·w2 + x_(i+2)·w3."""
    (x1, x2, x3, x4, x5), (w1, w2, w3), (d1, d2, d3) = (2, 3, 5, 7, 11), (13, 17, 19), (23, 29, 31)
    x, w = row(x1, x2, x3, x4, x5), np.array([w1, w2, w3], float).reshape(3, 1, 1)
    o1, o2, o3 = 2 * 13 + 3 * 17 + 5 * 19, 3 * 13 + 5 * 17 + 7 * 19, 5 * 13 + 7 * 17 + 11 * 19
    y = convolution.convolve(x, w, (1,), ((0, 0),))
    assert y.ravel().tolist() == [o1, o2, o3] == [172, 257, 393]
    dx, dw = convolution.gradients(x, w, row(d1, d2, d3), (1,), ((0, 0),))
    dx3 = d1 * w3 + d2 * w2 + d3 * w1
    assert dx3 == 1333
    assert dx.ravel().tolist() == [d1 * w1, d1 * w2 + d2 * w1, dx3, d2 * w3 + d3 * w2, d3 * w3]
    assert dw.ravel().tolist() == [
        d1 * x1 + d2 * x2 + d3 * x3,
        d1 * x2 + d2 * x3 + d3 * x4,
        d1 * x3 + d2 * x4 + d3 * x5,
    ]
    assert dw.ravel().tolist() == [288, 431, 659]


def test_dilation_groups_and_flip_by_hand() -> None:
    x, w = row(1, 2, 3, 4, 5), np.array([10.0, 1.0]).reshape(2, 1, 1)
    y = convolution.convolve(x, w, (1,), ((0, 0),), dilation=(3,))
    assert y.ravel().tolist() == [14, 25]
    dx, dw = convolution.gradients(x, w, row(1, 2), (1,), ((0, 0),), dilation=(3,))
    assert dx.ravel().tolist() == [10, 20, 0, 1, 2]
    assert dw.ravel().tolist() == [1 + 4, 4 + 10]
    y = convolution.convolve(x, w, (1,), ((0, 0),), flip=True)
    assert y.ravel().tolist() == [21, 32, 43, 54]
    dx, dw = convolution.gradients(x, w, row(1, 0, 0, 2), (1,), ((0, 0),), flip=True)
    assert dx.ravel().tolist() == [1, 10, 0, 2, 20]
    assert dw.ravel().tolist() == [2 + 10, 1 + 8]
    # Four channels in two groups, to one filter each: 1·1 + 2·2 and 3·3 + 4·4.
    four, weights = np.array([[[1.0, 2, 3, 4]]]), np.array([[[1.0, 3], [2, 4]]])
    y = convolution.convolve(four, weights, (1,), ((0, 0),), groups=2)
    assert y.tolist() == [[[5, 25]]]
    dx, dw = convolution.gradients(
        four, weights, np.array([[[1.0, 10]]]), (1,), ((0, 0),), groups=2
    )
    assert dx.tolist() == [[[1, 2, 30, 40]]]
    assert dw.tolist() == [[[1, 30], [2, 40]]]


def test_padded_pooling_by_hand() -> None:
    x, form = row(-1, -2, -3, -4, -6), ((3,), (2,), ((1, 0),))
    assert pooling.max_pool(x, *form).ravel().tolist() == [-1, -2]
    assert pooling.max_pool(x, *form, ceil=True).ravel().tolist() == [-1, -2, -4]
    dx = pooling.max_pool_gradient(x, row(1, 10, 100), *form, ceil=True)
    assert dx.ravel().tolist() == [1, 10, 0, 100, 0]
    assert pooling.mean_pool(x, *form, ceil=True).ravel().tolist() == [-1.5, -3, -5]
    # Padding counts, what lies beyond it does not.
    y = pooling.mean_pool(x, *form, ceil=True, count_padding=True)
    assert y.ravel().tolist() == [-1, -3, -5]
    dx = pooling.mean_pool_gradient(x, row(3, 6, 8), *form, ceil=True, count_padding=True)
    assert dx.ravel().tolist() == [1, 3, 2, 6, 4]
    # A last window that would begin in the padding is left out.
    assert pooling.starts(5, 2, 2, (1, 1), ceil=True) == [-1, 1, 3]
    assert pooling.starts(4, 2, 3, (0, 0), ceil=True) == [0, 3]
    assert pooling.starts(3, 2, 3, (0, 1), ceil=True) == [0]


def test_pooling_by_hand() -> None:
    x = np.array([[1, 2, 0], [2, 2, 5]], float).reshape(1, 2, 3, 1)
    assert pooling.max_pool(x, (2, 2), (1, 1)).ravel().tolist() == [2, 5]
    dy = np.array([10.0, 1.0]).reshape(1, 1, 2, 1)
    # Three cells of the first window hold 2: the one in the first row comes first.
    dx = pooling.max_pool_gradient(x, dy, (2, 2), (1, 1))
    assert dx.ravel().tolist() == [0, 10, 0, 0, 0, 1]
    assert pooling.mean_pool(x, (2, 2), (1, 1)).ravel().tolist() == [1.75, 2.25]
    dx = pooling.mean_pool_gradient(x, dy * 4, (2, 2), (1, 1))
    assert dx.ravel().tolist() == [10, 11, 1, 10, 11, 1]


def test_pooling_leaves_out_what_fills_no_window() -> None:
    assert pooling.max_pool(row(1, 2, 9), (2,), (2,)).ravel().tolist() == [2]
    assert pooling.mean_pool(row(1, 2, 9), (2,), (2,)).ravel().tolist() == [1.5]


def test_objectives_by_hand() -> None:
    z, t = np.array([[math.log(1), math.log(3)], [1e4, -1e4]]), np.eye(2)
    np.testing.assert_allclose(objectives.softmax(z), [[0.25, 0.75], [1, 0]], rtol=1e-15)
    np.testing.assert_allclose(objectives.cross_entropy(z, t), [math.log(4), 2e4], rtol=1e-15)
    np.testing.assert_allclose(
        objectives.cross_entropy_gradient(z, t, np.array([4.0, 1.0])), [[-3, 3], [1, -1]]
    )
    y, t = np.array([[1.0, 2.0]]), np.array([[3.0, 5.0]])
    assert objectives.squared_error(y, t).tolist() == [(4 + 9) / 2]
    assert objectives.squared_error_gradient(y, t, np.array([0.5])).tolist() == [[-1, -1.5]]


def test_descent_by_hand() -> None:
    def slope(w: float, step: int) -> float:
        return 2 * w  # of w²

    assert descent.sgd(1.0, slope, [0.25, 0.25]) == [0.5, 0.25]
    # Velocities 2, then 0.5·2 + 2·0.5 = 2.
    assert descent.momentum(1.0, slope, [0.25, 0.25], 0.5) == [0.5, 0.0]
    # The first step has the length of the rate, whatever the gradient.
    first, second = descent.adam(
        1.0, lambda w, step: (4.0, 0.0)[step - 1], [0.5, 0.5], 0.5, 0.75, 0
    )
    assert first == 0.5
    # m = 0.5·2 + 0 = 1, m̂ = 1/(1 - 0.25); v = 0.75·4 = 3, v̂ = 3/(1 - 0.5625).
    assert second == pytest.approx(0.5 - 0.5 * (4 / 3) / math.sqrt(48 / 7), rel=1e-15)


def test_more_objectives_by_hand() -> None:
    z, t = np.array([[math.log(3), 0.0]]), np.array([[1.0, 0.0]])
    found = objectives.binary_cross_entropy(z, t)
    np.testing.assert_allclose(found, [(math.log(4 / 3) + math.log(2)) / 2], rtol=1e-15)
    slope = objectives.binary_cross_entropy_gradient(z, t, np.array([2.0]))
    np.testing.assert_allclose(slope, [[-0.25, 0.5]], rtol=1e-15)
    y, t, scale = np.array([[1.0, 5.0, 2.0]]), np.array([[1.5, 2.0, 2.0]]), np.array([6.0])
    assert objectives.absolute_error(y, t).tolist() == [3.5 / 3]
    assert objectives.absolute_error_gradient(y, t, scale).tolist() == [[-2, 2, 0]]
    assert objectives.huber(y, t).tolist() == [(0.125 + 2.5) / 3]
    assert objectives.huber_gradient(y, t, scale).tolist() == [[-1, 2, 0]]
    assert objectives.huber(y, t, 4.0).tolist() == [(0.125 + 4.5) / 3]
