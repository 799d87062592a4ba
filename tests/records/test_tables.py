"""Numbers in tables come back exactly, and torn rows are never read."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.errors import DataError
from cnnopt.records import tables


@given(st.floats())
def test_a_float_comes_back_from_its_cell(value: float) -> None:
    np.testing.assert_equal(float(tables.cell(value)), value)
    np.testing.assert_equal(float(tables.cell(np.float64(value))), value)


@given(st.floats(width=32))
def test_a_float32_comes_back_from_a_short_cell(value: float) -> None:
    number = np.float32(value)
    text = tables.cell(number)
    np.testing.assert_equal(np.float32(text), number)
    assert len(text) <= 15


def test_cells_of_other_kinds() -> None:
    values = [None, True, np.False_, 3, np.int64(4), "a,b"]
    assert [tables.cell(value) for value in values] == ["", "true", "false", "3", "4", "a,b"]


def test_a_table_has_all_columns_in_order_of_appearance() -> None:
    text = tables.table_text([{"b": 1, "a": 'say "x",\n'}, {"c": 0.1, "a": None}])
    assert text.startswith("b,a,c\n")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"b": "1", "a": 'say "x",\n', "c": ""},
        {"b": "", "a": "", "c": "0.1"},
    ]
    assert tables.table_text([]) == ""


ROWS = [{"epoch": epoch, "step": 3 * epoch, "loss": 1 / (epoch + 1)} for epoch in range(1, 5)]


def filled(path: Path) -> bytes:
    for row in ROWS:
        tables.append_row(path, row)
    return path.read_bytes()


def test_cut_at_any_byte_a_table_reads_and_continues_to_the_same_bytes(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole.csv")
    for size in range(len(whole) + 1):
        path = tmp_path / "cut.csv"
        path.write_bytes(whole[:size])
        known = max(whole[:size].count(b"\n") - 1, 0)
        history = tables.read_history(path)
        assert history.get("step", []) == [row["step"] for row in ROWS[:known]]
        assert tables.truncate_rows(path, lambda row: row["step"] <= 6) == min(known, 2)
        for row in ROWS[min(known, 2) :]:
            tables.append_row(path, row)
        assert path.read_bytes() == whole


def test_truncation_keeps_no_head_without_rows(tmp_path: Path) -> None:
    filled(tmp_path / "a.csv")
    assert tables.truncate_rows(tmp_path / "a.csv", lambda row: False) == 0
    assert (tmp_path / "a.csv").read_bytes() == b""
    assert tables.truncate_rows(tmp_path / "missing.csv", lambda row: True) == 0


@pytest.mark.parametrize(
    "damage", [b"2,\x00\x00,0.3\n", b"2,6\n", b"2,6,0.3,4\n", b"\n", b"\xff\n"]
)
def test_rows_from_the_first_damaged_one_on_do_not_count(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "a.csv"
    lines = filled(path).splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], damage, *lines[3:]]))
    assert tables.read_history(path)["epoch"] == [1.0]
    assert tables.count_rows(path, path) == 1
    assert tables.count_rows(path, tmp_path / "missing.csv") == 0
    assert tables.truncate_rows(path, lambda row: True) == 1
    assert path.read_bytes() == b"".join(lines[:2])


def test_a_table_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\n\xff\n")
    with pytest.raises(DataError, match=r"a\.csv: must be UTF-8"):
        tables.read_table(tmp_path / "a.csv")
    with pytest.raises(DataError, match=r"b\.csv: could not be read"):
        tables.read_table(tmp_path / "b.csv")


def test_empty_cells_are_nan(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("epoch,r2\n1,\n2,0.5\n")
    np.testing.assert_equal(
        tables.read_history(tmp_path / "a.csv"), {"epoch": [1.0, 2.0], "r2": [np.nan, 0.5]}
    )


GROUPED = "epoch,layer,dead\n1,a,0.1\n1,b,\n2,a,0.2\n2,b,\n3,a,0.3\n3,b,\n"


@pytest.mark.parametrize("groups", [0, 1, 2, 3, 4])
def test_groups_are_cut_whole_and_grow_back_to_the_same_bytes(tmp_path: Path, groups: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GROUPED)
    tables.truncate_groups(path, "epoch", groups)
    assert tables.count_groups(path, "epoch") == min(groups, 3)
    for number in range(groups + 1, 4):
        rows = [(number, "a", number / 10), (number, "b", None)]
        columns = ("epoch", "layer", "dead")
        tables.append_rows(path, [dict(zip(columns, row, strict=True)) for row in rows])
    assert path.read_text() == GROUPED


def test_a_group_that_a_kill_cut_short_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    ends = [place + 1 for place, letter in enumerate(GROUPED) if letter == "\n"][2::2]
    for size in range(len(GROUPED) + 1):
        path.write_text(GROUPED[:size])
        whole = sum(end <= size for end in ends)
        if whole:  # how many rows a group has is known only once there is one
            assert tables.count_groups(path, "epoch") == whole
        tables.truncate_groups(path, "epoch", whole)
        assert path.read_text() == (GROUPED[: ends[whole - 1]] if whole else "")


def test_no_table_has_no_group(tmp_path: Path) -> None:
    tables.truncate_groups(tmp_path / "missing.csv", "epoch", 3)
    assert tables.count_groups(tmp_path / "missing.csv", "epoch") == 0
    assert not list(tmp_path.iterdir())
