"""Remarks: classes out of balance, constant features; and scalers of their own training part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audited import PARTS, pictures, table
from scipy.stats import chi2_contingency

from cnnopt.data.audit.balance import LEVEL, chances, class_balance
from cnnopt.data.audit.constants import constant_features
from cnnopt.data.audit.scalers import scaling_outside
from cnnopt.data.scaling import fit_scaler


def test_balanced_classes_are_passed_over() -> None:
    found = class_balance(pictures(), PARTS)
    assert (found.found, found.leak) == (0, False)
    assert found.detail == "none of 4 classes in 3 parts"


def test_a_class_that_is_missing_from_a_part_is_told() -> None:
    data = pictures()
    data.y[PARTS["test"]] = np.arange(25) % 3
    found = class_balance(data, PARTS)
    assert (found.found, found.leaks) == (1, False)
    assert found.detail == "'d' missing from test"


def test_a_class_that_is_nowhere_is_missing_from_no_part() -> None:
    data = replace(pictures(), classes=tuple("abcde"))
    assert class_balance(data, PARTS).found == 0


def test_a_class_with_other_shares_than_chance_makes_is_told() -> None:
    data = pictures(rows=400)
    parts = {"train": np.arange(300), "test": np.arange(300, 400)}
    data.y[300 + np.flatnonzero(data.y[300:] == 1)[:20]] = 0
    found = class_balance(data, parts)
    told = "'a' 25.0 % of train and 45.0 % of test, 'b' 25.0 % of train and 5.0 % of test"
    assert (found.found, found.detail) == (2, told)


def test_chances_are_pearson_s() -> None:
    counts = np.random.default_rng(0).integers(10, 60, (3, 4))
    sizes = counts.sum(axis=1)
    for k, chance in enumerate(chances(counts)):
        table_ = np.column_stack([counts[:, k], sizes - counts[:, k]])
        assert chance == pytest.approx(chi2_contingency(table_, correction=False).pvalue)
    assert np.isnan(chances(np.array([[40, 60], [4, 6]]))).all(), "four expected: no test"


def test_random_parts_are_remarked_on_as_rarely_as_said() -> None:
    told = 0
    for seed in range(300):
        data = pictures(rows=200, side=1)
        order = np.random.default_rng(seed).permutation(200)
        told += class_balance(data, {"train": order[:120], "test": order[120:]}).found > 0
    assert told <= 3 * LEVEL * 300


def test_targets_have_no_classes() -> None:
    assert class_balance(table(), PARTS).detail.startswith("does not apply")


def test_constant_features_are_those_of_the_training_part() -> None:
    data = pictures(channels=2)
    assert constant_features(data, PARTS["train"]).found == 0
    assert constant_features(data, PARTS["train"]).detail == "none of the 128 values of an example"
    data.x[:60, 0, 0, 0] = 9  # constant in training alone
    data.x[:, 3, 4, 1] = 0
    data.x[60:, 5, 5, :] = 1  # not in training
    found = constant_features(data, PARTS["train"])
    assert (found.found, found.leaks) == (2, False)
    assert found.detail == "2 of the 128 values of an example in 60 training rows"


def test_constant_columns_are_named() -> None:
    data = replace(table(), columns=("age", "site", "mass", "unit", "dose"))
    data.x[:, [1, 3]] = 1.5
    assert constant_features(data, PARTS["train"]).detail.endswith("training rows: site, unit")


def test_a_scaler_of_other_rows_is_a_leak() -> None:
    x = pictures().x
    own = {name: fit_scaler("standard", x[rows], None) for name, rows in PARTS.items()}
    given = {name: scaler.to_json() for name, scaler in own.items()}
    clean = scaling_outside(own, given)
    assert (clean.found, clean.detail) == (0, "none of 3 folds")
    given["test"] = fit_scaler("standard", x, None).to_json()
    found = scaling_outside(own, given)
    assert (found.found, found.detail, found.leaks) == (1, "test", True)
