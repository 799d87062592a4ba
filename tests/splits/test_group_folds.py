"""Laws of folds of whole groups, with scikit-learn as the oracle of what is not shuffled."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.model_selection import GroupKFold

from cnnopt.errors import ConfigError
from cnnopt.splits import group_k_fold, k_fold
from cnnopt.splits.draw import class_codes
from cnnopt.splits.group_order import shuffled_among_neighbours

SIZES = st.lists(st.integers(1, 20), min_size=2, max_size=14)


def scattered(sizes: list[int], seed: int) -> np.ndarray:
    """Return the group of each row, in random order."""
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


def drawing(seed: int | None) -> np.random.Generator | None:
    return None if seed is None else np.random.default_rng(seed)


@settings(max_examples=80, deadline=None)
@given(
    sizes=SIZES, folds=st.integers(2, 14), place=st.integers(0, 9), seed=st.sampled_from([None, 0])
)
def test_folds_are_disjoint_covering_whole_and_even(
    sizes: list[int], folds: int, place: int, seed: int | None
) -> None:
    groups = scattered(sizes, place)
    if folds > len(sizes):
        with pytest.raises(ConfigError):
            group_k_fold(groups, folds, drawing(seed))
        return
    parts = group_k_fold(groups, folds, drawing(seed))
    assert len(parts) == folds
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    assert sum(len(set(groups[part])) for part in parts) == len(sizes)
    assert all(np.array_equal(part, np.sort(part)) for part in parts)
    rows = [len(part) for part in parts]
    assert min(rows) > 0
    assert max(rows) - min(rows) <= max(sizes)


@settings(max_examples=150, deadline=None)
@given(sizes=SIZES, folds=st.integers(2, 8), place=st.integers(0, 99))
def test_unshuffled_folds_equal_scikit_learn(sizes: list[int], folds: int, place: int) -> None:
    groups = class_codes(scattered(sizes, place))
    folds = min(folds, len(sizes))
    oracle = GroupKFold(folds).split(groups, groups=groups)
    for ours, (_, theirs) in zip(group_k_fold(groups, folds, None), oracle, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("names", [["pear", "apple", "fig", "date"], [9, 2, 11, -4]])
def test_other_names_of_groups_change_nothing(seed: int | None, names: list[object]) -> None:
    groups = scattered([5, 5, 5, 3], 1)
    one = group_k_fold(groups, 3, drawing(seed))
    other = group_k_fold(np.array(names)[groups], 3, drawing(seed))
    for ours, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_largest_first_to_the_lightest_by_hand() -> None:
    # 4 to fold 0, 3 to fold 1, 3 (the one that appears first goes last) to fold 1, 2 to fold 0.
    groups = np.repeat([0, 1, 2, 3], [3, 4, 3, 2])
    parts = group_k_fold(groups, 2, None)
    assert [sorted(set(groups[part].tolist())) for part in parts] == [[1, 3], [0, 2]]
    assert [part.tolist() for part in parts] == [[3, 4, 5, 6, 10, 11], [0, 1, 2, 7, 8, 9]]


def together(parts: list[np.ndarray], groups: np.ndarray) -> frozenset[frozenset[int]]:
    return frozenset(frozenset(groups[part].tolist()) for part in parts)


def unevenness(draws: list[list[np.ndarray]]) -> float:
    """Return the standard deviation of the folds' sizes, on average."""
    return float(np.mean([np.std([len(part) for part in parts]) for parts in draws]))


def test_the_seed_decides_also_where_no_two_groups_are_of_one_size() -> None:
    groups = scattered([30, 31, 33, 36, 40, 45, 51, 58, 66, 75], 0)
    seen = [group_k_fold(groups, 5, drawing(seed)) for seed in range(20)]
    again = group_k_fold(groups, 5, drawing(7))
    assert all(map(np.array_equal, seen[7], again))
    assert len({together(parts, groups) for parts in seen}) > 10
    # Evener than two groups for each fold, blind to their sizes.
    blind = [
        [np.flatnonzero(np.isin(groups, pair)) for pair in k_fold(10, 5, drawing(seed))]
        for seed in range(20)
    ]
    assert unevenness(seen) < 0.7 * unevenness(blind)


def test_any_two_of_like_groups_may_meet() -> None:
    groups = np.repeat(np.arange(6), 4)
    met = np.zeros((6, 6), dtype=int)
    for seed in range(200):
        for part in group_k_fold(groups, 3, drawing(seed)):
            first, second = sorted(set(groups[part].tolist()))
            met[first, second] += 1
    above = met[np.triu_indices(6, 1)]
    # 200 draws, each pair with probability 1/5: 40, standard deviation 5.7.
    assert above.min() > 40 - 4.5 * 5.7
    assert above.max() < 40 + 4.5 * 5.7


def test_neighbours_change_places_within_their_block_only() -> None:
    order = np.array([5, 3, 8, 1, 9, 0, 2])
    np.testing.assert_array_equal(shuffled_among_neighbours(order, 3, None), order)
    moved = shuffled_among_neighbours(order, 3, np.random.default_rng(1))
    assert [sorted(part) for part in np.split(moved, [3, 6])] == [[3, 5, 8], [0, 1, 9], [2]]
    assert not np.array_equal(moved, order)


@pytest.mark.parametrize(
    ("folds", "groups", "words"),
    [
        (4, [0, 0, 1, 2], r"cv\.folds: must not exceed the number of groups \(3\), got 4\. Use at"),
        (2, [6, 6, 6], r"the number of groups \(1\), got 2\. Use scheme k_fold"),
        (1, [0, 1, 2], r"cv\.folds: must be at least 2.*got 1\. Use 5 or 10"),
        (0, [0, 1, 2], r"cv\.folds: must be at least 2"),
    ],
)
def test_impossible_numbers_of_folds(folds: int, groups: list[int], words: str) -> None:
    for seed in (None, 0):
        with pytest.raises(ConfigError, match=words):
            group_k_fold(np.array(groups), folds, drawing(seed))
