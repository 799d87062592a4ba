"""Bilinear algorithms: each is the plain correlation, and none is returned for nothing."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cnnopt.kernels.bilinear import Algorithm, algorithms

ERROR = 1e-12
"""Largest error in float64 for numbers of about 1; the worst that was found is 7e-14."""


def correlation(x: np.ndarray, w: np.ndarray, before: int, outputs: int) -> np.ndarray:
    """Return Σ x[o + k - before]·w[k]; x is zero outside."""
    y = np.zeros(outputs)
    for o in range(outputs):
        for k, weight in enumerate(w):
            cell = o + k - before
            if 0 <= cell < len(x):
                y[o] += x[cell] * weight
    return y


def run(one: Algorithm, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return A((G w) ∘ (B x)): the same products of the kernel for every tile."""
    factors = np.repeat(one.kernel @ w, one.tiles)
    found: np.ndarray = one.outputs @ (factors * (one.inputs @ x))
    return found


def check(n: int, kernel: int, before: int, outputs: int, seed: int = 0) -> tuple[Algorithm, ...]:
    """Check every algorithm for one axis; return them."""
    generator = np.random.default_rng(seed)
    x, w = generator.standard_normal(n), generator.standard_normal(kernel)
    wanted = correlation(x, w, before, outputs)
    found = algorithms(n, kernel, before, outputs)
    assert found
    for one in found:
        products = one.rank * one.tiles
        assert one.inputs.shape == (products, n)
        assert one.kernel.shape == (one.rank, kernel)
        assert one.outputs.shape == (outputs, products)
        assert np.abs(run(one, x, w) - wanted).max() <= ERROR, (one.rank, one.tiles)
    return found


EXTENTS = st.integers(1, 40)
KERNELS = st.integers(2, 8)


@settings(max_examples=150)
@given(n=EXTENTS, kernel=KERNELS, data=st.data(), seed=st.integers(0, 99))
def test_is_the_plain_correlation(n: int, kernel: int, data: st.DataObject, seed: int) -> None:
    """Any padding before and after, also more than the kernel is long, also outputs left out."""
    before = data.draw(st.integers(0, kernel + 2), "before")
    most = n + before + kernel + 2
    check(n, kernel, before, data.draw(st.integers(1, most), "outputs"), seed)


@given(n=EXTENTS, kernel=KERNELS)
def test_valid_same_full_and_one_sided(n: int, kernel: int) -> None:
    full, half = kernel - 1, (kernel - 1) // 2
    for before, outputs in ((0, n - full), (half, n), (full, n + full), (full, n), (0, n)):
        if outputs > 0:
            check(n, kernel, before, outputs)


@pytest.mark.parametrize(("n", "kernel"), [(1, 2), (1, 8), (2, 5), (3, 7)])
def test_a_kernel_longer_than_its_input(n: int, kernel: int) -> None:
    for before in range(kernel):
        for outputs in range(1, n + before + 1):
            check(n, kernel, before, outputs)


@settings(max_examples=60)
@given(n=EXTENTS, kernel=KERNELS, before=st.integers(0, 7), more=st.integers(0, 8))
def test_none_is_beaten_and_fewer_tiles_come_first(
    n: int, kernel: int, before: int, more: int
) -> None:
    found = algorithms(n, kernel, before, max(1, n + before - kernel + 1 + more))
    assert [one.tiles for one in found] == sorted({one.tiles for one in found})
    for one in found:
        for other in found:
            if other is one:
                continue
            fewer_products = one.rank * one.tiles < other.rank * other.tiles
            assert one.rank < other.rank or fewer_products


def test_the_products_of_known_algorithms() -> None:
    """Two outputs of three taps take 4 products in each tile, the fewest possible; four take 7."""
    ranks = {-(-12 // one.tiles): one.rank for one in algorithms(12, 3, 1, 12)}
    assert ranks[2] == 4
    assert ranks[4] == 7
    # One tile: modulo x^13 - 1, with a real root and six pairs of complex ones.
    assert ranks[12] == 1 + 6 * 3


def test_kernels_of_two_taps_by_hand() -> None:
    """Two cells, full: modulo x³ - 1; the outputs are w₁·x₀, w₀·x₀ + w₁·x₁, w₀·x₁."""
    for one in algorithms(2, 2, 1, 3):
        y = run(one, np.array([2.0, 3.0]), np.array([5.0, 7.0]))
        np.testing.assert_allclose(y, [14, 10 + 21, 15], rtol=1e-14)


@settings(max_examples=60)
@given(n=EXTENTS, kernel=st.integers(2, 5))
def test_no_number_of_a_matrix_is_large(n: int, kernel: int) -> None:
    """Points on the unit circle: where Winograd's would have powers of 2, no digit is lost."""
    for one in algorithms(n, kernel, kernel // 2, n):
        for matrix in (one.inputs, one.kernel, one.outputs):
            assert np.abs(matrix).max() <= kernel
