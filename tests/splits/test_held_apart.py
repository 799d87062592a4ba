"""Laws of a part of whole groups, and of the last block."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cnnopt.errors import ConfigError
from cnnopt.splits import group_holdout, last_block
from cnnopt.splits.draw import share_or_count

AMOUNTS = st.floats(0.01, 0.95) | st.integers(0, 60)


@settings(max_examples=150, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=9),
    amount=AMOUNTS,
    seed=st.integers(0, 9),
)
def test_groups_are_whole_enough_and_never_all(sizes: list[int], amount: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    groups = generator.permutation(np.repeat(np.arange(len(sizes)), sizes))
    count = share_or_count(amount, len(groups))
    if count > len(groups) - min(sizes):
        with pytest.raises(ConfigError, match=r"^dataset\.test: must "):
            group_holdout(groups, amount, generator)
        return
    train, test = group_holdout(groups, amount, generator)
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(len(groups)))
    assert not set(groups[train]) & set(groups[test])
    assert len(train) > 0
    assert count <= len(test) < count + max(sizes)
    assert np.array_equal(train, np.sort(train))
    assert np.array_equal(test, np.sort(test))


def test_the_seed_decides_and_other_names_change_nothing() -> None:
    groups = np.random.default_rng(1).permutation(np.repeat(np.arange(8), 5))
    names = np.array([*"zcxaybwd"])[groups]
    tests = [group_holdout(groups, 0.25, np.random.default_rng(seed)).test for seed in range(9)]
    for seed, test in enumerate(tests):
        again = group_holdout(names, 0.25, np.random.default_rng(seed)).test
        np.testing.assert_array_equal(test, again)
        assert len(set(groups[test])) == 2
    assert len({tuple(test) for test in tests}) > 4


def test_every_like_group_is_held_out_as_often() -> None:
    groups, hits = np.repeat(np.arange(5), 4), np.zeros(5)
    generator = np.random.default_rng(0)
    for _ in range(600):
        hits[np.unique(groups[group_holdout(groups, 8, generator).test])] += 1
    assert np.abs(hits - 240).max() < 4.5 * np.sqrt(600 * 0.4 * 0.6)


def test_a_group_too_large_to_stay_behind_is_always_held_out() -> None:
    groups = np.repeat([0, 1, 2], [1, 1, 8])
    generator = np.random.default_rng(0)
    seen = {tuple(group_holdout(groups, 9, generator).train.tolist()) for _ in range(40)}
    assert seen == {(0,), (1,)}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (
            7,
            r"dataset\.validation: must leave a whole group .*at most 6 rows, of 2 groups, got 7\.",
        ),
        (0.65, r"of 2 groups, got 0\.65 \(7 rows\)\. Use a count up to 6, or a smaller share"),
        (10, r"dataset\.validation: must be a share in \[0, 1\) .* the 10 rows, got 10\. Use 0\.2"),
        (1.5, r"must be a share in \[0, 1\).*got 1\.5"),
        (-1, r"must be a share in \[0, 1\).*got -1"),
    ],
)
def test_impossible_parts_of_groups(amount: float, words: str) -> None:
    groups = np.repeat([0, 1], [4, 6])
    with pytest.raises(ConfigError, match=words):
        group_holdout(groups, amount, np.random.default_rng(0), "dataset.validation")


def test_one_group_cannot_be_parted() -> None:
    words = r"at most 0 rows, of 1 groups, got 1\. Give more groups"
    with pytest.raises(ConfigError, match=words):
        group_holdout(np.zeros(5, dtype=int), 1, np.random.default_rng(0))


@given(rows=st.integers(1, 60), amount=AMOUNTS)
def test_the_last_block_is_after_all_others(rows: int, amount: float) -> None:
    count = share_or_count(amount, rows)
    if count >= rows:
        with pytest.raises(ConfigError):
            last_block(rows, amount)
        return
    train, test = last_block(rows, amount)
    np.testing.assert_array_equal(train, np.arange(rows - count))
    np.testing.assert_array_equal(test, np.arange(rows - count, rows))


@pytest.mark.parametrize("amount", [5, 6, 1.0, -1, -0.5])
def test_a_last_block_that_leaves_nothing(amount: float) -> None:
    words = rf"cv\.test: must be a share in \[0, 1\) or a count .* 5 rows, got {amount}\. Use 0\.2"
    with pytest.raises(ConfigError, match=words):
        last_block(5, amount, "cv.test")
