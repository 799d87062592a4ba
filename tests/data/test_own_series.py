"""Tables with a column of times, and the two that ship with the package."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnopt.config import load_config
from cnnopt.data import Dataset, load
from cnnopt.data.moments import check_moments
from cnnopt.errors import ConfigError, DataError

WEEK = "day,price,sold\n2020-01-01,1,10\n2020-01-02,2,\n2020-01-03,4,30\n2020-01-04,8,40\n"


def config(**dataset: Any) -> Any:
    return load_config(
        {
            "dataset": dataset,
            "model": [{"conv1d": {"filters": 2, "kernel": 1}}, "flatten", {"dense": "classes"}],
            "loss": "squared_error",
            "optimizer": "adam",
        }
    )


def read(folder: Path, text: str = WEEK, **settings: Any) -> Dataset:
    file = folder / "own.csv"
    file.write_text(text)
    usual = {"time": "day", "target": "price", "window": 2}
    return load(config(name="series", path=str(file), **{**usual, **settings}).dataset)


def test_the_target_s_own_past_is_seen_by_default(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert (data.name, data.x.dtype, data.y.dtype) == ("series", np.float64, np.float64)
    assert data.x.tolist() == [[[1], [2]], [[2], [4]]]
    assert data.y.tolist() == [[4], [8]]
    assert (data.classes, data.columns, data.notes) == ((), (), ())
    assert data.ordered
    assert data.timeline is not None
    assert data.timeline.times == ("2020-01-03", "2020-01-04")
    assert data.timeline.period is None


def test_values_and_targets_of_choice(tmp_path: Path) -> None:
    data = read(tmp_path, values=["sold", "price"], target=["price"], relative=True, period=7)
    assert data.x.tolist() == [[[0, -1], [0, 0]], [[-20, -2], [0, 0]]]
    assert data.y.tolist() == [[2], [4]]
    assert data.timeline is not None
    assert data.timeline.period == 7
    assert "1 of 6" in data.notes[0]
    both = read(tmp_path, target=["price", "sold"])
    assert both.y.tolist() == [[4, 30], [8, 40]]
    assert both.outputs == 2


@pytest.mark.parametrize("gap", ["", "NA", "NaN", "nan", " na "])
def test_ways_to_write_a_gap(tmp_path: Path, gap: str) -> None:
    data = read(tmp_path, WEEK.replace("02,2,", f"02,{gap},"), horizon=1)
    assert data.x[..., 0].tolist() == [[1, 1], [1, 4]]


def test_no_header(tmp_path: Path) -> None:
    data = read(tmp_path, "1,5\n2,6\n3,7\n", time="0", target="1")
    assert data.y.tolist() == [[7]]


@pytest.mark.parametrize(
    "cells",
    [
        ("1", "2", "3"),
        ("-1.5", "1e0", "2"),
        ("1700000000000000001", "1700000000000000002", "1700000000000000003"),
        ("2020-02-28", "2020-02-29", "2020-03-01"),
        ("20200228", "20200229", "20200301"),
        ("2020-11", "2020-12", "2021-01"),
        ("2020-01-01 10:00", "2020-01-01 11:00", "2020-01-01 12:00"),
        ("2020-01-01T10:00:00.25", "2020-01-01T10:00:00.50", "2020-01-01T10:00:00.75"),
        ("20200101T1000", "20200101T1001", "20200101T1002"),
        ("2020-01-01T10:00+02:00", "2020-01-01T09:00Z", "2020-01-01T10:00+00:00"),
        ("7",),
    ],
)
def test_times_that_ascend(cells: tuple[str, ...]) -> None:
    assert check_moments(Path("own"), "t", cells, range(2, 2 + len(cells))) == ()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("1", "2", "2"), "own:4: column t: times must ascend.*got 2 after 2. Sort the rows"),
        (("1", "3", "2"), "own:4: .*got 2 after 3"),
        (("9", "10", "1e1"), "own:4: .*got 1e1 after 10"),
        (("20200301", "20200229"), "own:3: .*got 20200229 after 20200301"),
        (("2020-02-01", "2020-01-31"), "own:3: .*got 2020-01-31 after 2020-02-01"),
        (("1", "x"), "own:3: column t: a time must be a number as the first one is, got 'x'"),
        (("1", ""), "own:3: .*got an empty cell"),
        (("1", "nan"), "own:3: .*got 'nan'"),
        (("1", "9" * 400), "own:3: .*a number"),
        (("2020-02-01", "2020-02-30"), "own:3: .*a date such as 1958-03-29, got '2020-02-30'"),
        (("2020-02-01", "20200x02"), "own:3: .*a date such as"),
        (("", "1"), "own:2: .*got an empty cell"),
        (("monday", "tuesday"), "own:2: .*a date such as"),
    ],
)
def test_times_that_do_not(cells: tuple[str, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_moments(Path("own"), "t", cells, range(2, 2 + len(cells)))


def test_eight_digits_are_dates_where_all_can_be() -> None:
    # As numbers, the step over the end of the year would be a hundred times the others.
    turn = ("19991230", "19991231", "20000101", "20000102")
    assert check_moments(Path("own"), "t", turn, range(2, 6)) == ()
    (note,) = check_moments(Path("own"), "t", (*turn, "20000132"), range(2, 7))
    assert "2 of 4" in note


def test_long_steps_are_told() -> None:
    (note,) = check_moments(Path("own"), "t", ("1", "2", "3", "5", "6", "9"), range(2, 8))
    assert "more than 1.5 times the usual one: 2 of 5" in note
    assert "count samples, not time" in note


@pytest.mark.parametrize(
    ("text", "settings", "words"),
    [
        (WEEK, {"time": "days"}, "dataset.time: no such column, got days. Did you mean 'day'"),
        (WEEK, {"target": "cost"}, "dataset.target: no such column"),
        (WEEK, {"values": ["cost"]}, "dataset.values: no such column"),
        (WEEK.replace(",4,", ",x,"), {}, r":4: column price: must be a number, got 'x'"),
        (WEEK.replace(",4,", ",inf,"), {}, r":4: column price: must be a finite number"),
        (WEEK.replace("30", "x"), {"target": "sold"}, "column sold: must be a number"),
        (WEEK.replace("-04", "-03"), {}, r":5: column day: times must ascend"),
        (WEEK, {"window": 4}, "dataset.window: needs at least 5 samples"),
        ("day,price\n", {}, "must have rows below the header"),
    ],
)
def test_faults(tmp_path: Path, text: str, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, text, **settings)
    assert str(tmp_path / "own.csv") in str(caught.value)


def test_the_first_cell_that_is_no_number_is_blamed(tmp_path: Path) -> None:
    text = "day,price,sold\n1,,2\n2,inf,x\n"
    with pytest.raises(DataError, match=r":3: column sold: must be a number, got 'x'"):
        read(tmp_path, text, values=["price", "sold"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"target": "day"}, "dataset.target: must not hold the column of times day"),
        ({"values": ["price", "day"]}, "dataset.values: must not hold the column of times day"),
        ({"sort": "label"}, "dataset.sort: series stays in the order of time"),
        ({"scale": "unit"}, "dataset.scale: unit is for pixels"),
        ({"relative": True, "window": 1}, "dataset.window: must be at least 2 with relative"),
        ({"period": 1}, "dataset.period: must be a whole number of samples, at least 2"),
        ({"test": "official"}, "dataset.test: series has no official test part"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read(tmp_path, **settings)


def test_the_loader_refuses_times_as_values(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("t,a\n1,2\n2,3\n3,4\n")
    usual = {"window": 2, "horizon": 1, "relative": False, "period": None}
    path = str(tmp_path / "own.csv")
    settings = SimpleNamespace(name="series", path=path, time="t", target="t", values=(), **usual)
    with pytest.raises(DataError, match=r"dataset.target: must not be the column of times, got t"):
        load(settings)


def test_sunspots() -> None:
    data = load(config(name="sunspots").dataset)
    assert (data.x.shape, data.y.shape, data.notes) == ((276, 33, 1), (276, 1), ())
    assert data.timeline is not None
    assert (data.timeline.period, data.ordered) == (11, True)
    assert (data.timeline.times[0], data.timeline.times[-1]) == ("1733", "2008")
    assert data.x[0, :3, 0].tolist() == [5, 11, 16]
    assert data.y[-1, 0] == 2.9
    far = load(config(name="sunspots", window=22, horizon=3, relative=True).dataset)
    assert far.x.shape == (309 - 22 - 3 + 1, 22, 1)
    assert far.y[-1, 0] == pytest.approx(2.9 - 29.8)  # 2008 less 2005


def test_co2() -> None:
    data = load(config(name="co2").dataset)
    assert data.x.shape == (2140, 104, 1)
    assert data.timeline is not None
    assert (data.timeline.period, data.timeline.times[-1]) == (52, "20011229")
    assert data.y[-1, 0] == pytest.approx(371.5 - 371.3)
    assert (data.x[:, -1] == 0).all()
    filled, left_out, relative = data.notes
    assert "59 of 2283, at most 18 in a row" in filled
    assert "40." in left_out
    assert "r2" in relative
    values = load(config(name="co2", relative=False).dataset)
    assert values.y[-1, 0] == 371.5
    assert data.fingerprint != values.fingerprint


def test_embedded_series_are_too_short_for_some_windows() -> None:
    with pytest.raises(DataError, match="needs at least 310 samples"):
        load(config(name="sunspots", window=309).dataset)
