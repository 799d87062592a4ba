"""Laws of k-fold, with scikit-learn as the oracle of what is not shuffled."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from plain_splits import fold_split, folds_of
from sklearn.model_selection import KFold, StratifiedKFold

from cnnopt.errors import ConfigError
from cnnopt.splits import Examples, Scheme, check_scheme, k_fold, stratified
from cnnopt.splits.names import SchemeName

LABELS = np.random.default_rng(1).integers(0, 4, size=203)


def labelled(sizes: list[int], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(2, 90), folds=st.integers(2, 12), shuffled=st.booleans())
def test_k_fold_is_disjoint_covering_and_even(rows: int, folds: int, shuffled: bool) -> None:
    generator = np.random.default_rng(rows) if shuffled else None
    if folds > rows:
        with pytest.raises(ConfigError):
            k_fold(rows, folds, generator)
        return
    parts = k_fold(rows, folds, generator)
    assert sorted(np.concatenate(parts).tolist()) == list(range(rows))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    if not shuffled:
        for ours, (_, theirs) in zip(parts, KFold(folds).split(np.zeros(rows)), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(5, 30), min_size=2, max_size=6),
    folds=st.integers(2, 5),
    seed=st.integers(0, 9),
    shuffled=st.booleans(),
)
def test_stratified_keeps_ratios_and_sizes(
    sizes: list[int], folds: int, seed: int, shuffled: bool
) -> None:
    labels = labelled(sizes, seed)
    parts = stratified(labels, folds, np.random.default_rng(seed) if shuffled else None)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    counts = np.array([np.bincount(labels[part], minlength=len(sizes)) for part in parts])
    assert (counts.max(axis=0) - counts.min(axis=0)).max() <= 1
    oracle = StratifiedKFold(folds).split(np.zeros(len(labels)), labels)
    for number, (_, theirs) in enumerate(oracle):
        if shuffled:
            np.testing.assert_array_equal(counts[number], np.bincount(labels[theirs]))
        else:
            np.testing.assert_array_equal(parts[number], theirs)


def test_stratified_survives_relabelling() -> None:
    names = np.array(["pear", "apple", "fig", "date"])[LABELS]
    for seed in (None, 3):
        one, other = (
            stratified(labels, 4, None if seed is None else np.random.default_rng(seed))
            for labels in (LABELS, names)
        )
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_shuffling_moves_rows_of_every_class() -> None:
    plain = stratified(LABELS, 5, None)
    moved = stratified(LABELS, 5, np.random.default_rng(0))
    fold_of = np.empty((2, len(LABELS)), dtype=int)
    for way, parts in enumerate((plain, moved)):
        for number, part in enumerate(parts):
            fold_of[way, part] = number
    for label in range(4):
        here = label == LABELS
        assert 0.5 < (fold_of[0, here] != fold_of[1, here]).mean() < 1


def split_of(scheme: SchemeName, index: int, repeat: int = 0, **others: object) -> object:
    settings_: dict[str, object] = {
        "scheme": scheme,
        "folds": 5,
        "repeat": repeat,
        "index": index,
        "split_seed": 0,
        "validation": 0.1,
        **others,
    }
    return fold_split(len(LABELS), LABELS, **settings_)  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["stratified", "k_fold"])
def test_a_fold_tests_its_part_and_validates_inside_its_training_part(scheme: SchemeName) -> None:
    tests = folds_of(len(LABELS), LABELS, scheme=scheme, folds=5, repeat=0, split_seed=0)
    for index in range(5):
        split = split_of(scheme, index)
        np.testing.assert_array_equal(split.test, tests[index])
        together = np.concatenate([split.train, split.validation, split.test])
        assert sorted(together.tolist()) == list(range(len(LABELS)))
        side = len(LABELS) - len(split.test)
        assert len(split.validation) == -(-side // 10)


def test_inner_parts_of_two_folds_are_drawn_apart() -> None:
    places = []
    for index in (0, 1):
        split = fold_split(
            100,
            None,
            scheme="k_fold",
            folds=5,
            repeat=0,
            index=index,
            split_seed=0,
            validation=0.2,
        )
        side = np.sort(np.concatenate([split.train, split.validation]))
        places.append(np.searchsorted(side, split.validation))
    assert not np.array_equal(*places)


def test_repetitions_differ_and_are_known_by_their_number() -> None:
    one, again, other = (split_of("stratified", 0, repeat).test for repeat in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_the_official_test_part_is_in_no_fold_and_limit_shrinks_the_rest() -> None:
    official = np.arange(0, 203, 4)
    others = {"test": official, "limit": 100}
    seen: list[int] = []
    for index in range(5):
        split = split_of("stratified", index, **others)
        rows = np.concatenate(list(split.parts().values()))
        assert len(rows) == 100
        assert not np.isin(official, rows).any()
        seen.extend(split.test.tolist())
    assert len(set(seen)) == 100


def test_validation_zero_leaves_the_whole_training_part() -> None:
    split = split_of("k_fold", 2, validation=0)
    assert len(split.validation) == 0
    assert len(split.train) + len(split.test) == len(LABELS)


@pytest.mark.parametrize("scheme", ["stratified", "k_fold"])
@pytest.mark.parametrize("folds", [1, 0, -3])
def test_fewer_than_two_folds(scheme: SchemeName, folds: int) -> None:
    with pytest.raises(ConfigError, match=r"cv\.folds: must be at least 2.*got"):
        split_of(scheme, 0, folds=folds)


def test_more_folds_than_the_smallest_class() -> None:
    labels = np.repeat([0, 1, 2], [20, 4, 20])
    with pytest.raises(ConfigError, match=r"smallest class .number 1: 4 rows., got 5\. Use"):
        stratified(labels, 5, None)


def test_more_folds_than_rows() -> None:
    with pytest.raises(ConfigError, match="must not exceed the 3 rows, got 4"):
        k_fold(3, 4, None)


def test_stratified_needs_classes() -> None:
    with pytest.raises(ConfigError, match=r"cv\.scheme: stratified needs classes.*k_fold"):
        check_scheme(Scheme("stratified"), Examples(10), "rows", allow_leakage=False)


def test_a_validation_part_that_takes_all() -> None:
    with pytest.raises(ConfigError, match="must leave rows to train on"):
        split_of("stratified", 0, validation=500)


def test_an_official_validation_part_is_in_no_fold_and_watches_all() -> None:
    labels = np.arange(60) % 3
    watched, tested = np.arange(40, 50), np.arange(50, 60)
    tests = []
    for index in range(4):
        split = fold_split(
            60,
            labels,
            scheme="stratified",
            folds=4,
            repeat=0,
            index=index,
            split_seed=0,
            validation="official",
            test=tested,
            validation_rows=watched,
        )
        assert split.validation.tolist() == watched.tolist()
        assert not set(split.train) & set(split.test)
        assert sorted([*split.train, *split.test]) == list(range(40))
        tests.append(split.test)
    assert sorted(np.concatenate(tests)) == list(range(40))
