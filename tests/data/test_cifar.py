"""CIFAR in both versions: small files written by hand, and every way to be wrong."""

import pickle
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cnnopt.data import Dataset, load
from cnnopt.data.cifar import CIFAR_SETS, files_of, files_on_disk, load_cifar
from cnnopt.errors import DataError

ROWS = 30
PIXELS = np.random.default_rng(0).integers(0, 256, (210, 32, 32, 3), np.uint8)
"""Channels last; the writers below bring them into the files' order pixel by pixel."""


def planes(image: np.ndarray) -> bytes:
    """Return red, green and blue, each row by row."""
    return b"".join(bytes(image[:, :, channel].ravel().tolist()) for channel in range(3))


def of(name: str) -> dict[str, tuple[int, int]]:
    """Return for each binary file the rows of PIXELS that it has."""
    return {file: (ROWS * i, ROWS * (i + 1)) for i, file in enumerate(files_of(name))}


def label(name: str, row: int) -> int:
    return (7 * row) % len(CIFAR_SETS[name].classes)


def write_binary(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file, (start, stop) in of(name).items():
        records = b""
        for row in range(start, stop):
            coarse = bytes([row % 20]) if name == "cifar100" else b""
            records += coarse + bytes([label(name, row)]) + planes(PIXELS[row])
        (folder / file).write_bytes(records)
    return folder


def write_python(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    key = "labels" if name == "cifar10" else "fine_labels"
    for file, (start, stop) in of(name).items():
        rows = range(start, stop)
        data = np.array([list(planes(PIXELS[row])) for row in rows], np.uint8)
        content = {"data": data, key: [label(name, row) for row in rows], "batch_label": "a"}
        (folder / file.removesuffix(".bin")).write_bytes(pickle.dumps(content, 2))
    return folder


def check(dataset: Dataset, name: str, rows: int, test: int) -> None:
    assert dataset.x.dtype == np.uint8
    np.testing.assert_array_equal(dataset.x, PIXELS[:rows])
    assert dataset.y.tolist() == [label(name, row) for row in range(rows)]
    assert dataset.classes == CIFAR_SETS[name].classes
    assert dataset.value_range == 255
    if test:
        assert dataset.official["test"].tolist() == list(range(rows - test, rows))
    else:
        assert not dataset.official


@pytest.mark.parametrize("name", CIFAR_SETS)
@pytest.mark.parametrize("write", [write_binary, write_python])
@pytest.mark.parametrize("inside", [False, True])
def test_both_versions_give_the_same_set(
    tmp_path: Path, name: str, write: type, inside: bool
) -> None:
    version = CIFAR_SETS[name].folders[write is write_python]
    write(tmp_path / version if inside else tmp_path, name)
    check(load_cifar(name, tmp_path), name, ROWS * len(files_of(name)), ROWS)


def test_found_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_binary(tmp_path / "cifar10", "cifar10")
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path))
    settings = SimpleNamespace(name="cifar10", path=None, test="official")
    check(load(settings), "cifar10", 6 * ROWS, ROWS)
    assert len(files_on_disk("cifar10")) == 6


def test_without_the_test_file(tmp_path: Path) -> None:
    folder = write_binary(tmp_path, "cifar10")
    (folder / "test_batch.bin").unlink()
    check(load_cifar("cifar10", folder, test_needed=False), "cifar10", 5 * ROWS, 0)
    with pytest.raises(DataError, match=r"not on disk: test_batch.bin must lie in"):
        load_cifar("cifar10", folder)


@pytest.mark.parametrize(("write", "file"), [(write_binary, "data_batch_1.bin"),
                                             (write_python, "data_batch_1")])  # fmt: skip
def test_one_file_is_all_there_is(tmp_path: Path, write: type, file: str) -> None:
    path = write(tmp_path, "cifar10") / file
    check(load_cifar("cifar10", path, test_needed=False), "cifar10", ROWS, 0)
    assert files_on_disk("cifar10", path) == [path]
    with pytest.raises(DataError, match=r"no official test part. Say dataset.test: 0.2"):
        load_cifar("cifar10", path)


def test_missing_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"dataset.path: cifar100 .*train.bin, test.bin must lie"):
        load_cifar("cifar100", tmp_path)
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"dataset.name: .*data_batch_5.bin.*CNNOPT_DATA names"):
        load_cifar("cifar10")
    write_binary(tmp_path / "cifar10", "cifar10")
    (tmp_path / "cifar10" / "data_batch_2.bin").unlink()
    with pytest.raises(DataError, match=r"disk: data_batch_2.bin must.*data_batch_1.bin is there"):
        load_cifar("cifar10")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cifar10", b"", r"whole records of 3,073 bytes.*got 0 bytes"),
        ("cifar10", bytes(3072), r"whole records of 3,073 bytes.*got 3,072 bytes"),
        ("cifar100", bytes(3073), r"whole records of 3,074 bytes"),
        ("cifar10", bytes(3073) + b"\x0a" + bytes(3072), r"0 to 9, got 10 in record 1 .1 such"),
        ("cifar100", b"\x14" + bytes(3073), r"coarse labels must be 0 to 19, got 20"),
        ("cifar100", b"\x13\x64" + bytes(3072), r"labels must be 0 to 99, got 100"),
    ],
)
def test_wrong_binary_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_cifar(name, tmp_path / "a.bin", test_needed=False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"labels": [1]}, "data: must hold the array"),
        ({"data": np.zeros((1, 9), np.uint8), "labels": [1]}, r"bytes of shape \(N, 3072\)"),
        ({"data": np.zeros((1, 3072)), "labels": [1]}, r"got float64"),
        ({"data": np.zeros((2, 3072), np.uint8), "labels": [1]}, "must be 2 class numbers"),
        ({"data": np.zeros((1, 3072), np.uint8), "labels": [10]}, "0 to 9, got 10"),
        ({"data": np.zeros((1, 3072), np.uint8), "labels": [-1]}, "0 to 9, got -1"),
    ],
)
def test_wrong_pickles(tmp_path: Path, content: dict[str, object], message: str) -> None:
    (tmp_path / "a").write_bytes(pickle.dumps(content, 2))
    with pytest.raises(DataError, match=message):
        load_cifar("cifar10", tmp_path / "a", test_needed=False)


def test_names_of_the_classes() -> None:
    ten, hundred = (CIFAR_SETS[name].classes for name in ("cifar10", "cifar100"))
    assert (len(set(ten)), len(set(hundred))) == (10, 100)
    assert list(ten) == sorted(ten)
    assert list(hundred) == sorted(hundred)
    assert (hundred[0], hundred[50], hundred[99]) == ("apple", "mouse", "worm")
