"""Short rows joined to long ones: what one channel's number does to each row, it does to these."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from cnnopt.kernels.rows import LONG, as_rows, joined, repeated


@given(rows=st.integers(0, 5000), width=st.integers(1, 5000))
def test_joins_a_divisor_of_the_rows_and_the_largest_that_fits(rows: int, width: int) -> None:
    count = joined(rows, width)
    assert count >= 1
    if rows == 0:
        return
    assert rows % count == 0
    assert count == 1 or count * width <= LONG
    larger = range(count + 1, min(rows, LONG // width) + 1)
    assert not any(rows % more == 0 for more in larger)


@given(rows=st.integers(1, 60), width=st.integers(1, 40), seed=st.integers(0, 9))
def test_an_operation_on_joined_rows_is_the_one_on_each(rows: int, width: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    matrix, vector = generator.normal(size=(rows, width)), generator.normal(size=width)
    count = joined(rows, width)
    room = np.full(count * width, np.nan)
    wide = repeated(vector, room, count)
    long = as_rows(matrix, len(wide))
    assert np.shares_memory(long, matrix)
    np.testing.assert_array_equal((long + wide).reshape(rows, width), matrix + vector)
