"""Folds inside a fold, for tuning: of its training part only, and split as the fold was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnnopt.splits import Examples, Place, Scheme, Split, fold_split, folds_of, pool_of
from cnnopt.splits.examples import Order
from cnnopt.splits.names import SchemeName
from cnnopt.splits.scheme import inner_scheme

ROWS = 96
LABELS = np.random.default_rng(0).permutation(np.arange(ROWS) % 3)
GROUPS = np.random.default_rng(1).permutation(np.arange(ROWS) % 12)
KINDS: tuple[SchemeName, ...] = (
    "holdout",
    "k_fold",
    "stratified",
    "group",
    "stratified_group",
    "leave_one_out",
    "leave_one_group_out",
    "shuffle",
)


def in_time(horizon: int = 1, rows: int = ROWS) -> Examples:
    moments = np.arange(rows)
    return Examples(rows, order=Order(moments + 4, moments + 4 + horizon))


def cut(examples: Examples, scheme: Scheme, place: Place, validation: Any = 0.1) -> Split:
    pool = pool_of(examples, validation=validation)
    sides = folds_of(examples, scheme, pool, 0, place.repeat)
    return fold_split(examples, scheme, sides, place, split_seed=0, validation=validation)


def inside(place: Place, inner: int, folds: int = 3) -> Place:
    return replace(place, inner=inner, inner_folds=folds)


def everything(split: Split) -> set[int]:
    return {int(row) for rows in split.parts().values() for row in rows}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [0, 1])
def test_inner_folds_split_the_training_part_and_nothing_else(kind: SchemeName, index: int) -> None:
    examples = Examples(ROWS, LABELS, GROUPS)
    scheme, place = Scheme(kind, 4), Place(0, 0 if kind == "holdout" else index)
    outer = cut(examples, scheme, place)
    known = np.sort(np.concatenate([outer.train, outer.validation]))
    inner = [cut(examples, scheme, inside(place, number)) for number in range(3)]
    assert all(everything(split) == set(known.tolist()) for split in inner)
    assert np.array_equal(np.sort(np.concatenate([split.test for split in inner])), known)


@pytest.mark.parametrize("kind", ["holdout", "group", "stratified_group", "leave_one_group_out"])
def test_groups_stay_whole_inside_as_well(kind: SchemeName) -> None:
    examples, scheme = Examples(ROWS, LABELS, GROUPS), Scheme(kind, 4)
    for number in range(3):
        split = cut(examples, scheme, inside(Place(0, 0), number))
        whose = [set(GROUPS[rows].tolist()) for rows in split.parts().values()]
        assert all(whose)
        assert sum(map(len, whose)) == len(set.union(*whose))


def test_time_runs_forward_inside_as_well() -> None:
    examples, scheme = in_time(horizon=3), Scheme("forward_chaining", 4)
    assert examples.order is not None
    for index in range(4):
        outer = cut(examples, scheme, Place(0, index))
        for number in range(3):
            split = cut(examples, scheme, inside(Place(0, index), number))
            origin, last = examples.order.origin, examples.order.last
            assert last[split.train].max() <= origin[split.validation].min()
            assert last[split.validation].max() <= origin[split.test].min()
            assert last[split.test].max() <= origin[outer.test].min()


@pytest.mark.parametrize("train", [None, 24, 40])
def test_inside_a_sliding_window_folds_have_what_lies_before_them(train: int | None) -> None:
    """A window as long as the training part left none: every inner fold was an error."""
    scheme = Scheme("forward_chaining", 4, window="sliding", train=train)
    for index in range(4):
        outer = cut(in_time(), scheme, Place(0, index), validation=0)
        for number in range(3):
            split = cut(in_time(), scheme, inside(Place(0, index), number), validation=0)
            before = outer.train[outer.train < split.test[0]]
            assert split.train.tolist() == before.tolist()
            assert len(split.train) <= (train or ROWS // 5)


def test_a_gap_is_kept_inside() -> None:
    scheme = Scheme("forward_chaining", 3, gap=5)
    for number in range(3):
        split = cut(in_time(), scheme, inside(Place(0, 2), number), validation=0)
        assert split.test[0] - split.train[-1] == 6


def test_folds_of_neighbours_are_of_neighbours_inside() -> None:
    scheme = Scheme("k_fold", 4, shuffle=False)
    split = cut(Examples(ROWS), scheme, inside(Place(0, 3), 0))
    assert split.test.tolist() == list(range(24))
    assert inner_scheme(scheme, Examples(ROWS), 3).shuffle is False
    assert inner_scheme(Scheme("k_fold", 4), Examples(ROWS), 3).shuffle is True


def test_inner_folds_of_a_place_are_drawn_for_it() -> None:
    """Other repetitions and folds draw others; the same place draws the same."""
    examples, scheme = Examples(ROWS, LABELS), Scheme("stratified", 4)

    def drawn(place: Place) -> list[int]:
        return cut(examples, scheme, inside(place, 0)).test.tolist()

    assert drawn(Place(0, 0)) == drawn(Place(0, 0))
    assert len({tuple(drawn(Place(r, i))) for r in range(2) for i in range(4)}) == 8


def test_the_validation_part_is_stratified_as_the_fold_is() -> None:
    split = cut(Examples(ROWS, LABELS), Scheme("stratified", 4), Place(0, 0), validation=12)
    assert np.bincount(LABELS[split.validation]).tolist() == [4, 4, 4]
    assert not set(split.validation.tolist()) & set(split.test.tolist())


def test_embargo_of_horizon_3_by_hand() -> None:
    """12 rows, 2 folds of 4: row r is forecast at sample r + 4 and needs r + 7.

    Fold 1 tests from row 4, forecast at 8: rows 0 and 1 are known (7 and 8), 2 and 3 are not.
    Fold 2 tests from row 8, forecast at 12: rows 0 to 5 are known. With one row to validate with,
    row 5, forecast at 9, the rows 0 to 2 (7, 8, 9) train.
    """
    examples, scheme = in_time(horizon=3, rows=12), Scheme("forward_chaining", 2)
    first = cut(examples, scheme, Place(0, 0), validation=0)
    assert (first.train.tolist(), first.test.tolist()) == ([0, 1], [4, 5, 6, 7])
    second = cut(examples, scheme, Place(0, 1), validation=1)
    assert [rows.tolist() for rows in second.parts().values()] == [[0, 1, 2], [5], [8, 9, 10, 11]]
