"""Folds that leave out one row or one group, with scikit-learn as the oracle."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.model_selection import LeaveOneGroupOut, LeaveOneOut

from cnnopt.errors import ConfigError
from cnnopt.splits import leave_one_group_out, leave_one_out
from cnnopt.splits.draw import class_codes

GROUPS = st.lists(st.integers(0, 8), min_size=1, max_size=40).map(np.array)


@given(rows=st.integers(2, 60))
def test_one_row_each_equals_scikit_learn(rows: int) -> None:
    oracle = LeaveOneOut().split(np.zeros(rows))
    for ours, (_, theirs) in zip(leave_one_out(rows), oracle, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@settings(deadline=None)
@given(groups=GROUPS)
def test_one_group_each_is_disjoint_covering_and_whole(groups: np.ndarray) -> None:
    if len(set(groups)) < 2:
        with pytest.raises(ConfigError):
            leave_one_group_out(groups)
        return
    parts = leave_one_group_out(groups)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    assert [len(set(groups[part])) for part in parts] == [1] * len(set(groups))
    oracle = LeaveOneGroupOut().split(groups, groups=class_codes(groups))
    for ours, (_, theirs) in zip(parts, oracle, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_groups_by_first_appearance_whatever_their_names() -> None:
    for groups in ([3, 1, 3, 2, 1], ["fig", "pear", "fig", "apple", "pear"]):
        parts = leave_one_group_out(np.array(groups))
        assert [part.tolist() for part in parts] == [[0, 2], [1, 4], [3]]


@pytest.mark.parametrize("rows", [0, 1])
def test_one_row_is_too_few(rows: int) -> None:
    words = rf"cv\.scheme: leave_one_out needs at least 2 rows, got {rows}\. Add data"
    with pytest.raises(ConfigError, match=words):
        leave_one_out(rows)


def test_one_group_is_too_few() -> None:
    words = r"cv\.scheme: leave_one_group_out needs at least 2 groups, got 1\. Use scheme k_fold"
    with pytest.raises(ConfigError, match=words):
        leave_one_group_out(np.array([4, 4, 4]))
