"""The user's own arrays: what shapes and types mean, and every way to be wrong."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnopt.data import Dataset, load
from cnnopt.errors import DataError, ExitCode

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 6, 5), np.uint8)
LABELS = np.arange(12) % 3


def save(folder: Path, **arrays: Any) -> Path:
    file = folder / "own.npz"
    np.savez(file, **arrays)
    return file


def read(file: Path, **settings: Any) -> Dataset:
    usual = {"x": "x", "y": "y", "task": None, "test": 0.2, "dimensions": None}
    usual |= dict.fromkeys(("x_test", "y_test", "x_validation", "y_validation", "groups"))
    return load(SimpleNamespace(name="npz", path=str(file), **{**usual, **settings}))


@pytest.mark.parametrize(
    ("shape", "stored"),
    [
        ((12,), (12, 1)),
        ((12, 4), (12, 4)),
        ((12, 6, 5), (12, 6, 5, 1)),
        ((12, 6, 5, 3), (12, 6, 5, 3)),
    ],
)
def test_shapes(tmp_path: Path, shape: tuple[int, ...], stored: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    dataset = read(save(tmp_path, x=x, y=LABELS))
    assert dataset.x.shape == stored
    np.testing.assert_array_equal(dataset.x.ravel(), x.ravel())


@pytest.mark.parametrize(
    ("dtype", "value_range"),
    [("u1", 255), ("bool", None), (">u2", 65535), ("f4", None), ("i8", None), (">f8", None)],
)
def test_types_and_ranges(tmp_path: Path, dtype: str, value_range: float | None) -> None:
    dataset = read(save(tmp_path, x=(IMAGES > 99).astype(dtype), y=LABELS))
    assert dataset.x.dtype.isnative
    assert dataset.value_range == value_range
    np.testing.assert_array_equal(dataset.x[..., 0], IMAGES > 99)


@pytest.mark.parametrize(
    ("y", "task", "classes", "first"),
    [
        (np.array([5, 7, 9] * 4), None, ("5", "7", "9"), [0, 1, 2]),
        (np.array([[5], [7], [9]] * 4), None, ("5", "7", "9"), [0, 1, 2]),
        (np.array(["fig", "pear", "apple"] * 4), None, ("apple", "fig", "pear"), [1, 2, 0]),
        (np.array([b"b", b"a"] * 6), None, ("a", "b"), [1, 0]),
        (np.array([10.0, 2.0, 9.0] * 4), "classification", ("2", "9", "10"), [2, 0, 1]),
        (np.array([True, False] * 6), None, ("False", "True"), [1, 0]),
    ],
)
def test_classes(
    tmp_path: Path, y: np.ndarray, task: str | None, classes: tuple[str, ...], first: list[int]
) -> None:
    dataset = read(save(tmp_path, x=IMAGES, y=y), task=task)
    assert dataset.classes == classes
    assert dataset.y[: len(first)].tolist() == first
    assert dataset.y.dtype == np.int64
    assert dataset.outputs == len(classes)


def test_targets(tmp_path: Path) -> None:
    dataset = read(save(tmp_path, x=IMAGES, y=np.linspace(0, 1, 12)))
    assert (dataset.classes, dataset.y.shape) == ((), (12, 1))
    dataset = read(save(tmp_path, x=IMAGES, y=np.ones((12, 2))))
    assert (dataset.outputs, dataset.y.shape) == (2, (12, 2))
    dataset = read(save(tmp_path, x=IMAGES, y=LABELS), task="regression")
    assert (dataset.y.dtype, dataset.outputs) == (np.float64, 1)


def test_official_test_part_and_other_names(tmp_path: Path) -> None:
    file = save(tmp_path, a=IMAGES[:8], b=LABELS[:8], c=IMAGES[8:], d=LABELS[8:])
    dataset = read(file, x="a", y="b", x_test="c", y_test="d")
    assert dataset.official["test"].tolist() == [8, 9, 10, 11]
    np.testing.assert_array_equal(dataset.x[..., 0], IMAGES)


def test_channels_first_is_noticed(tmp_path: Path) -> None:
    dataset = read(save(tmp_path, x=np.zeros((12, 3, 8, 8)), y=LABELS))
    assert "channels came first" in dataset.notes[0]
    assert not read(save(tmp_path, x=np.zeros((12, 8, 8, 3)), y=LABELS)).notes


class Dangerous:
    """Unpickling would run this; if it does, the file appears."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.trace,))


