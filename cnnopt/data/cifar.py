"""CIFAR-10 and CIFAR-100 in their official binary and python versions.

Binary: records of one label byte (CIFAR-100: coarse, then fine) and 3,072 bytes, the red, green and
blue planes of 32 x 32 row by row; no header. Python: pickles of the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.absent import absent
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.places import places
from cnnopt.data.plain_pickle import array_of, read_pickle

SIDE, CHANNELS = 32, 3
PIXELS = SIDE * SIDE * CHANNELS
VALUE_RANGE = 255.0
_PICKLE = b"\x80"  # no label of a binary file is as high


@dataclass(frozen=True)
class CifarSet:
    """What is fixed about a set.

    Attributes:
        classes: names in the order of their numbers.
        train, test: examples of the official parts.
        files: names of the binary files of the training part and of the test part.
        stems: those of the python version's.
        folders: what the official archives call their folders.
        labels: label bytes of a record; the last is the one that is learnt.
        key: what the pickles call the labels.
    """

    classes: tuple[str, ...]
    train: int
    test: int
    files: tuple[tuple[str, ...], tuple[str, ...]]
    stems: tuple[tuple[str, ...], tuple[str, ...]]
    folders: tuple[str, str]
    labels: int
    key: str

    @property
    def record(self) -> int:
        """Bytes of an example."""
        return self.labels + PIXELS


_BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
_TEN = "airplane automobile bird cat deer dog frog horse ship truck"
_HUNDRED = """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
    camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile
    cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp
    lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom
    oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
    possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake
    spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
    train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""

CIFAR_SETS: Mapping[str, CifarSet] = {
    "cifar10": CifarSet(
        classes=tuple(_TEN.split()),
        train=50_000,
        test=10_000,
        files=(tuple(f"{name}.bin" for name in _BATCHES), ("test_batch.bin",)),
        stems=(_BATCHES, ("test_batch",)),
        folders=("cifar-10-batches-bin", "cifar-10-batches-py"),
        labels=1,
        key="labels",
    ),
    "cifar100": CifarSet(
        classes=tuple(_HUNDRED.split()),
        train=50_000,
        test=10_000,
        files=(("train.bin",), ("test.bin",)),
        stems=(("train",), ("test",)),
        folders=("cifar-100-binary", "cifar-100-python"),
        labels=2,
        key="fine_labels",
    ),
}

Images = tuple[NDArray[np.uint8], NDArray[np.int64]]


def load_cifar(name: str, path: Path | None = None, *, test_needed: bool = True) -> Dataset:
    """Return a set: x uint8 (N, 32, 32, 3), its official test part in `official["test"]`.

    Args:
        name: a key of `CIFAR_SETS`.
        path: the folder of the files, or one file (then all there is); None for the usual places.
        test_needed: whether missing test files are a fault; if not, the training part is all.

    Raises:
        DataError: files are missing (the message says which go where), damaged, or no such files.
    """
    fixed = CIFAR_SETS[name]
    if path is not None and path.is_file():
        if test_needed:
            rule = "is one file, which has no official test part"
            raise data_error(path, rule, remedy="Say dataset.test: 0.2", place="dataset.test")
        files: list[list[Path]] = [[path]]
    else:
        files = _files(name, path, test_needed)
    parts = [[_read(file, fixed) for file in part] for part in files]
    x = np.concatenate([images for part in parts for images, _ in part])
    y = np.concatenate([labels for part in parts for _, labels in part])
    train = sum(len(labels) for _, labels in parts[0])
    official = {"test": np.arange(train, len(y), dtype=np.int64)} if len(parts) == 2 else {}
    return Dataset(name, x, y, fixed.classes, official, VALUE_RANGE)


def files_of(name: str) -> tuple[str, ...]:
    """Return the names of the set's binary files, the training part's first."""
    train, test = CIFAR_SETS[name].files
    return train + test


def find_folder(name: str, path: Path | None = None) -> Path | None:
    """Return the first of the usual places that has all files of one version, or None."""
    for folder in _folders(name, path):
        if any(_complete(folder, parts) for parts in _versions(name)):
            return folder
    return None


