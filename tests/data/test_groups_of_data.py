"""Groups and timelines: part of a data set and of its fingerprint, where there are any."""

import doctest
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnopt.config import load_config
from cnnopt.data import Dataset, Timeline, groups, load
from cnnopt.errors import ConfigError, DataError

ROWS = np.arange(3, dtype=np.int64)
PLAIN = Dataset("own", np.ones((3, 2)), np.zeros((3, 1)))
LINE = Timeline(0 * ROWS, ROWS, ROWS + 4, ROWS + 5, ("a", "b", "c"), forecast=True, period=7)
FULL = replace(PLAIN, groups=ROWS % 2, group_names=("x", "y"), timeline=LINE)


@pytest.mark.parametrize(
    ("name", "fingerprint"),
    [
        ("digits", "9297cac279f0ef8e80cb1e2123318a94"),
        ("digits3d", "c7e5aa599856bb1da861c32036b934b5"),
    ],
)
def test_sets_without_groups_keep_the_fingerprint_of_older_runs(
    name: str, fingerprint: str
) -> None:
    assert load(SimpleNamespace(name=name, path=None)).fingerprint == fingerprint


def test_the_fingerprint_tells_any_change_of_groups_and_timeline() -> None:
    changed = [
        PLAIN,
        FULL,
        replace(FULL, groups=None),
        replace(FULL, timeline=None),
        replace(FULL, groups=ROWS // 2),
        replace(FULL, group_names=("x", "z")),
        *(
            replace(FULL, timeline=replace(LINE, **{part: getattr(LINE, part) + ROWS}))
            for part in ("series", "first", "origin", "last")
        ),
        replace(FULL, timeline=replace(LINE, times=("a", "b", "d"))),
        replace(FULL, timeline=replace(LINE, forecast=False)),
        replace(FULL, timeline=replace(LINE, period=None)),
    ]
    assert len({each.fingerprint for each in changed}) == len(changed)
    assert replace(FULL).fingerprint == FULL.fingerprint


def test_ordered_are_forecasts_only() -> None:
    assert FULL.ordered
    assert not PLAIN.ordered
    assert not replace(FULL, timeline=replace(LINE, forecast=False)).ordered


TABLE = "size,who,kind\n1,bo,a\n2,al,b\n3,bo,a\n4,al,b\n"


def settings(path: Path, **dataset: Any) -> dict[str, Any]:
    numbers = dataset.get("task") == "regression"
    return {
        "dataset": {"path": str(path), **dataset},
        "model": [{"dense": "classes"}],
        "loss": "squared_error" if numbers else "cross_entropy",
        "optimizer": "adam",
    }


def read(path: Path, **dataset: Any) -> Dataset:
    config = load_config(settings(path, **dataset))
    return load(config.dataset)  # type: ignore[arg-type]  # a protocol by duck typing


def table(folder: Path, text: str = TABLE, **dataset: Any) -> Dataset:
    file = folder / "own.csv"
    file.write_text(text)
    given = {"target": "kind", "groups": "who", **dataset}
    return read(file, name="csv", **{key: value for key, value in given.items() if value})


def arrays(folder: Path, who: Any, **dataset: Any) -> Dataset:
    file = folder / "own.npz"
    np.savez(file, x=np.ones((4, 2)), y=np.array([0, 1, 0, 1]), who=who)
    return read(file, name="npz", groups="who", **dataset)


def test_a_column_of_groups_is_no_input(tmp_path: Path) -> None:
    data = table(tmp_path)
    assert data.x.tolist() == [[1], [2], [3], [4]]
    assert data.columns == ("size",)
    assert (data.groups.tolist(), data.group_names) == ([1, 0, 1, 0], ("al", "bo"))  # type: ignore[union-attr]
    assert table(tmp_path, groups=None, ignore="who").groups is None


def test_groups_beside_targets_that_are_numbers(tmp_path: Path) -> None:
    text = "size,who,a,b\n1,10,0.5,1\n2,9,1.5,2\n3,10,2.5,3\n"
    for target in ("a", ["a", "b"]):
        data = table(
            tmp_path, text, target=target, task="regression", ignore=["b"][: target == "a"]
        )
        assert data.x.tolist() == [[1], [2], [3]]
        assert data.group_names == ("9", "10")
        assert data.groups.tolist() == [1, 0, 1]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("who", "numbers", "names"),
    [
        (np.array([7, 3, 7, 30]), [1, 0, 1, 2], ("3", "7", "30")),
        (np.array([[7], [3], [7], [3]]), [1, 0, 1, 0], ("3", "7")),
        (np.array(["b", "a", "a", "c"]), [1, 0, 0, 2], ("a", "b", "c")),
        (np.array([b"b", b"a", b"a", b"c"]), [1, 0, 0, 2], ("a", "b", "c")),
    ],
)
def test_an_array_of_groups(
    tmp_path: Path, who: Any, numbers: list[int], names: tuple[str, ...]
) -> None:
    data = arrays(tmp_path, who)
    assert (data.groups.tolist(), data.group_names) == (numbers, names)  # type: ignore[union-attr]
    assert data.groups.dtype == np.int64  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (np.array([1, 2, 3]), r"who: must have as many rows as x, 4, got shape \(3,\)"),
        (np.ones((4, 2), int), r"who: must be one group per row.*got shape \(4, 2\)"),
        (np.array([1.0, 2, 1, 2]), "who: groups must be integers or text, got dtype float64"),
        (np.array([1, 1, 1, 1]), "who: must hold at least two groups, got only 1"),
        (np.array([1, 1, 1, {}]), "never loads them"),
    ],
)
def test_arrays_that_are_no_groups(tmp_path: Path, who: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        arrays(tmp_path, who)


@pytest.mark.parametrize(
    ("text", "dataset", "words"),
    [
        (TABLE, {"groups": "whom"}, "dataset.groups: no such column, got whom. Did you mean 'who'"),
        (TABLE.replace("3,bo", "3,"), {}, r":4: column who: a group must not be empty"),
        (TABLE.replace("bo", "al"), {}, "column who: must hold at least two groups, got only al"),
    ],
)
def test_columns_that_are_no_groups(
    tmp_path: Path, text: str, dataset: dict[str, Any], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        table(tmp_path, text, **dataset)


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        ({"name": "csv", "target": "who", "groups": "who"}, "must be another column than target"),
        (
            {"name": "csv", "target": "y", "groups": "who", "ignore": "who"},
            "must be another column than target and ignore",
        ),
        ({"name": "npz", "x": "train_images", "groups": "who"}, "cannot stand beside official"),
    ],
)
def test_groups_that_cannot_be(tmp_path: Path, dataset: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=f"dataset.groups: {words}"):
        load_config(settings(tmp_path / "a", **dataset))


def test_the_loaders_refuse_them_as_well(tmp_path: Path) -> None:
    from cnnopt.data.csv_table import load_csv
    from cnnopt.data.npz import load_npz

    (tmp_path / "own.csv").write_text(TABLE)
    with pytest.raises(DataError, match="can be neither target nor ignored, got kind"):
        load_csv(tmp_path / "own.csv", ("kind",), groups="kind")
    with pytest.raises(DataError, match="cannot stand beside official parts"):
        load_npz(tmp_path / "a", official={"test": ("a", "b")}, groups="who")


def test_the_example_runs() -> None:
    assert doctest.testmod(groups).attempted
    assert doctest.testmod(groups).failed == 0
