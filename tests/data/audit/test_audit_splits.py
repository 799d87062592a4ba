"""The audit as a whole: of the parts of a training, and of the folds of a cross-validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from audited import PARTS, pictures, windows
from plain_splits import folds_of, holdout

from cnnopt.data import exact_duplicates, fit_scaler
from cnnopt.data.audit import Finding, audit_folds, audit_parts
from cnnopt.data.dataset import Dataset
from cnnopt.data.digits import digits, digits3d
from cnnopt.data.mnist1d import mnist1d
from cnnopt.data.regression import regression

Folds = dict[str, Mapping[str, np.ndarray]]


def folds(data: Dataset, count: int = 4, repeats: int = 1) -> Folds:
    found: Folds = {}
    for repeat in range(repeats):
        tests = folds_of(
            data.rows, data.y, scheme="k_fold", folds=count, repeat=repeat, split_seed=0
        )
        for number, test in enumerate(tests):
            rest = np.setdiff1d(np.arange(data.rows), test)
            parts = {"train": rest[5:], "validation": rest[:5], "test": test}
            found[f"fold {repeat + 1}.{number + 1}"] = parts
    return found


def audited(data: Dataset, split: Folds, scale: Any = "standard") -> list[Finding]:
    scalers = {
        name: fit_scaler(scale, data.x[parts["train"]], 255.0).to_json()
        for name, parts in split.items()
    }
    return audit_folds(data, split, scale, scalers)


def test_every_check_is_told_of_parts_in_a_fixed_order() -> None:
    found = audit_parts(pictures(), PARTS)
    assert [finding.check for finding in found] == [
        "exact duplicates across parts",
        "near duplicates across parts",
        "groups on both sides",
        "training rows later than a forecast",
        "windows that share samples",
        "classes out of balance",
        "constant features",
        "one example with two labels",
    ]
    assert [finding.leak for finding in found] == [True] * 5 + [False] * 3
    assert all(finding.found == 0 and finding.detail for finding in found)


def test_without_another_part_nothing_can_leak() -> None:
    found = audit_parts(pictures(), {"train": np.arange(100)})
    assert [finding.found for finding in found] == [0] * 8


@pytest.mark.parametrize(
    ("make", "constant"),
    [(digits, 3), (digits3d, 92), (lambda: mnist1d(42), 0), (lambda: regression(2000, 0.03, 0), 0)],
)
def test_of_the_built_in_sets_only_what_is_true_is_told(make: Any, constant: int) -> None:
    data = make()
    labels = data.y if data.classes else None
    split = holdout(data.rows, labels, test=0.2, validation=0.1, split_seed=0)
    found = audit_parts(data, split.parts())
    same = (data.x[split.train] == data.x[split.train][0]).all(axis=0).sum()
    assert same == constant
    assert {finding.check: finding.found for finding in found if finding.found} == (
        {"constant features": constant} if constant else {}
    )


def test_folds_of_clean_data_have_none_and_what_does_not_apply_is_left_out() -> None:
    data = pictures()
    found = audited(data, folds(data, repeats=2))
    assert [(finding.check, finding.found) for finding in found] == [
        ("exact duplicates across folds", 0),
        ("scaling fitted outside the fold's training part", 0),
        ("near duplicates across folds", 0),
    ]
    assert found[0].detail == "none among 100 rows"
    assert found[1].detail == "none of 8 folds"
    assert all(finding.leak for finding in found)
    assert set(found[0].entry()) == {"check", "found", "detail", "leak"}


def test_copies_across_folds_are_those_of_exact_duplicates() -> None:
    data = pictures()
    generator = np.random.default_rng(3)
    data.x[generator.integers(0, 100, 30)] = data.x[generator.integers(0, 100, 30)]
    split = folds(data)
    tests = [np.asarray(parts["test"]) for parts in split.values()]
    expected = exact_duplicates(data.x, tests)
    assert len(expected) > 5
    assert audited(data, split)[0].found == len(expected)


def test_what_only_training_and_its_inner_validation_share_is_not_told() -> None:
    data = pictures()
    split = folds(data)
    rows = split["fold 1.1"]["test"][:2]  # together in one fold, and apart within another's rest
    other = {
        name: {**parts, "validation": rows[:1], "train": np.setdiff1d(parts["train"], rows[:1])}
        for name, parts in split.items()
        if rows[0] not in parts["test"]
    }
    data.x[rows[1]] = data.x[rows[0]]
    assert audited(data, other)[0].found == 0


def test_what_a_fold_s_epoch_was_chosen_by_counts_as_known() -> None:
    data = pictures()
    name, parts = next(iter(folds(data).items()))
    data.x[parts["validation"][0]] = data.x[parts["test"][0]]
    assert audited(data, {name: parts})[0].found == 1


def test_folds_of_augmented_pictures_leak() -> None:
    data = pictures()
    x = data.x.astype(np.float64)
    x[50:] = 1.05 * x[:50]
    split = folds(data, repeats=2)
    apart = {
        row
        for parts in split.values()
        for row in range(50)
        if (row in parts["test"]) != (row + 50 in parts["test"])
    }
    near = audited(replace(data, x=x), split)[2]
    assert near.found == len(apart) > 30
    assert near.leaks


def test_a_scaler_that_saw_the_test_rows_is_a_leak() -> None:
    data = pictures()
    split = folds(data)
    everything = fit_scaler("standard", data.x, None).to_json()
    found = audit_folds(data, split, "standard", dict.fromkeys(split, everything))[1]
    assert (found.found, found.leaks) == (4, True)
    assert found.detail == "fold 1.1, fold 1.2, fold 1.3, fold 1.4"


def test_groups_and_time_are_told_where_there_are_any() -> None:
    grouped = replace(pictures(), groups=np.arange(100) % 3, group_names=("x", "y", "z"))
    found = audited(grouped, folds(grouped))[-1]
    assert (found.check, found.found, found.leaks) == ("groups on both sides", 3, True)
    forecasts = replace(windows([0] * 60, range(60), 20, horizon=1), classes=())
    found = audited(forecasts, folds(forecasts))[-1]
    assert found.check == "training rows later than a forecast"
    assert found.leaks
    chained = {"fold 1": {"train": np.arange(40), "test": np.arange(40, 60)}}
    assert not audited(forecasts, chained)[-1].found
    pieces = windows([0] * 60, range(60), 20)
    found = audited(pieces, folds(pieces))[-1]
    assert (found.check, found.leaks) == ("windows that share samples", True)
