"""How products are cut: equal parts, as few as make them small."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from cnnopt.kernels import products
from cnnopt.kernels.products import cut_rows, parts_of, product


@given(length=st.integers(1, 400), size=st.integers(1, 3000), limit=st.integers(1, 5000))
def test_the_fewest_equal_parts_that_are_small(length: int, size: int, limit: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "SMALL_PRODUCT", limit)
        parts = parts_of(length, size)
    assert length % parts == 0
    fitting = [p for p in range(1, length) if length % p == 0 and length // p * size <= limit]
    # One row a part would be no product of matrices any more.
    assert parts == (min(fitting) if fitting else 1)


def test_small_products_stay_whole() -> None:
    assert parts_of(100, 100) == 1
    assert parts_of(1, 10**9) == 1
    assert parts_of(7, 10**9) == 1  # 7 is prime


@given(rows=st.integers(1, 12), parts=st.integers(1, 5), columns=st.integers(1, 4))
def test_parts_are_views_in_the_order_of_the_rows(rows: int, parts: int, columns: int) -> None:
    matrix = np.arange(float(rows * parts * columns)).reshape(rows * parts, columns)
    for source in (matrix, np.asfortranarray(matrix)):  # few channels stand in columns
        cut = cut_rows(source, parts)
        assert cut.shape == (parts, rows, columns)
        assert np.shares_memory(cut, source)
        np.testing.assert_array_equal(np.concatenate(list(cut)), matrix)


@given(
    rows=st.integers(1, 6),
    inner=st.integers(1, 6),
    columns=st.integers(1, 6),
    wide=st.booleans(),
    turned=st.booleans(),
)
def test_product_writes_to_memory_of_any_form(
    rows: int, inner: int, columns: int, wide: bool, turned: bool
) -> None:
    generator = np.random.default_rng(rows + 10 * inner + 100 * columns)
    left = (
        generator.normal(size=(inner, rows)).T if turned else generator.normal(size=(rows, inner))
    )
    right = generator.normal(size=(inner, columns))
    out = np.zeros((rows, columns + wide))[:, :columns]
    product(left, right, out)
    np.testing.assert_allclose(out, np.einsum("ij,jk->ik", left, right), rtol=1e-12, atol=1e-14)