@pytest.mark.parametrize("name", ["x", "y"])
def test_a_pickled_array_is_never_loaded(tmp_path: Path, name: str) -> None:
    trace = tmp_path / "ran"
    bad = np.array([Dangerous(trace)] * 12, dtype=object)
    file = save(tmp_path, **{"x": IMAGES, "y": LABELS, name: bad})
    with pytest.raises(DataError, match=rf"own\.npz: {name}: holds pickled.*never loads") as caught:
        read(file)
    assert caught.value.exit_code == ExitCode.USAGE
    assert not trace.exists()


def with_gap(x: np.ndarray, value: float) -> np.ndarray:
    x = x.astype(float)
    x[4, 2, 2] = x[7, 0, 0] = value
    return x


@pytest.mark.parametrize(
    ("arrays", "settings", "words"),
    [
        ({"y": LABELS}, {}, "x: no such array in the file. The file has: y"),
        ({"x": IMAGES, "y": LABELS[:9]}, {}, r"y: must have as many rows as x, 12, got .*\(9,\)"),
        ({"x": IMAGES, "y": np.int64(3)}, {}, "y: must have as many rows"),
        ({"x": np.zeros((12, 2, 2, 2, 2, 2)), "y": LABELS}, {}, "x: must have shape"),
        ({"x": np.zeros((0, 4)), "y": LABELS[:0]}, {}, "x: must have shape .* and rows"),
        ({"x": np.array(["a"] * 12), "y": LABELS}, {}, "x: must hold real numbers, got dtype <U1"),
        ({"x": IMAGES * 1j, "y": LABELS}, {}, "x: must hold real numbers, got dtype complex128"),
        ({"x": with_gap(IMAGES, np.nan), "y": LABELS}, {}, r"x: .*nan in row 4 \(2 of 12 rows"),
        ({"x": with_gap(IMAGES, -np.inf), "y": LABELS}, {}, "x: .*got -inf in row 4"),
        ({"x": with_gap(IMAGES, 1e39), "y": LABELS}, {}, "fit float32, got 1e[+]39 in row 4"),
        ({"x": IMAGES, "y": LABELS / np.nan}, {}, "y: must hold finite numbers"),
        ({"x": IMAGES, "y": LABELS + 0.5}, {"task": "classification"}, "must be whole, got 0.5"),
        ({"x": IMAGES, "y": np.eye(12)}, {"task": "classification"}, "one-hot.*argmax"),
        ({"x": IMAGES, "y": LABELS * 0}, {}, "at least two classes, got only 0"),
        ({"x": IMAGES, "y": np.array(["a"] * 12)}, {"task": "regression"}, "must hold real"),
        ({"x": np.ones((99, 2)), "y": np.arange(99)}, {}, "looks like a quantity.*dataset.task"),
        ({"x": IMAGES, "y": LABELS}, {"x_test": "x"}, "x_test and y_test belong together"),
        (
            {"x": IMAGES, "y": LABELS, "u": IMAGES[:, :4], "v": LABELS},
            {"x_test": "u", "y_test": "v"},
            r"u: must have the shape of x, \(6, 5, 1\) per example, got \(4, 5, 1\)",
        ),
        (
            {"x": IMAGES, "y": LABELS, "v": np.array(["a"] * 12)},
            {"x_test": "x", "y_test": "v"},
            "v: must be like y, int64",
        ),
    ],
)
def test_wrong_arrays(
    tmp_path: Path, arrays: dict[str, Any], settings: dict[str, Any], words: str
) -> None:
    file = save(tmp_path, **arrays)
    with pytest.raises(DataError, match=words) as caught:
        read(file, **settings)
    assert str(file) in str(caught.value)


