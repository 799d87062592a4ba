"""Files for `predict`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnopt.data import read_inputs
from cnnopt.errors import DataError, UsageError

GREY = np.random.default_rng(0).integers(0, 256, (4, 6), np.uint8)
SHAPE = (4, 6, 1)


def image(folder: Path, name: str, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(folder / name)
    return folder / name


def npz(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "in.npz", **arrays)
    return folder / "in.npz"


def test_images_arrays_and_rows_together(tmp_path: Path) -> None:
    png = image(tmp_path, "a.png", GREY)
    many = npz(tmp_path, x=np.stack([GREY, GREY + 1]), y=np.zeros(2))
    table = tmp_path / "rows.csv"
    table.write_text(",".join(map(str, GREY.ravel())) + "\n")
    x, labels = read_inputs([png, many, table], SHAPE)
    assert labels == [str(png), f"{many}[0]", f"{many}[1]", f"{table}[0]"]
    assert x.shape == (4, *SHAPE)
    np.testing.assert_array_equal(x[..., 0], [GREY, GREY, GREY + 1, GREY])


def test_colour_follows_the_model(tmp_path: Path) -> None:
    rgb = np.stack([GREY] * 3, axis=-1)
    png = image(tmp_path, "a.png", rgb)
    assert read_inputs([png], (4, 6, 3))[0].shape == (1, 4, 6, 3)
    np.testing.assert_array_equal(read_inputs([png], SHAPE)[0][0, ..., 0], GREY)


def test_images_come_in_the_range_of_the_training_data(tmp_path: Path) -> None:
    png = image(tmp_path, "a.png", np.full((4, 6), 255, np.uint8))
    assert read_inputs([png], SHAPE)[0].max() == 255
    assert read_inputs([png], SHAPE, 255.0)[0].dtype == np.uint8
    assert read_inputs([png], SHAPE, 16.0)[0].max() == 16


@pytest.mark.parametrize(
    ("array", "rows", "labels"),
    [
        (np.zeros((3, 4, 6, 1)), 3, "in.npz[2]"),
        (np.zeros((3, 4, 6)), 3, "in.npz[2]"),
        (np.zeros((1, 4, 6)), 1, "in.npz[0]"),
        (np.zeros((4, 6, 1)), 1, "in.npz"),
        (np.zeros((4, 6)), 1, "in.npz"),
    ],
)
def test_shapes_of_arrays(tmp_path: Path, array: np.ndarray, rows: int, labels: str) -> None:
    x, names = read_inputs([npz(tmp_path, only=array)], SHAPE)
    assert x.shape == (rows, *SHAPE)
    assert names[-1].endswith(labels)


def test_values_of_one_input(tmp_path: Path) -> None:
    x, _ = read_inputs([npz(tmp_path, x=np.arange(5.0))], (1,))
    assert x.tolist() == [[0], [1], [2], [3], [4]]


def test_tables_with_and_without_header(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    for text in ("a,b\n1,2\n3,4\n", "1,2\n3,4\n", "1;2\n3;4"):
        table.write_text(text)
        assert read_inputs([table], (2,))[0].tolist() == [[1, 2], [3, 4]]


def test_wrong_inputs(tmp_path: Path) -> None:
    png = image(tmp_path, "a.png", GREY.T)
    with pytest.raises(DataError, match=r"a\.png: must be 4 x 6 \(height x width\).*got 6 x 4"):
        read_inputs([png], SHAPE)
    with pytest.raises(DataError, match="is an image, but the model takes examples of shape 7"):
        read_inputs([png], (7,))
    with pytest.raises(DataError, match="no such file"):
        read_inputs([tmp_path / "none.png"], SHAPE)
    with pytest.raises(DataError, match=r"must be an image .*got \.pkl"):
        read_inputs([tmp_path / "a.pkl"], SHAPE)
    with pytest.raises(UsageError, match="At least one input file"):
        read_inputs([], SHAPE)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": np.zeros((3, 5, 6))}, r"must have shape \(n, 4, 6, 1\).*got shape \(3, 5, 6\)"),
        ({"x": np.zeros((0, 4, 6))}, r"must have shape"),
        ({"a": np.zeros((4, 6)), "b": GREY}, "an array x, or only one array, got a, b"),
        ({"x": np.full((4, 6), np.nan)}, "must hold finite numbers"),
        ({"x": np.array([None])}, "never loads"),
        ({}, "x: no such array"),
    ],
)
def test_wrong_arrays(tmp_path: Path, arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_inputs([npz(tmp_path, **arrays)], SHAPE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3\n", "must have 2 numbers per row: the model takes 2, got 3 columns"),
        ("1,2\n3,x\n", r":2: column 1: must be a number, got 'x'"),
        ("a,b\n1,nan\n", r":2: column b: must be a finite number"),
        ("", "the file is empty"),
    ],
)
def test_wrong_tables(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        read_inputs([tmp_path / "rows.csv"], (2,))


COLUMNS = ("age", "height")


@pytest.mark.parametrize(
    "text",
    [
        "age,height\n1,2\n3,4\n",
        "height,age\n2,1\n4,3\n",
        "name,height,target,age\nann,2,yes,1\nbob,4,,3\n",
        "1,2\n3,4\n",
    ],
)
def test_a_table_with_a_header_is_read_by_name(tmp_path: Path, text: str) -> None:
    table = tmp_path / "rows.csv"
    table.write_text(text)
    assert read_inputs([table], (2,), None, COLUMNS)[0].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age,heights\n1,2\n", r":1: the model was trained on columns .* lacks: height\. Is 'hei"),
        ("a,b,c\n1,2,3\n", r"lacks: age, height\."),
        ("1,2,3\n", r"must have 2 numbers per row.*got 3 columns.*header to pick age, height by"),
        ("height,age\n2,x\n", ":2: column age: must be a number, got 'x'"),
    ],
)
def test_a_table_without_the_columns_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        read_inputs([tmp_path / "rows.csv"], (2,), None, COLUMNS)
