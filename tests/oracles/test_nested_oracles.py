"""The oracles of activations, normalizations and nested layers, on numbers worked out by hand."""

import math

import numpy as np
import pytest

from cnnopt import layers
from oracles import activations, complex_step, composition


def row(*values: float) -> np.ndarray:
    return np.array([values], float)


def test_complex_steps_are_exact_to_the_last_digit() -> None:
    x, w, dy = row(2, 3), row(5, 7), row(1, 10)
    dx, dw = complex_step.gradients(lambda x, w: x**2 * w, (x, w), dy)
    assert dx.tolist() == [[2 * 2 * 5, 2 * 3 * 7 * 10]]
    assert dw.tolist() == [[4, 90]]
    (slope,) = complex_step.gradients(np.exp, (row(1.0),), row(1.0))
    assert slope[0, 0] == pytest.approx(math.e, rel=1e-15)


def test_activations_by_hand() -> None:
    assert activations.leaky_relu(row(-2, 3), 0.25).tolist() == [[-0.5, 3]]
    np.testing.assert_allclose(activations.elu(row(-math.log(2), 3), 4), [[-2, 3]])
    np.testing.assert_allclose(activations.sigmoid(row(math.log(3), 0)), [[0.75, 0.5]])
    np.testing.assert_allclose(activations.silu(row(math.log(3))), [[0.75 * math.log(3)]])
    # 84.134 % of a normal distribution lie below one standard deviation
    np.testing.assert_allclose(activations.gelu(row(1, -1)), [[0.84134475, -0.15865525]], rtol=1e-7)
    np.testing.assert_allclose(activations.gelu_by_tanh(row(1)), [[0.841192]], rtol=1e-6)
    shares = activations.softmax(row(0, math.log(2), math.log(5)))
    np.testing.assert_allclose(shares, [[1 / 8, 2 / 8, 5 / 8]])


def test_norms_by_hand() -> None:
    x = np.array([[[1.0, 10, 5, 5], [3, 14, 5, 5]]])  # two positions, four channels
    one, zero = np.ones(4), np.zeros(4)
    # of 1, 10, 3, 14: mean 7, variance (36 + 9 + 16 + 49) / 4 = 27.5
    y = activations.group_norm(x, one, zero, 2, 1e-300)
    np.testing.assert_allclose(y[0, :, :2] * math.sqrt(27.5), [[-6, 3], [-4, 7]])
    y = activations.group_norm(x, one, zero, 4, 1.0)
    np.testing.assert_allclose(y[0, :, 0], np.array([-1, 1]) / math.sqrt(1 + 1))
    y = activations.layer_norm(x[..., :2], np.array([2.0, 3]), np.array([1.0, 0]), 1, 1e-300)
    np.testing.assert_allclose(y, [[[-2 + 1, 3], [-2 + 1, 3]]])
    y = activations.layer_norm(x[..., :2], np.ones((2, 2)), np.zeros((2, 2)), 2, 1e-300)
    np.testing.assert_allclose(y * math.sqrt(27.5), [[[-6, 3], [-4, 7]]])


def test_layers_inside_by_hand() -> None:
    dense = layers.Residual((("dense_1", layers.Dense(2)),))
    weight = np.array([[1.0, 2], [3, 4]])
    assert composition.run(dense, row(10, 1), weight).tolist() == [[13 + 10, 24 + 1]]
    wider = layers.Residual((("dense_1", layers.Dense(1)),))
    found = composition.run(wider, row(10, 1), np.array([[1.0], [2]]), np.array([[3.0], [4]]))
    assert found.tolist() == [[12 + 34]]
    branches = layers.Parallel(((("dense_1", layers.Dense(1)),), ()))
    assert composition.run(branches, row(10, 1), np.array([[1.0], [2]])).tolist() == [[12, 10, 1]]


def test_what_is_dropped_by_hand() -> None:
    noise = np.array([[0.1, 0.9]])
    x = np.array([[[1.0, 2], [3, 4]]])
    found = composition.run(layers.SpatialDropout(0.5), x, noise)
    assert found.tolist() == [[[0, 4], [0, 8]]]
    masked = layers.DropConnect(layers.Dense(1), 0.5)
    found = composition.run(masked, row(10, 1), np.array([[1.0], [2]]), np.array([[0.6], [0.4]]))
    assert found.tolist() == [[20]]
    assert composition.run(layers.Dropout(0.2), row(4, 8), noise).tolist() == [[0, 10]]


def test_the_plain_convolution_by_hand() -> None:
    x, weight = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1), np.array([10.0, 1]).reshape(2, 1, 1)
    assert composition.convolve(layers.Conv(1, (2,)), x, weight).ravel().tolist() == [12, 23, 34]
    strided = layers.Conv(1, (2,), (2,), ((1, 0),))
    assert composition.convolve(strided, x, weight).ravel().tolist() == [1, 23]
