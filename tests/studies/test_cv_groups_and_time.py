"""Folds of rows in groups and in order of time: what is whole, what waits, what is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folded_problems import (
    OVER_BLOCKS,
    OVER_FOLDS,
    OVER_GROUPS,
    SUBJECTS,
    grouped,
    looked_for,
    members,
    plain,
    planned,
    rows_tested,
    series,
)
from sklearn.model_selection import TimeSeriesSplit
from small_problems import cross_validate

from cnnopt.api import Run
from cnnopt.splits import Split
from cnnopt.statistics import bootstrap_interval

GROUPED = {
    "group": (3, OVER_FOLDS),
    "stratified_group": (3, OVER_FOLDS),
    "leave_one_group_out": (None, OVER_GROUPS),
    "holdout": (None, OVER_GROUPS),
}


@pytest.mark.parametrize("scheme", GROUPED)
def test_groups_stay_whole_in_all_three_parts(tmp_path: Path, scheme: str) -> None:
    changes = [f"cv.scheme={scheme}"]
    if GROUPED[scheme][0]:
        changes.append("cv.folds=3")
    _, data, folds = planned(grouped(tmp_path / "data.npz"), *changes)
    assert data.groups is not None
    for split in folds.splits:
        whose = [set(data.groups[rows].tolist()) for rows in split.parts().values()]
        assert len(whose) == 3
        assert all(whose), "validation too"
        assert len(set.union(*whose)) == sum(map(len, whose)) == 6


@pytest.fixture(scope="module")
def by_group(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("groups")
    given = grouped(folder / "data.npz")
    return {
        scheme: cross_validate(given, scheme=scheme, folds=folds, runs_dir=folder / "runs")
        for scheme, (folds, _) in GROUPED.items()
    }


@pytest.mark.parametrize("scheme", GROUPED)
def test_a_fold_names_its_groups_and_is_drawn_by_them(
    by_group: dict[str, Run], scheme: str
) -> None:
    summary = by_group[scheme].summary
    assert summary["interval_kind"] == GROUPED[scheme][1]
    assert summary["pooled"]["interval_kind"] == OVER_GROUPS
    for fold, rows in zip(summary["folds"], rows_tested(by_group[scheme]), strict=True):
        names = {SUBJECTS[member] for member in members(84)[rows]}
        assert set(fold["groups"]) == names
    if scheme != "holdout":
        found = [name for fold in summary["folds"] for name in fold["groups"]]
        assert sorted(found) == sorted(SUBJECTS)


def test_leaving_one_group_out_has_the_interval_of_the_mean_that_it_gives(
    by_group: dict[str, Run],
) -> None:
    """A fold counts once in the mean, whatever the rows of its group: so it does in the draw."""
    summary = by_group["leave_one_group_out"].summary
    values = [fold["metrics"]["test"]["accuracy"] for fold in summary["folds"]]
    assert [fold["n_test"] for fold in summary["folds"]] == [4, 8, 12, 16, 20, 24]
    assert summary["mean"] == pytest.approx(np.mean(values))
    assert summary["pooled"]["value"] == pytest.approx(np.average(values, weights=range(1, 7)))
    assert summary["mean"] != pytest.approx(summary["pooled"]["value"], abs=0.01)
    assert summary["interval"] == pytest.approx(bootstrap_interval(values), abs=0.03)


def test_the_scheme_that_fits_the_rows_is_taken(tmp_path: Path) -> None:
    def scheme(given: dict[str, Any]) -> Any:
        return planned(given)[0].cv.scheme

    assert scheme(plain(tmp_path / "p.npz")) == "stratified"
    assert scheme(grouped(tmp_path / "g.npz")) == "stratified_group"
    assert scheme(series(tmp_path / "s.csv")) == "forward_chaining"


@pytest.fixture(scope="module")
def chained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("series")
    return cross_validate(series(folder / "s.csv"), folds=4, runs_dir=folder / "runs")


def test_forward_chaining_tests_block_after_block_and_names_their_years(chained: Run) -> None:
    """66 samples and windows of 5 make 61 rows, of which 4 blocks of 12 are tested."""
    summary = chained.summary
    assert rows_tested(chained) == [list(range(start, start + 12)) for start in (13, 25, 37, 49)]
    # Row r sees the samples r to r + 4 and predicts sample r + 5, of the year 1905 + r.
    assert [fold["times"] for fold in summary["folds"]] == [
        [str(1905 + start), str(1905 + start + 11)] for start in (13, 25, 37, 49)
    ]
    assert (summary["interval_kind"], summary["pooled"]["n"]) == (OVER_BLOCKS, 48)
    assert summary["interval"] == summary["pooled"]["interval"]
    names = [baseline["name"] for baseline in summary["baselines"]]
    assert names == ["last value", "linear autoregression"]


@pytest.mark.parametrize("changes", [{}, {"gap": 2}, {"test": 7}, {"window": "sliding"}])
def test_its_blocks_are_scikit_learn_s(tmp_path: Path, changes: dict[str, Any]) -> None:
    given = [f"cv.{key}={value}" for key, value in {"folds": 4, **changes}.items()]
    _, data, folds = planned(series(tmp_path / "s.csv"), *given)
    longest = None if "window" not in changes else 61 - 4 * 12
    oracle = TimeSeriesSplit(
        4, max_train_size=longest, test_size=changes.get("test"), gap=changes.get("gap", 0)
    )
    for side, (train, test) in zip(folds.sides[0], oracle.split(data.x), strict=True):
        assert side.test.tolist() == test.tolist()
        assert side.train.tolist() == train.tolist()


def parts(split: Split) -> list[list[int]]:
    return [rows.tolist() for rows in split.parts().values()]


def test_what_is_not_known_yet_trains_nothing_by_hand(tmp_path: Path) -> None:
    """Windows of 5 and 3 samples ahead: row r sees r ... r + 4 and needs sample r + 7.

    23 samples make 16 rows, two folds test 5 each. The first tested row of fold 1 is 6, forecast at
    sample 10: rows 4 and 5 need the samples 11 and 12, which are not there yet. Of the rows 0 to 3
    the last one validates (0.1 of 4, rounded up); it is forecast at sample 7, so of the others
    only row 0 is known. In fold 2 row 11 is the first, forecast at 15: rows 9 and 10 wait. Of the
    rows 0 to 8 the last validates, forecast at 12; row 5 needs 12, the rows 6 and 7 more.
    """
    _, _, folds = planned(series(tmp_path / "s.csv", samples=23, horizon=3), "cv.folds=2")
    assert [parts(split) for split in folds.splits] == [
        [[0], [3], [6, 7, 8, 9, 10]],
        [[0, 1, 2, 3, 4, 5], [8], [11, 12, 13, 14, 15]],
    ]


def test_a_fold_s_validation_part_is_the_last_block_of_its_training_part(tmp_path: Path) -> None:
    _, _, folds = planned(series(tmp_path / "s.csv"), "cv.folds=4", "dataset.validation=0.3")
    for (train, _), split in zip(folds.sides[0], folds.splits, strict=True):
        count = -(-3 * len(train) // 10)
        assert split.validation.tolist() == train[-count:].tolist()
        assert split.train.tolist() == train[:-count].tolist(), "one step ahead: nothing waits"


def test_the_audit_tells_of_groups_on_both_sides_where_a_scheme_mixes_them(
    by_group: dict[str, Run], tmp_path: Path
) -> None:
    for study in by_group.values():
        assert looked_for(study, "groups on both sides")["found"] == 0
    given = grouped(tmp_path / "data.npz")
    for scheme in ("stratified", "shuffle"):
        mixed = cross_validate(given, folds=3, scheme=scheme, runs_dir=tmp_path / "runs")
        assert looked_for(mixed, "groups on both sides")["found"] == 6


def test_the_audit_tells_of_rows_that_are_later_than_a_forecast(
    chained: Run, tmp_path: Path
) -> None:
    assert looked_for(chained, "training rows later")["found"] == 0
    leaky = cross_validate(
        series(tmp_path / "s.csv"),
        ["cv.allow_leakage=true"],
        folds=4,
        scheme="k_fold",
        runs_dir=tmp_path / "runs",
    )
    assert looked_for(leaky, "training rows later")["found"] > 50
