"""Groups on both sides, rows from the future, windows that share samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audited import PARTS, pictures, sides, table, windows

from cnnopt.data.audit.group_overlap import groups_on_both_sides
from cnnopt.data.audit.order import future_rows, shared_samples
from cnnopt.data.audit.sides import Sides, sides_of


def parts(train: range, validation: range, test: range) -> dict[str, np.ndarray]:
    return {
        name: np.array(rows, dtype=np.int64)
        for name, rows in (("train", train), ("validation", validation), ("test", test))
        if len(rows)
    }


def test_a_group_on_both_sides_is_a_leak() -> None:
    names = ("ann", "bob", "eve", "joe")
    groups = np.repeat([0, 1, 2, 3], [60, 15, 20, 5])
    data = replace(pictures(), groups=groups, group_names=names)
    clean = groups_on_both_sides(data, sides_of(PARTS))
    assert (clean.found, clean.leak) == (0, True)
    assert clean.detail == "none of 4 groups"
    groups[[80, 81]] = 0  # a row of training's group is tested
    groups[99] = 1  # one of validation's
    found = groups_on_both_sides(data, sides_of(PARTS))
    assert (found.found, found.detail) == (2, "ann, bob")
    assert found.leaks


def test_without_groups_it_says_so() -> None:
    found = groups_on_both_sides(pictures(), sides_of(PARTS))
    assert (found.found, found.detail) == (0, "does not apply: no groups are known")


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_training_row_from_the_future_is_a_leak(horizon: int) -> None:
    times = tuple(str(1900 + row) for row in range(40))
    data = windows([0] * 40, range(40), 5, horizon=horizon, times=times)
    # The last training row needs sample 4 + horizon later than its first; row 30 sees until 34.
    last = 30 - horizon
    honest = parts(range(last + 1), range(0), range(30, 40))
    assert future_rows(data, [honest]).found == 0
    assert future_rows(data, [honest]).detail == f"none of {last + 1} training rows"
    early = parts(range(last + 2), range(0), range(30, 40))
    found = future_rows(data, [early])
    assert (found.found, found.leaks) == (1, True)
    assert found.detail == f"rows {last + 1} ({1900 + last + 1})"
    behind = parts(range(20, 40), range(0), range(10))
    assert future_rows(data, [behind]).found == 20
    assert future_rows(data, [honest, early, behind]).found == 20


def test_what_is_validated_is_a_forecast_too_and_may_reach_up_to_the_test() -> None:
    data = windows([0] * 40, range(40), 5, horizon=3)
    assert future_rows(data, [parts(range(18), range(20, 30), range(30, 40))]).found == 0
    assert future_rows(data, [parts(range(20), range(20, 30), range(30, 40))]).found == 2
    shuffled = {"train": np.arange(0, 40, 2), "validation": np.arange(1, 40, 2)}
    assert future_rows(data, [shuffled]).found == 20


def test_each_series_has_its_own_time() -> None:
    data = windows([7] * 20 + [3] * 20, [*range(100, 120), *range(20)], 5, horizon=1)
    kept = {"train": np.r_[0:10, 20:30], "test": np.r_[10:20, 30:40]}
    assert future_rows(data, [kept]).found == 0, "100 is no later than 10: another series"
    kept["train"] = np.r_[0:10, 20:35]
    kept["test"] = np.r_[10:20, 35:40]
    assert future_rows(data, [kept]).found == 0
    kept["test"] = np.r_[10:20, 32, 35:40]
    kept["train"] = np.r_[0:10, 20:32, 33:35]
    assert future_rows(data, [kept]).found == 2


@pytest.mark.parametrize("data", [pictures(), table(), windows([0] * 9, range(9), 4)])
def test_what_is_no_forecast_has_no_future(data: object) -> None:
    found = future_rows(data, [parts(range(5, 9), range(0), range(5))])  # type: ignore[arg-type]
    assert (found.found, found.detail[:14]) == (0, "does not apply")


def meets_by_hand(data: object, side: Sides) -> list[int]:
    line = data.timeline  # type: ignore[attr-defined]
    return [
        b
        for b in side.tested.tolist()
        if any(
            line.series[a] == line.series[b]
            and line.first[a] <= line.last[b]
            and line.last[a] >= line.first[b]
            for a in side.known.tolist()
        )
    ]


def test_windows_of_one_series_that_overlap_are_a_leak() -> None:
    # Two series, windows of 10 samples every 5.
    data = windows([0] * 10 + [1] * 10, [*range(0, 50, 5)] * 2, 10)
    apart = sides([*range(10)], [*range(10, 20)])
    assert shared_samples(data, apart).detail == "none of 10 tested windows"
    one_after_another = sides([*range(5)], [*range(6, 10)])
    assert shared_samples(data, one_after_another).found == 0
    beside = sides([*range(5)], [*range(5, 10)])
    found = shared_samples(data, beside)
    assert (found.found, found.leaks) == (1, True)
    assert found.detail == "tested rows 5 (series 0)"
    assert found.check == "windows that share samples"


def test_overlaps_are_those_that_a_loop_finds() -> None:
    for seed in range(40):
        generator = np.random.default_rng(seed)
        data = windows(generator.integers(-2, 3, 30), generator.integers(0, 60, 30), 1)
        line = data.timeline
        assert line is not None
        longer = generator.integers(0, 15, 30)
        line = replace(line, origin=line.first + longer, last=line.first + longer)
        data = replace(data, timeline=line)
        order = generator.permutation(30)
        side = Sides(order[:18], order[18:])
        assert shared_samples(data, [side]).found == len(meets_by_hand(data, side))


def test_where_windows_do_not_count_it_says_so() -> None:
    side = sides([0, 1], [2, 3])
    assert shared_samples(pictures(), side).detail.startswith("does not apply: the rows are no")
    forecasts = windows([0] * 9, range(9), 4, horizon=1)
    assert shared_samples(forecasts, side).detail.startswith("does not apply: a forecast may see")
