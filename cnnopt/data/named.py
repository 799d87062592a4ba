"""The named IDX sets: MNIST, Fashion-MNIST, KMNIST and the six of EMNIST."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.absent import absent
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.idx import expect, read_idx
from cnnopt.data.places import places

SIDE = 28  # height and width of every image of these sets, in pixels
VALUE_RANGE = 255.0


@dataclass(frozen=True)
class NamedSet:
    """What is fixed about a set.

    Attributes:
        classes: names in the order of their numbers.
        train, test: examples of the official parts.
        first_label: the lowest label in the files.
        stems: beginnings of the files' names, training part and test part.
        transposed: whether the files hold columns before rows.
    """

    classes: tuple[str, ...]
    train: int
    test: int
    first_label: int = 0
    stems: tuple[str, str] = ("train", "t10k")
    transposed: bool = False


_DIGITS = tuple(string.digits)
_CASES = (*_DIGITS, *string.ascii_uppercase, *string.ascii_lowercase)
_MERGED = (*_DIGITS, *string.ascii_uppercase, *"abdefghnqrt")
_CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
_KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")


def _emnist(
    split: str, classes: tuple[str, ...], train: int, test: int, first: int = 0
) -> NamedSet:
    stems = (f"emnist-{split}-train", f"emnist-{split}-test")
    return NamedSet(classes, train, test, first, stems, transposed=True)


NAMED_SETS: Mapping[str, NamedSet] = {
    "mnist": NamedSet(_DIGITS, 60_000, 10_000),
    "fashion-mnist": NamedSet(_CLOTHES, 60_000, 10_000),
    "kmnist": NamedSet(_KANA, 60_000, 10_000),
    "emnist-byclass": _emnist("byclass", _CASES, 697_932, 116_323),
    "emnist-bymerge": _emnist("bymerge", _MERGED, 697_932, 116_323),
    "emnist-balanced": _emnist("balanced", _MERGED, 112_800, 18_800),
    "emnist-letters": _emnist("letters", tuple(string.ascii_uppercase), 124_800, 20_800, first=1),
    "emnist-digits": _emnist("digits", _DIGITS, 240_000, 40_000),
    "emnist-mnist": _emnist("mnist", _DIGITS, 60_000, 10_000),
}


def load_named(name: str, path: Path | None = None, *, test_needed: bool = True) -> Dataset:
    """Return a named set: x uint8 (N, 28, 28, 1), its official test part in `official["test"]`.

    The rows of the training files come first, then those of the test files.

    Args:
        name: a key of `NAMED_SETS`.
        path: the folder of the files; None for the usual places.
        test_needed: whether missing test files are a fault; if not, the training part is all.

    Raises:
        DataError: files are missing (the message says which go where), unreadable, of different
            length, or their labels are out of range.
    """
    fixed = NAMED_SETS[name]
    folder = _folder(name, path, test_needed)
    stems = [stem for stem in fixed.stems if test_needed or _present(folder, stem)]
    parts = [_read_part(folder, stem, fixed) for stem in stems]
    lengths = [len(labels) for _, labels in parts]
    x = np.empty((sum(lengths), *parts[0][0].shape[1:], 1), dtype=np.uint8)
    start = 0
    for images, labels in parts:
        x[start : start + len(labels), ..., 0] = images
        start += len(labels)
    official = {"test": np.arange(lengths[0], start, dtype=np.int64)} if len(parts) == 2 else {}
    y = np.concatenate([labels for _, labels in parts]).astype(np.int64) - fixed.first_label
    return Dataset(name, x, y, fixed.classes, official, VALUE_RANGE)


def files_of(name: str) -> tuple[str, ...]:
    """Return the names of the set's four files, training images first."""
    return tuple(
        f"{stem}-{kind}-ubyte.gz"
        for stem in NAMED_SETS[name].stems
        for kind in ("images-idx3", "labels-idx1")
    )


def files_on_disk(name: str, path: Path | None = None) -> list[Path]:
    """Return the files of the set that lie in any of the usual places, or in `path`."""
    wanted = [
        _find(folder, stem, kind)
        for folder in places(name, path)
        for stem in NAMED_SETS[name].stems
        for kind in ("images-idx3", "labels-idx1")
    ]
    return [file for file in wanted if file is not None]


def find_folder(name: str, path: Path | None = None) -> Path | None:
    """Return the first usual place that has all four files, or None."""
    stems = NAMED_SETS[name].stems
    for folder in places(name, path):
        if all(_present(folder, stem) for stem in stems):
            return folder
    return None


def _folder(name: str, path: Path | None, test_needed: bool) -> Path:
    """Return the folder to read from, or say which files go where."""
    fixed = NAMED_SETS[name]
    needed = fixed.stems if test_needed else fixed.stems[:1]
    folders = places(name, path)
    complete = find_folder(name, path)
    if complete is not None:
        return complete
    for folder in folders:
        if all(_present(folder, stem) for stem in needed):
            return folder
    missing = [
        f"{stem}-{kind}-ubyte.gz"
        for stem in needed
        for kind in ("images-idx3", "labels-idx1")
        if _find(folders[0], stem, kind) is None
    ]
    remedy = "Put them there, with or without .gz, or set dataset.path to the folder that has them"
    if all(_present(folders[0], stem) for stem in fixed.stems[:1]):
        remedy += ", or say dataset.test: 0.2 to do with the training files"
    raise absent(name, missing, folders, given=path is not None, remedy=remedy)


def _present(folder: Path, stem: str) -> bool:
    return all(_find(folder, stem, kind) is not None for kind in ("images-idx3", "labels-idx1"))


def _find(folder: Path, stem: str, kind: str) -> Path | None:
    """Return the file; some copies have a dot for the first dash (`images.idx3-ubyte`)."""
    for written in (kind, kind.replace("-", ".")):
        for ending in (".gz", ""):
            file = folder / f"{stem}-{written}-ubyte{ending}"
            if file.is_file():
                return file
    return None


def _read_part(folder: Path, stem: str, fixed: NamedSet) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return images (n, 28, 28) and labels (n,) of one part, checked against each other."""
    found = [_find(folder, stem, kind) for kind in ("images-idx3", "labels-idx1")]
    x_file, y_file = (file or folder / stem for file in found)
    images = expect(x_file, read_idx(x_file), axes=3, what="images")
    labels = expect(y_file, read_idx(y_file), axes=1, what="labels")
    if len(images) != len(labels):
        rule = f"must have one label for each of the {len(images)} images in {x_file.name}"
        raise data_error(y_file, rule, given=f"{len(labels)} labels")
    if not len(images) or images.shape[1:] != (SIDE, SIDE):
        rule = f"must hold images of {SIDE} x {SIDE}"
        raise data_error(x_file, rule, given=f"shape {images.shape}")
    high = fixed.first_label + len(fixed.classes) - 1
    wrong = np.flatnonzero((labels < fixed.first_label) | (labels > high))
    if len(wrong):
        rule = f"labels must be {fixed.first_label} to {high}"
        given = f"{labels[wrong[0]]} at position {wrong[0]} ({len(wrong)} such labels)"
        raise data_error(y_file, rule, given=given)
    return (images.transpose(0, 2, 1) if fixed.transposed else images), labels
