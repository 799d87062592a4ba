"""Tables: columns, targets, and the line of every fault."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnopt.data import Dataset, load
from cnnopt.errors import DataError

IRIS = "length,width,note,kind\n1.5,2,x,fig\n2.5,3,y,apple\n3.5,4,z,fig\n"


def read(folder: Path, text: str | bytes, **settings: Any) -> Dataset:
    file = folder / "own.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    usual = {"target": "kind", "ignore": (), "task": None, "groups": None, "test": 0.2}
    return load(SimpleNamespace(name="csv", path=str(file), **{**usual, **settings}))


def test_text_classes(tmp_path: Path) -> None:
    dataset = read(tmp_path, IRIS, ignore=("note",))
    assert dataset.x.tolist() == [[1.5, 2], [2.5, 3], [3.5, 4]]
    assert dataset.classes == ("apple", "fig")
    assert dataset.y.tolist() == [1, 0, 1]
    assert dataset.value_range is None
    assert dataset.columns == ("length", "width")


@pytest.mark.parametrize(
    "text",
    [
        "a;b;kind\n1;2;0\n3;4;1\n",
        "a\tb\tkind\n1\t2\t0\n3\t4\t1\n",
        '\ufeff"a" , "b","kind"\r\n\r\n1, 2 ,0\r\n"3",4,1\r\n\r\n',
    ],
)
def test_ways_to_write_a_table(tmp_path: Path, text: str) -> None:
    dataset = read(tmp_path, text)
    assert dataset.x.tolist() == [[1, 2], [3, 4]]
    assert dataset.classes == ("0", "1")


def test_integers_are_ordered_by_value(tmp_path: Path) -> None:
    dataset = read(tmp_path, "a,kind\n" + "".join(f"1,{n}\n" for n in (10, 9, 2, 10)))
    assert dataset.classes == ("2", "9", "10")
    assert dataset.y.tolist() == [2, 1, 0, 2]


def test_no_header_means_columns_by_number(tmp_path: Path) -> None:
    dataset = read(tmp_path, "1,2,7\n3,4,8\n", target="2")
    assert dataset.x.tolist() == [[1, 2], [3, 4]]
    assert dataset.classes == ("7", "8")
    assert dataset.columns == ()


def test_targets(tmp_path: Path) -> None:
    text = "a,u,kind\n1,2,0.5\n3,4,1.5\n"
    assert read(tmp_path, text).y.tolist() == [[0.5], [1.5]]
    assert read(tmp_path, text, target="u", task="regression").y.tolist() == [[2], [4]]
    both = read(tmp_path, text, target=("kind", "u"))
    assert both.y.tolist() == [[0.5, 2], [1.5, 4]]
    assert both.x.tolist() == [[1], [3]]


@pytest.mark.parametrize(
    ("text", "settings", "words"),
    [
        ("", {}, "the file is empty"),
        ("\n\n", {}, "the file is empty"),
        ("a,kind\n", {}, "must have rows below the header"),
        ("a,a,kind\n1,2,3\n", {}, ":1: columns must have different names, got 'a'"),
        (
            IRIS,
            {"target": "kinds"},
            "dataset.target: no such column, got kinds. Did you mean 'kind'",
        ),
        (IRIS, {"target": "q"}, "first line says length, width, note, kind"),
        ("1,2\n3,4\n", {}, "has no header: columns are called 0, 1"),
        (IRIS, {"ignore": ("colour",)}, "dataset.ignore: no such column, got colour"),
        (IRIS, {"ignore": ("kind",)}, "a target cannot be ignored as well, got kind"),
        ("kind\n1\n", {}, "must have columns beside the target"),
        (IRIS, {}, r":2: column note: must be a number, got 'x'.*dataset.ignore: \[note\]"),
        ("a,kind\n1,0\n\n,1\n", {}, r":4: column a: must be a number, got an empty cell"),
        ("a,kind\n1,0\n2,\n", {}, r":3: column kind: a target must not be empty"),
        ("a,kind\n1,0\n2\n", {}, r":3: must have 2 columns like the first line, got 1"),
        ("a,kind\n1,0\nnan,1\n", {}, r":3: column a: must be a finite number .*got nan"),
        ("a,kind\n1,0\n1e39,1\ninf,0\n", {}, r":3: column a: .*got 1e\+39 \(2 rows"),
        ("a,kind\n1,x\n2,y\n", {"task": "regression"}, r":2: column kind: must be a number"),
        ("a,kind\n1,0.5\n2,1\n", {"task": "classification"}, "column kind: class numbers must be"),
        ("a,kind\n1,0.5\n2,nan\n", {}, "column kind: must hold finite numbers"),
        (b"a,kind\n\xff\xfe,1\n", {}, "is not UTF-8 text"),
        ("a,kind\n1,2\n" + "9" * 200_000 + ",1\n", {}, r"is no CSV text|finite number"),
    ],
)
def test_faults(tmp_path: Path, text: str | bytes, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, text, **settings)
    assert str(tmp_path / "own.csv") in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    settings = {"target": "kind", "ignore": (), "task": None, "groups": None}
    with pytest.raises(DataError, match="no such file"):
        load(SimpleNamespace(name="csv", path=str(tmp_path / "none.csv"), **settings))
    with pytest.raises(DataError, match="cannot be read"):
        load(SimpleNamespace(name="csv", path=str(tmp_path), **settings))


def test_numbers_come_back_to_the_last_bit(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=50) * 10.0 ** np.arange(-25, 25)
    text = "a,kind\n" + "".join(f"{value!r},{n % 2}\n" for n, value in enumerate(values.tolist()))
    np.testing.assert_array_equal(read(tmp_path, text).x[:, 0], values)
