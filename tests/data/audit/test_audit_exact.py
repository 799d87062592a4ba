"""Equal examples across parts, and with two labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from audited import PARTS, pictures, sides, table

from cnnopt.data import exact_duplicates
from cnnopt.data.audit.exact import duplicates_across, twins, two_labels
from cnnopt.data.audit.sides import Sides, sides_of
from cnnopt.data.dataset import Dataset
from cnnopt.data.duplicates import equal_rows

EVERY = np.arange(100)


def test_clean_data_have_none() -> None:
    for data in (pictures(), table()):
        found = duplicates_across(data, sides_of(PARTS))
        assert (found.found, found.leak, found.leaks) == (0, True, False)
        assert found.detail == "none among 100 rows"


def test_a_copy_in_another_part_is_a_leak_whatever_its_label() -> None:
    data = pictures()
    data.x[80] = data.x[17]  # training, test
    data.x[61] = data.x[18]  # training, validation
    data.x[90] = data.x[70]  # validation, test
    data.x[3] = data.x[2]  # both in training: no matter
    assert data.y[80] != data.y[17]
    found = duplicates_across(data, sides_of(PARTS))
    assert found.found == 3
    assert found.leaks
    assert found.detail == "rows 18 = 61, 17 = 80, 70 = 90"
    assert found.check == "exact duplicates across parts"
    assert found.remedy


def test_rows_that_take_no_part_are_not_looked_at() -> None:
    data = pictures()
    data.x[80] = data.x[17]
    assert duplicates_across(data, sides([1, 2, 17], [70, 79])).found == 0


def test_a_row_of_a_table_is_a_copy_only_with_its_target() -> None:
    data = table()
    data.x[80] = data.x[17]
    assert duplicates_across(data, sides_of(PARTS)).found == 0, "measured twice"
    assert two_labels(data, EVERY).found == 1
    data.y[80] = data.y[17]
    assert duplicates_across(data, sides_of(PARTS)).detail == "rows 17 = 80"
    assert two_labels(data, EVERY).found == 0


def test_on_folds_it_is_what_exact_duplicates_says_of_them() -> None:
    for seed in range(30):
        generator = np.random.default_rng(seed)
        x = generator.integers(0, 2, (14, 2, 2))
        data = Dataset("bits", x, np.zeros(14, np.int64), ("one",))
        fold_of = generator.integers(0, 3, 14)
        folds = [np.flatnonzero(fold_of == fold) for fold in range(3)]
        split = [Sides(np.flatnonzero(fold_of != fold), folds[fold]) for fold in range(3)]
        split = [side for side in split if len(side.known) and len(side.tested)]
        assert twins(data, split) == exact_duplicates(x, folds)


def test_equal_rows_agree_exactly_where_examples_do() -> None:
    x = np.array([[0.0], [1.0], [-0.0], [1.0], [2.0]])
    assert equal_rows(x, np.arange(5)).tolist() == [0, 1, 0, 1, 4]
    assert equal_rows(x, np.array([3, 1, 2])).tolist() == [3, 3, 2]


def test_one_picture_with_two_labels_is_a_remark() -> None:
    data = pictures()
    assert two_labels(data, EVERY).detail == "none among 100 rows"
    data.x[[5, 6]] = data.x[0]  # three rows, three labels: one example
    data.x[8] = data.x[4]  # the same label
    found = two_labels(data, EVERY)
    assert (found.check, found.found) == ("one example with two labels", 1)
    assert found.detail == "rows 0 = 5 = 6"
    assert not found.leak
    assert two_labels(data, np.arange(1, 5)).found == 0
    assert two_labels(replace(table()), EVERY).check == "one example with two targets"
