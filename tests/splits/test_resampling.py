"""Laws of the bootstrap: n draws with replacement, and the rows out of the bag."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cnnopt.errors import ConfigError
from cnnopt.splits import bootstrap


@settings(deadline=None)
@given(rows=st.integers(2, 80), seed=st.integers(0, 50))
def test_the_drawn_and_the_others_cover_all(rows: int, seed: int) -> None:
    drawn, left = bootstrap(rows, np.random.default_rng(seed))
    assert len(drawn) == rows
    assert np.array_equal(drawn, np.sort(drawn))
    assert len(left) > 0
    assert sorted([*set(drawn.tolist()), *left.tolist()]) == list(range(rows))
    assert np.array_equal(left, np.sort(left))


def test_the_seed_decides() -> None:
    one, again, other = (bootstrap(50, np.random.default_rng(seed)).train for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_every_row_is_drawn_as_often_and_a_third_is_left() -> None:
    rows, draws = 40, 500
    generator = np.random.default_rng(0)
    times, left = np.zeros(rows), 0
    for _ in range(draws):
        sides = bootstrap(rows, generator)
        times += np.bincount(sides.train, minlength=rows)
        left += len(sides.test)
    # Each row is drawn once on average, with variance 1 - 1/n.
    assert np.abs(times - draws).max() < 4.5 * np.sqrt(draws)
    assert left / (draws * rows) == pytest.approx((1 - 1 / rows) ** rows, abs=0.01)


def test_two_rows_are_one_of_them_twice() -> None:
    generator = np.random.default_rng(0)
    seen = {tuple(map(tuple, map(np.ndarray.tolist, bootstrap(2, generator)))) for _ in range(40)}
    assert seen == {((0, 0), (1,)), ((1, 1), (0,))}


@pytest.mark.parametrize("rows", [0, 1])
def test_fewer_than_two_rows(rows: int) -> None:
    words = rf"dataset: a bootstrap sample .* at least 2 rows, got {rows}\. Add data"
    with pytest.raises(ConfigError, match=words):
        bootstrap(rows, np.random.default_rng(0))
