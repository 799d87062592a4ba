"""Laws of one split: disjoint, covering, as large as asked, ratios kept, known by the seed."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from plain_splits import holdout

from cnnopt.errors import ConfigError
from cnnopt.splits import Split
from cnnopt.splits.draw import draw, share_or_count

DIGIT_LIKE = np.repeat(np.arange(10), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


def all_rows(split: Split) -> list[int]:
    return sorted(np.concatenate(list(split.parts().values())).tolist())


def relabelled(labels: np.ndarray) -> np.ndarray:
    return np.array([7, 3, 9, 0, 1, 8, 2, 6, 5, 4])[labels]


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(2, 40), min_size=1, max_size=5),
    test=st.floats(0.01, 0.5),
    validation=st.floats(0.01, 0.4),
    seed=st.integers(0, 5),
)
def test_parts_are_disjoint_covering_and_sized(
    sizes: list[int], test: float, validation: float, seed: int
) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    n = len(labels)
    left = n - share_or_count(test, n) - share_or_count(validation, n)
    for by in (labels, None):
        # Every class keeps a training row exactly when there are as many as classes.
        if left < (1 if by is None else len(sizes)):
            with pytest.raises(ConfigError):
                holdout(n, by, test=test, validation=validation, split_seed=seed)
            continue
        split = holdout(n, by, test=test, validation=validation, split_seed=seed)
        assert all_rows(split) == list(range(n))
        assert len(split.test) == share_or_count(test, n)
        assert len(split.validation) == share_or_count(validation, n)
        if by is not None:
            assert set(labels[split.train]) == set(labels)


def test_classes_keep_their_ratios() -> None:
    split = holdout(1797, DIGIT_LIKE, test=0.2, validation=0.1, split_seed=3)
    assert {name: len(rows) for name, rows in split.parts().items()} == {
        "train": 1257,
        "validation": 180,
        "test": 360,
    }
    counts = np.bincount(DIGIT_LIKE)
    for rows, share in ((split.test, 360 / 1797), (split.validation, 180 / 1797)):
        assert np.abs(np.bincount(DIGIT_LIKE[rows]) - counts * share).max() <= 1


def test_a_split_survives_relabelling() -> None:
    one = holdout(1797, DIGIT_LIKE, test=0.2, validation=0.1, split_seed=0)
    other = holdout(1797, relabelled(DIGIT_LIKE), test=0.2, validation=0.1, split_seed=0)
    for name, rows in one.parts().items():
        np.testing.assert_array_equal(rows, other.parts()[name])


def test_the_seed_decides_and_validation_does_not_move_the_test_part() -> None:
    one = holdout(1797, DIGIT_LIKE, test=0.2, validation=0.1, split_seed=0)
    again = holdout(1797, DIGIT_LIKE, test=0.2, validation=0.1, split_seed=0)
    wider = holdout(1797, DIGIT_LIKE, test=0.2, validation=0.3, split_seed=0)
    other = holdout(1797, DIGIT_LIKE, test=0.2, validation=0.1, split_seed=1)
    np.testing.assert_array_equal(one.train, again.train)
    np.testing.assert_array_equal(one.test, wider.test)
    assert not np.array_equal(one.test, other.test)


def test_every_row_is_tested_about_as_often_as_any_other() -> None:
    seeds = 400
    hits = np.zeros(50)
    labels = np.repeat([0, 1], [20, 30])
    for seed in range(seeds):
        hits[holdout(50, labels, test=10, validation=0, split_seed=seed).test] += 1
    spread = np.sqrt(seeds * 0.2 * 0.8)
    assert np.abs(hits - seeds * 0.2).max() < 4.5 * spread


@pytest.mark.parametrize(
    ("amount", "rows", "count"),
    [(0.2, 1797, 360), (0.1, 1797, 180), (0.07, 100, 7), (0.001, 10, 1), (3, 10, 3), (0, 10, 0)],
)
def test_shares_round_up_and_counts_stay(amount: float, rows: int, count: int) -> None:
    assert share_or_count(amount, rows) == count


def test_the_official_test_part_is_used_whole_and_shares_are_of_the_others() -> None:
    official = np.arange(60, 80)
    split = holdout(80, None, test="official", validation=0.1, split_seed=0, official_test=official)
    np.testing.assert_array_equal(split.test, official)
    assert len(split.validation) == 6
    assert all_rows(split) == list(range(80))


def test_a_share_pools_the_official_part_with_the_others() -> None:
    split = holdout(80, None, test=0.5, validation=0, split_seed=0, official_test=np.arange(40))
    assert len(split.test) == 40
    assert 0 < np.isin(split.test, np.arange(40)).sum() < 40
    assert len(split.validation) == 0
    assert "validation" not in split.parts()


def test_limit_keeps_the_test_part_the_proportions_and_every_class() -> None:
    labels = np.repeat([0, 1, 2], [600, 380, 20])
    whole = holdout(1000, labels, test=0.2, validation=0.1, split_seed=0)
    few = holdout(1000, labels, test=0.2, validation=0.1, split_seed=0, limit=80)
    np.testing.assert_array_equal(few.test, whole.test)
    assert len(few.train) + len(few.validation) == 80
    assert len(few.validation) == 10
    assert np.bincount(labels[few.train]).tolist() == [42, 26, 2]
    same = holdout(1000, labels, test=0.2, validation=0.1, split_seed=0, limit=5000)
    np.testing.assert_array_equal(same.train, whole.train)


def test_a_class_of_one_row_stays_in_training() -> None:
    labels = np.repeat([0, 1, 2], [10, 1, 1])
    for seed in range(20):
        split = holdout(12, labels, test=0.4, validation=0.2, split_seed=seed)
        assert set(labels[split.train]) == {0, 1, 2}


def test_draw_follows_largest_remainders() -> None:
    labels = np.repeat([0, 1, 2], [5, 3, 2])
    drawn, rest = draw(np.arange(10), labels, 4, np.random.default_rng(0))
    # Quotas 2.0, 1.2, 0.8: worked by hand.
    assert np.bincount(labels[drawn]).tolist() == [2, 1, 1]
    assert sorted([*drawn, *rest]) == list(range(10))


@pytest.mark.parametrize(
    ("test", "validation", "words"),
    [
        (0.6, 0.4, r"dataset: test and validation must leave rows .*test 0\.6, validation 0\.4"),
        (0.5, 0.7, "test \\+ validation < 1"),
        (10, 0, "test 10, validation 0 of 10 rows"),
        (4, 6, "Make them smaller"),
        (99, 0, "must leave rows to train on"),
    ],
)
def test_parts_must_leave_training_rows(test: float, validation: float, words: str) -> None:
    for labels in (None, np.repeat([0, 1], 5)):
        with pytest.raises(ConfigError, match=words):
            holdout(10, labels, test=test, validation=validation, split_seed=0)


def test_more_classes_than_samples() -> None:
    with pytest.raises(ConfigError, match=r"more classes than samples .*10 classes and 8 training"):
        holdout(10, np.arange(10), test=1, validation=1, split_seed=0)


def test_a_class_without_training_rows() -> None:
    with pytest.raises(ConfigError, match=r"a row of every class.*1 of 2 classes"):
        holdout(
            4,
            np.array([0, 0, 0, 1]),
            test="official",
            validation=0,
            split_seed=0,
            official_test=np.array([3]),
        )


def test_official_where_there_is_none() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.test: this data set has no official test"):
        holdout(10, None, test="official", validation=0, split_seed=0)


def test_an_official_validation_part_is_that_part() -> None:
    labels = np.arange(100) % 4
    watched, tested = np.arange(60, 70), np.arange(70, 100)
    settings = {"split_seed": 3, "official_test": tested, "official_validation": watched}
    split = holdout(100, labels, test="official", validation="official", **settings)
    assert split.validation.tolist() == watched.tolist()
    assert split.test.tolist() == tested.tolist()
    assert split.train.tolist() == list(range(60))
    few = holdout(100, labels, test="official", validation="official", limit=8, **settings)
    assert few.validation.tolist() == watched.tolist()
    assert len(few.train) == 8
    assert set(few.train) <= set(range(60))
    shares = holdout(100, labels, test=0.2, validation="official", **settings)
    assert shares.validation.tolist() == watched.tolist()
    assert len(shares.test) == 18  # of the 90 rows that are to be split
    assert all_rows(shares) == list(range(100))
    pooled = holdout(100, labels, test="official", validation=0.1, **settings)
    assert all_rows(pooled) == list(range(100))
    assert set(watched) & set(pooled.train)
    with pytest.raises(ConfigError, match=r"no official validation part"):
        holdout(100, labels, test=0.2, validation="official", split_seed=0)