def files_on_disk(name: str, path: Path | None = None) -> list[Path]:
    """Return the files of the set that lie in any of the usual places, or in `path`."""
    if path is not None and path.is_file():
        return [path]
    wanted = {file for parts in _versions(name) for part in parts for file in part}
    found = [folder / file for folder in _folders(name, path) for file in sorted(wanted)]
    return [file for file in found if file.is_file()]


def _folders(name: str, path: Path | None) -> list[Path]:
    """Return where to look: the places, and in them the archives' own folders."""
    inner = CIFAR_SETS[name].folders
    return [each for place in places(name, path) for each in (place, *(place / i for i in inner))]


def _versions(name: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    fixed = CIFAR_SETS[name]
    return fixed.files, fixed.stems


def _complete(folder: Path, parts: tuple[tuple[str, ...], ...]) -> bool:
    return all((folder / file).is_file() for part in parts for file in part)


def _files(name: str, path: Path | None, test_needed: bool) -> list[list[Path]]:
    """Return the files to read, by part; the binary version where there are both."""
    for needed in (2, 1)[: 1 if test_needed else 2]:
        for folder in _folders(name, path):
            for parts in _versions(name):
                if _complete(folder, parts[:needed]):
                    return [[folder / file for file in part] for part in parts[:needed]]
    folders = places(name, path)
    wanted = [file for part in _versions(name)[0][: 2 if test_needed else 1] for file in part]
    have = [file for file in wanted if any((f / file).is_file() for f in _folders(name, path))]
    remedy = (
        "Put them there, unpacked from the binary version, or set dataset.path to the folder that "
        "has them"
    )
    if have:
        remedy += f", or set dataset.path to one file ({have[0]} is there) and dataset.test: 0.2"
    missing = [file for file in wanted if file not in have]
    raise absent(name, missing, folders, given=path is not None, remedy=remedy)


def _read(file: Path, fixed: CifarSet) -> Images:
    """Return images (n, 32, 32, 3) and labels (n,) of one file."""
    try:
        with file.open("rb") as opened:
            is_pickle = opened.read(1) == _PICKLE
            opened.seek(0)
            content = b"" if is_pickle else opened.read()
    except OSError as fault:
        raise data_error(file, f"cannot be read ({fault.strerror or fault})") from fault
    planes, labels = _unpickled(file, fixed) if is_pickle else _records(file, content, fixed)
    return np.ascontiguousarray(planes.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)), labels


def _records(file: Path, content: bytes, fixed: CifarSet) -> tuple[NDArray[Any], NDArray[np.int64]]:
    rows, left = divmod(len(content), fixed.record)
    if left or not rows:
        rule = f"must be whole records of {fixed.record:,} bytes, as the binary version's are"
        remedy = "The file is cut off, or belongs to another set: get it again"
        raise data_error(file, rule, given=f"{len(content):,} bytes", remedy=remedy)
    records = np.frombuffer(content, np.uint8).reshape(rows, fixed.record)
    if fixed.labels == 2:
        _check_labels(file, records[:, 0], 20, "coarse labels")
    labels = records[:, fixed.labels - 1].astype(np.int64)
    _check_labels(file, labels, len(fixed.classes), "labels")
    return records[:, fixed.labels :], labels


def _unpickled(file: Path, fixed: CifarSet) -> tuple[NDArray[Any], NDArray[np.int64]]:
    content = read_pickle(file)
    planes = array_of(file, content, "data")
    if planes.ndim != 2 or planes.shape[1] != PIXELS or planes.dtype != np.uint8 or not len(planes):
        rule = f"must be bytes of shape (N, {PIXELS})"
        raise data_error(file, rule, given=f"{planes.dtype} {planes.shape}", place="data")
    labels = array_of(file, content, fixed.key)
    if labels.shape != planes.shape[:1] or labels.dtype.kind not in "iu":
        rule = f"must be {len(planes)} class numbers"
        raise data_error(file, rule, given=f"{labels.dtype} {labels.shape}", place=fixed.key)
    _check_labels(file, labels, len(fixed.classes), fixed.key)
    return planes, labels.astype(np.int64)


def _check_labels(file: Path, labels: NDArray[Any], classes: int, what: str) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(wrong):
        rule = f"{what} must be 0 to {classes - 1}"
        given = f"{labels[wrong[0]]} in record {wrong[0]} ({len(wrong)} such labels)"
        raise data_error(file, rule, given=given, remedy="Is it a file of this data set?")
