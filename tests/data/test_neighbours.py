"""One nearest neighbour and exact duplicates."""

import numpy as np
import pytest
from plain_splits import folds_of
from sklearn.neighbors import KNeighborsClassifier

from cnnopt.data import exact_duplicates, one_nearest_neighbour
from cnnopt.data.digits import digits

RNG = np.random.default_rng(0)


def slow(x_train: np.ndarray, x: np.ndarray) -> list[int]:
    """Lowest row at the smallest distance, one pair after the other."""
    far = [[float(((a.astype(float) - b) ** 2).sum()) for a in x_train] for b in x]
    return [row.index(min(row)) for row in far]


@pytest.mark.parametrize("shift", [0.0, 1e6])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_agrees_with_the_slow_way(shift: float, dtype: str) -> None:
    train = (RNG.normal(size=(70, 3, 2)) + shift).astype(dtype)
    x = (RNG.normal(size=(40, 3, 2)) + shift).astype(dtype)
    found = one_nearest_neighbour(train, np.arange(70), x)
    assert found.tolist() == slow(train, x)


def test_ties_go_to_the_lowest_row() -> None:
    train = RNG.integers(0, 3, (400, 4), np.uint8)
    x = RNG.integers(0, 3, (300, 4), np.uint8)
    order = RNG.permutation(400)
    assert one_nearest_neighbour(train, np.arange(400), x).tolist() == slow(train, x)
    assert one_nearest_neighbour(train[order], np.arange(400), x).tolist() == slow(train[order], x)


def test_ties_among_more_candidates_than_one_block_holds() -> None:
    train = np.ones((300, 2000), np.uint8)
    assert one_nearest_neighbour(train, np.arange(300), train[:2]).tolist() == [0, 0]


def test_an_outlier_costs_no_accuracy() -> None:
    train = RNG.normal(size=(50, 5))
    train[7] = 1e12
    x = RNG.normal(size=(20, 5))
    assert one_nearest_neighbour(train, np.arange(50), x).tolist() == slow(train, x)


def test_targets_are_the_neighbours() -> None:
    y = RNG.normal(size=(50, 2))
    train, x = RNG.normal(size=(50, 1)), RNG.normal(size=(9, 1))
    np.testing.assert_array_equal(one_nearest_neighbour(train, y, x), y[slow(train, x)])


def test_the_published_figure_on_digits() -> None:
    dataset = digits()
    right = 0
    for fold in folds_of(
        dataset.rows, dataset.y, scheme="stratified", folds=5, repeat=0, split_seed=0
    ):
        train = np.setdiff1d(np.arange(dataset.rows), fold)
        found = one_nearest_neighbour(dataset.x[train], dataset.y[train], dataset.x[fold])
        flat = dataset.x.reshape(dataset.rows, -1).astype(float)
        oracle = KNeighborsClassifier(1).fit(flat[train], dataset.y[train])
        assert (found != oracle.predict(flat[fold])).sum() <= 1  # exact ties only
        right += (found == dataset.y[fold]).sum()
    assert right / dataset.rows == pytest.approx(0.988, abs=0.003)


def test_duplicates_across_groups_only() -> None:
    x = np.array([[1, 2], [3, 4], [1, 2], [3, 4], [5, 6], [1, 2], [1, 2]])
    groups = [np.array([0, 2, 4]), np.array([1, 5]), np.array([3, 6])]
    assert exact_duplicates(x, groups) == [(1, 3), (0, 5), (0, 6)]
    assert exact_duplicates(x, [np.arange(7)]) == []
    assert exact_duplicates(x, [np.array([0]), np.array([4])]) == []


def test_every_later_twin_in_another_group_is_told() -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        x = rng.integers(0, 2, (12, 2))
        fold_of = rng.integers(0, 3, 12)
        groups = [np.flatnonzero(fold_of == fold) for fold in range(3)]
        expected = [
            (min(twins), row)
            for row in range(12)
            if (
                twins := [
                    other
                    for other in range(row)
                    if (x[other] == x[row]).all() and fold_of[other] != fold_of[row]
                ]
            )
        ]
        assert exact_duplicates(x, groups) == expected


def test_minus_zero_is_zero() -> None:
    x = np.array([[0.0], [-0.0]])
    assert exact_duplicates(x, [np.array([0]), np.array([1])]) == [(0, 1)]


def test_digits_have_no_duplicates() -> None:
    dataset = digits()
    folds = folds_of(dataset.rows, dataset.y, scheme="stratified", folds=5, repeat=0, split_seed=0)
    assert exact_duplicates(dataset.x, folds) == []
    twice = np.concatenate([dataset.x, dataset.x[:1]])
    assert exact_duplicates(twice, [np.arange(1797), np.array([1797])]) == [(0, 1797)]
