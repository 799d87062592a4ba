"""Laws of forward chaining, with scikit-learn as the oracle of every option."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.model_selection import TimeSeriesSplit

from cnnopt.errors import ConfigError
from cnnopt.splits import Sides, forward_chaining


@settings(max_examples=300, deadline=None)
@given(
    rows=st.integers(2, 70),
    folds=st.integers(2, 7),
    test=st.none() | st.integers(1, 12),
    gap=st.integers(0, 6),
    train=st.none() | st.integers(1, 30),
)
def test_equals_scikit_learn_with_every_option(
    rows: int, folds: int, test: int | None, gap: int, train: int | None
) -> None:
    splitter = TimeSeriesSplit(folds, test_size=test, gap=gap, max_train_size=train)
    window = "expanding" if train is None else "sliding"
    try:
        oracle = list(splitter.split(np.zeros(rows)))
    except ValueError:
        with pytest.raises(ConfigError):
            forward_chaining(rows, folds, test=test, gap=gap, window=window, train=train)
        return
    longest = rows - gap - len(oracle[0][1])
    if train is not None and train > longest:
        with pytest.raises(ConfigError, match=rf"cv\.train: must be in \[1, {longest}\]"):
            forward_chaining(rows, folds, test=test, gap=gap, window=window, train=train)
        return
    sides = forward_chaining(rows, folds, test=test, gap=gap, window=window, train=train)
    for ours, theirs in zip(sides, oracle, strict=True):
        np.testing.assert_array_equal(ours.train, theirs[0])
        np.testing.assert_array_equal(ours.test, theirs[1])


@settings(max_examples=100, deadline=None)
@given(
    folds=st.integers(2, 6),
    test=st.integers(1, 9),
    gap=st.integers(0, 5),
    first=st.integers(1, 20),
)
def test_order_gap_and_sizes_are_kept(folds: int, test: int, gap: int, first: int) -> None:
    rows = first + gap + folds * test
    expanding = forward_chaining(rows, folds, test=test, gap=gap)
    sliding = forward_chaining(rows, folds, test=test, gap=gap, window="sliding")
    for sides in (expanding, sliding):
        tested = np.concatenate([side.test for side in sides])
        np.testing.assert_array_equal(tested, np.arange(first + gap, rows))
        for side in sides:
            assert side.train[-1] + gap + 1 == side.test[0]
            assert len(side.test) == test
            assert (np.diff(side.train) == 1).all()
    assert [side.train[0] for side in expanding] == [0] * folds
    assert [len(side.train) for side in sliding] == [first] * folds


def as_lists(sides: list[Sides]) -> list[tuple[list[int], list[int]]]:
    return [(train.tolist(), test.tolist()) for train, test in sides]


def test_expanding_by_hand() -> None:
    assert as_lists(forward_chaining(7, 2)) == [
        ([0, 1, 2], [3, 4]),
        ([0, 1, 2, 3, 4], [5, 6]),
    ]


def test_sliding_by_hand() -> None:
    sides = forward_chaining(9, 3, test=2, gap=1, window="sliding", train=3)
    # Only 2 rows stand before the gap of the first fold.
    assert as_lists(sides) == [
        ([0, 1], [3, 4]),
        ([1, 2, 3], [5, 6]),
        ([3, 4, 5], [7, 8]),
    ]
    assert [train for train, _ in as_lists(forward_chaining(9, 3, window="sliding"))] == [
        [0, 1, 2],
        [2, 3, 4],
        [4, 5, 6],
    ]


@pytest.mark.parametrize(
    ("rows", "folds", "options", "words"),
    [
        (10, 1, {}, r"cv\.folds: must be at least 2.*got 1\. Use 5"),
        (5, 5, {}, r"cv\.folds: must not exceed the 5 rows less one .*got 5\. Use at most 4"),
        (2, 2, {}, r"cv\.folds: must not exceed the 2 rows less one .*got 2\. Add data"),
        (10, 3, {"test": 4}, r"cv\.test: must be .*\[1, 3\] for 3 folds of 10 rows, got 4\. Use a"),
        (10, 3, {"test": 0}, r"cv\.test: must be a count of rows in \[1, 3\].*got 0"),
        (10, 3, {"test": 2, "gap": 4}, r"cv\.gap: must be in \[0, 3\].*got 4\. Make it, cv\.folds"),
        (10, 3, {"gap": -1}, r"cv\.gap: must be in \[0, 3\].*got -1\. Use 0"),
        (10, 3, {"train": 4}, r"cv\.train: an expanding window .*got 4\. Leave it out, or use cv"),
        (
            10,
            3,
            {"window": "sliding", "train": 0},
            r"cv\.train: must be in \[1, 8\].*got 0\. Use 4",
        ),
        (
            10,
            3,
            {"window": "sliding", "train": 9},
            r"cv\.train: must be in \[1, 8\].*got 9\. Use 4",
        ),
    ],
)
def test_impossible_requests(rows: int, folds: int, options: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        forward_chaining(rows, folds, **options)  # type: ignore[arg-type]


def test_what_the_errors_call_possible_is_possible() -> None:
    assert len(forward_chaining(5, 4)) == 4
    assert len(forward_chaining(10, 3, test=3)) == 3
    assert len(forward_chaining(10, 3, test=2, gap=3)[0].train) == 1
    assert len(forward_chaining(10, 3, window="sliding", train=8)[-1].train) == 8
