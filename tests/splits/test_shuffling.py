"""Laws of the shuffle split: sizes, ratios, draws that are independent and known by the seed."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.model_selection import ShuffleSplit

from cnnopt.errors import ConfigError
from cnnopt.splits import shuffle_split

LABELS = np.random.default_rng(1).permutation(np.repeat([0, 1, 2], [60, 30, 10]))


@settings(max_examples=80, deadline=None)
@given(
    rows=st.integers(2, 60),
    folds=st.integers(2, 6),
    test=st.floats(0.01, 0.99) | st.integers(1, 59),
    seed=st.integers(0, 5),
    stratified=st.booleans(),
)
def test_sides_are_disjoint_covering_and_sized(
    rows: int, folds: int, test: float, seed: int, stratified: bool
) -> None:
    labels = np.arange(rows) % 3 if stratified else None
    generator = np.random.default_rng(seed)
    try:
        oracle = list(ShuffleSplit(folds, test_size=test).split(np.zeros(rows)))
    except ValueError:
        with pytest.raises(ConfigError):
            shuffle_split(rows, labels, folds, test, generator)
        return
    sides = shuffle_split(rows, labels, folds, test, generator)
    assert [len(side.test) for side in sides] == [len(theirs) for _, theirs in oracle]
    for train, tested in sides:
        assert sorted([*train.tolist(), *tested.tolist()]) == list(range(rows))
        assert np.array_equal(train, np.sort(train))
        assert np.array_equal(tested, np.sort(tested))


def test_classes_keep_their_ratios() -> None:
    for train, test in shuffle_split(100, LABELS, 20, 0.2, np.random.default_rng(0)):
        assert np.bincount(LABELS[test]).tolist() == [12, 6, 2]
        assert np.bincount(LABELS[train]).tolist() == [48, 24, 8]


def test_the_seed_decides_and_more_folds_leave_the_first_ones() -> None:
    few, more, other = (
        [
            side.test.tolist()
            for side in shuffle_split(100, LABELS, folds, 0.2, np.random.default_rng(seed))
        ]
        for folds, seed in ((3, 0), (6, 0), (3, 1))
    )
    assert more[:3] == few
    assert not [test for test in other if test in few]
    assert len({tuple(test) for test in more}) == 6


def test_draws_are_independent_and_every_row_is_tested_as_often() -> None:
    folds = 2000
    hit = np.zeros((folds, 10), dtype=bool)
    for number, side in enumerate(shuffle_split(10, None, folds, 3, np.random.default_rng(0))):
        hit[number, side.test] = True
    assert np.abs(hit.sum(axis=0) - folds * 0.3).max() < 4.5 * np.sqrt(folds * 0.3 * 0.7)
    # Tested in a fold and in the next: the product of the probabilities.
    both = (hit[1:] & hit[:-1]).mean()
    assert both == pytest.approx(0.09, abs=0.01)


def test_other_names_of_labels_change_nothing() -> None:
    names = np.array(["pear", "apple", "fig"])[LABELS]
    one = shuffle_split(100, LABELS, 4, 0.3, np.random.default_rng(2))
    other = shuffle_split(100, names, 4, 0.3, np.random.default_rng(2))
    for ours, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(ours.test, theirs.test)


def test_one_of_two_by_hand() -> None:
    for train, test in shuffle_split(2, None, 8, 0.5, np.random.default_rng(0)):
        assert (train.tolist(), test.tolist()) in (([0], [1]), ([1], [0]))


@pytest.mark.parametrize("test", [0, 0.0, 1.0, 1.5, 10, 11, -0.2, -1])
def test_a_side_without_rows(test: float) -> None:
    words = rf"cv\.test: must be a share in .* the 10 rows, .*got {test}\. Use 0\.2"
    with pytest.raises(ConfigError, match=words):
        shuffle_split(10, None, 5, test, np.random.default_rng(0))


@pytest.mark.parametrize("folds", [1, 0, -2])
def test_fewer_than_two_folds(folds: int) -> None:
    with pytest.raises(ConfigError, match=rf"cv\.folds: must be at least 2.*got {folds}\. Use 5"):
        shuffle_split(10, None, folds, 0.2, np.random.default_rng(0))