def test_wrong_files(tmp_path: Path) -> None:
    file = save(tmp_path, x=IMAGES, y=LABELS)
    whole = file.read_bytes()
    cases = [
        (b"", "the file is empty"),
        (b"no archive", r"is no \.npz file"),
        (whole[: len(whole) // 2], r"is no \.npz file, or it is cut off"),
        (whole[:90] + bytes(40) + whole[130:], "cannot be read"),
    ]
    for content, words in cases:
        file.write_bytes(content)
        with pytest.raises(DataError, match=words):
            read(file)
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "none.npz")
    with pytest.raises(DataError, match="must be a file"):
        read(tmp_path)


VOLUMES = np.random.default_rng(1).integers(0, 2, (12, 6, 6, 6), np.uint8)


@pytest.mark.parametrize(
    ("shape", "dimensions", "stored"),
    [
        ((12, 7), 1, (12, 7, 1)),
        ((12, 7, 2), 1, (12, 7, 2)),
        ((12, 6, 5), 2, (12, 6, 5, 1)),
        ((12, 6, 6, 6), 2, (12, 6, 6, 6)),
        ((12, 6, 6, 6), 3, (12, 6, 6, 6, 1)),
        ((12, 6, 5, 4), 3, (12, 6, 5, 4, 1)),
        ((12, 3, 4, 5, 2), 3, (12, 3, 4, 5, 2)),
        ((12, 3, 4, 5, 2), None, (12, 3, 4, 5, 2)),
        ((12, 3, 3, 3), None, (12, 3, 3, 3)),
    ],
)
def test_dimensions_say_where_the_channels_are(
    tmp_path: Path, shape: tuple[int, ...], dimensions: int | None, stored: tuple[int, ...]
) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    dataset = read(save(tmp_path, x=x, y=LABELS), dimensions=dimensions)
    assert dataset.x.shape == stored
    np.testing.assert_array_equal(dataset.x.ravel(), x.ravel())


def test_volumes_or_images_of_many_channels_are_not_guessed(tmp_path: Path) -> None:
    file = save(tmp_path, x=VOLUMES, y=LABELS)
    with pytest.raises(DataError, match=r"6 x 6 x 6 or images of 6 channels.*dimensions: 3, or 2"):
        read(file)
    with pytest.raises(DataError, match=r"must have shape \(N, L\) or \(N, L, C\).*is 1"):
        read(file, dimensions=1)


def test_official_validation_and_test_as_in_medmnist(tmp_path: Path) -> None:
    names = {
        "x": "train_images",
        "y": "train_labels",
        "x_validation": "val_images",
        "y_validation": "val_labels",
        "x_test": "test_images",
        "y_test": "test_labels",
    }
    parts = {"train": slice(0, 6), "val": slice(6, 8), "test": slice(8, 12)}
    arrays = {f"{part}_images": VOLUMES[rows] for part, rows in parts.items()}
    arrays |= {f"{part}_labels": LABELS[rows, None] for part, rows in parts.items()}
    dataset = read(save(tmp_path, **arrays), **names, dimensions=3)
    np.testing.assert_array_equal(dataset.x[..., 0], VOLUMES)
    np.testing.assert_array_equal(dataset.y, LABELS)
    assert {part: rows.tolist() for part, rows in dataset.official.items()} == {
        "validation": [6, 7],
        "test": [8, 9, 10, 11],
    }
    with pytest.raises(DataError, match="x_validation and y_validation belong together"):
        read(tmp_path / "own.npz", **{**names, "y_validation": None}, dimensions=3)
