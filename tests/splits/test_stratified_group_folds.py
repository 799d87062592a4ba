"""Laws of stratified folds of whole groups; scikit-learn is the oracle of what is not shuffled."""

import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings
from sklearn.model_selection import StratifiedGroupKFold

from cnnopt.errors import ConfigError
from cnnopt.splits import group_k_fold, stratified_group
from cnnopt.splits.draw import class_codes

Tables = st.integers(1, 4).flatmap(
    lambda classes: st.lists(
        st.lists(st.integers(0, 6), min_size=classes, max_size=classes).filter(any),
        min_size=2,
        max_size=9,
    )
)
"""Rows per group and class."""


def rows_of(table: list[list[int]], place: int) -> tuple[np.ndarray, np.ndarray]:
    """Return label and group of each row, in random order, numbered by first appearance."""
    counts = np.array(table)
    groups, labels = np.nonzero(counts)
    times = counts[groups, labels]
    order = np.random.default_rng(place).permutation(times.sum())
    groups, labels = np.repeat(groups, times)[order], np.repeat(labels, times)[order]
    return class_codes(labels), class_codes(groups)


def drawing(seed: int | None) -> np.random.Generator | None:
    return None if seed is None else np.random.default_rng(seed)


def scikit_learn(labels: np.ndarray, groups: np.ndarray, folds: int) -> list[np.ndarray]:
    with warnings.catch_warnings():
        # It warns where a class has fewer rows than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        oracle = StratifiedGroupKFold(folds).split(labels, labels, groups)
        return [np.asarray(part) for _, part in oracle]


@settings(max_examples=100, deadline=None)
@given(
    table=Tables, folds=st.integers(2, 9), place=st.integers(0, 9), seed=st.sampled_from([None, 0])
)
def test_folds_are_disjoint_covering_whole_and_never_empty(
    table: list[list[int]], folds: int, place: int, seed: int | None
) -> None:
    labels, groups = rows_of(table, place)
    if folds > len(table):
        with pytest.raises(ConfigError):
            stratified_group(labels, groups, folds, drawing(seed))
        return
    parts = stratified_group(labels, groups, folds, drawing(seed))
    assert len(parts) == folds
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    assert sum(len(set(groups[part])) for part in parts) == len(table)
    assert all(np.array_equal(part, np.sort(part)) for part in parts)
    assert min(map(len, parts)) > 0


@settings(max_examples=200, deadline=None)
@given(table=Tables, folds=st.integers(2, 6), place=st.integers(0, 99))
def test_unshuffled_folds_equal_scikit_learn(
    table: list[list[int]], folds: int, place: int
) -> None:
    labels, groups = rows_of(table, place)
    folds = min(folds, len(table))
    assume(folds <= np.bincount(labels).max())
    wanted = scikit_learn(labels, groups, folds)
    assume(min(map(len, wanted)) > 0)
    parts = stratified_group(labels, groups, folds, None)
    for ours, theirs in zip(parts, wanted, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_no_fold_is_empty_where_rounding_has_scikit_learn_leave_one() -> None:
    labels = np.repeat([0, 1, 2, 3, 4, 5], [2, 3, 8, 3, 3, 5])
    groups = np.repeat([0, 1, 2, 3, 4], [2, 6, 8, 3, 5])
    labels[8:13] = 2
    assert min(map(len, scikit_learn(labels, groups, 5))) == 0
    parts = stratified_group(labels, groups, 5, None)
    assert sorted(map(len, parts)) == [2, 3, 5, 6, 8]


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_classes_keep_their_ratios_where_groups_allow(seed: int | None) -> None:
    # 20 groups of one class each, of 5 rows: every fold can have 2 groups of each class.
    groups = np.repeat(np.arange(20), 5)
    labels = groups % 2
    for part in stratified_group(labels, groups, 5, drawing(seed)):
        assert np.bincount(labels[part]).tolist() == [10, 10]


def test_ratios_are_nearer_than_those_of_plain_groups() -> None:
    generator = np.random.default_rng(4)
    groups = np.repeat(np.arange(40), generator.integers(5, 30, size=40))
    labels = (generator.random(len(groups)) < generator.random(40)[groups]).astype(int)

    def unevenness(parts: list[np.ndarray]) -> float:
        return float(np.std([labels[part].mean() for part in parts]))

    plain = np.mean([unevenness(group_k_fold(groups, 5, drawing(seed))) for seed in range(10)])
    kept = [unevenness(stratified_group(labels, groups, 5, drawing(seed))) for seed in range(10)]
    assert np.mean(kept) < plain / 3


@pytest.mark.parametrize("seed", [None, 3])
def test_other_names_change_nothing(seed: int | None) -> None:
    labels, groups = rows_of([[3, 1, 2], [3, 1, 2], [2, 2, 2], [1, 4, 0], [0, 4, 1]], 2)
    one = stratified_group(labels, groups, 3, drawing(seed))
    named = np.array(["pear", "apple", "fig"])[labels]
    other = stratified_group(named, np.array([7, -1, 30, 2, 5])[groups], 3, drawing(seed))
    for ours, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_spread_first_by_hand() -> None:
    # Rows of class 0 and 1: group 0: 3, 0; 1: 0, 3; 2: 2, 1; 3: 1, 2. Spreads 1.5, 1.5, 0.5, 0.5.
    # Group 0 to fold 0; 1 to the empty fold; 2 to fold 1 (3, 0 | 2, 4 and not 5, 1 | 0, 3);
    # 3 to fold 0 (4, 2 | 2, 4 and not 3, 0 | 3, 6).
    labels = np.array([0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1])
    parts = stratified_group(labels, np.repeat([0, 1, 2, 3], 3), 2, None)
    assert [part.tolist() for part in parts] == [[0, 1, 2, 9, 10, 11], [3, 4, 5, 6, 7, 8]]


def test_the_seed_decides_also_where_no_two_groups_are_alike() -> None:
    table = [[10 + 3 * i, 40 - 2 * i, (7 * i) % 11] for i in range(10)]
    labels, groups = rows_of(table, 0)
    seen = [stratified_group(labels, groups, 5, drawing(seed)) for seed in range(12)]
    again = stratified_group(labels, groups, 5, drawing(7))
    assert all(map(np.array_equal, seen[7], again))
    whole = {frozenset(frozenset(groups[part].tolist()) for part in parts) for parts in seen}
    assert len(whole) > 3


@pytest.mark.parametrize(
    ("folds", "words"),
    [
        (4, r"cv\.folds: must not exceed the number of groups \(3\), got 4\. Use at most 3"),
        (1, r"cv\.folds: must be at least 2.*got 1\. Use 5 or 10"),
    ],
)
def test_impossible_numbers_of_folds(folds: int, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        stratified_group(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 2]), folds, None)
