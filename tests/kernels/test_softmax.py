"""Softmax and its logarithm against decimal arithmetic, for logits of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from oracles import objectives

from cnnopt.kernels.softmax import log_softmax, softmax

LOGITS = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=5),
    elements=st.floats(-1e4, 1e4),
)


def probabilities(z: np.ndarray) -> np.ndarray:
    p = np.empty_like(z)
    softmax(p, np.empty((len(z), 1), z.dtype), z)
    return p


@given(z=LOGITS)
def test_softmax_is_the_definition(z: np.ndarray) -> None:
    p = probabilities(z)
    np.testing.assert_allclose(p, objectives.softmax(z), rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)


@given(z=LOGITS)
def test_logarithm_is_the_definition(z: np.ndarray) -> None:
    logs, powers, row = np.empty_like(z), np.empty_like(z), np.empty((len(z), 1))
    log_softmax(logs, row, z, powers)
    for k in range(z.shape[1]):
        target = np.zeros_like(z)
        target[:, k] = 1
        np.testing.assert_allclose(-logs[:, k], objectives.cross_entropy(z, target), atol=1e-10)
    np.testing.assert_allclose(powers / row, objectives.softmax(z), rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("shift", [-3e38, -1e30, 0, 1e30, 3e38])
def test_single_precision_of_any_size(shift: float) -> None:
    z = np.full((2, 4), shift, np.float32)
    np.testing.assert_array_equal(probabilities(z), np.full((2, 4), 0.25, np.float32))


def test_softmax_over_its_own_input() -> None:
    z = np.random.default_rng(0).normal(size=(3, 4))
    wanted = probabilities(z)
    softmax(z, np.empty((3, 1)), z)
    np.testing.assert_array_equal(z, wanted)


@pytest.mark.parametrize("columns", [63, 64, 65, 300])
def test_logarithm_of_short_and_long_rows(columns: int) -> None:
    """The maximum of a row is found in one way or another; both are it."""
    z = np.random.default_rng(columns).normal(0, 50, (4, columns))
    logs, powers, row = np.empty_like(z), np.empty_like(z), np.empty((len(z), 1))
    log_softmax(logs, row, z, powers)
    np.testing.assert_allclose(np.exp(logs), objectives.softmax(z), rtol=1e-10, atol=1e-300)
    np.testing.assert_array_equal(powers.max(axis=1), 1)
