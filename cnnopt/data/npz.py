"""The user's own arrays in an .npz file. No pickle is ever loaded."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from cnnopt.data.checks import check_finite, range_of, real_array, with_channels
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.groups import encode_groups
from cnnopt.data.settings import Task
from cnnopt.data.targets import encode_targets
from cnnopt.errors import DataError


def load_npz(
    path: Path,
    x: str = "x",
    y: str = "y",
    official: Mapping[str, tuple[str, str]] | None = None,
    task: Task | None = None,
    dimensions: int | None = None,
    groups: str | None = None,
) -> Dataset:
    """Return the data set of an .npz file, its official parts behind the other rows.

    Args:
        path: the file.
        x: array of inputs: (N,) or (N, F) values, (N, H, W) grey images, (N, H, W, C) images or
            (N, D, H, W, C) volumes, channels last.
        y: array of labels or targets, (N,) or (N, T).
        official: part ("validation", "test") → its arrays of inputs and of labels.
        task: None: integers, booleans and text are classes, other numbers are targets.
        dimensions: axes in space, 1 for series, 2 for images, 3 for volumes: x is then
            (N, *axes) or (N, *axes, C). None: as said above.
        groups: array of the rows' groups, (N,), integers or text; only without official parts,
            whose rows would have none.

    Raises:
        DataError: the file or an array is missing, damaged or pickled; values are not finite;
            lengths or shapes differ; (N, L, L, L) without `dimensions`, which may be volumes or
            images; groups beside official parts.
    """
    if groups is not None and official:
        rule = "cannot stand beside official parts, whose rows have no groups"
        remedy = "Put all rows in one x, with a group for each"
        raise data_error(path, rule, place="dataset.groups", remedy=remedy)
    names = {"": (x, y), **(official or {})}
    with open_npz(path) as archive:
        pairs = {part: _pair(path, archive, *both, dimensions) for part, both in names.items()}
        who = None if groups is None else read_array(path, archive, groups)
    inputs, labels = pairs[""]
    for part, (more, more_labels) in pairs.items():
        if more.shape[1:] != inputs.shape[1:]:
            rule = f"must have the shape of {x}, {inputs.shape[1:]} per example"
            raise data_error(path, rule, given=str(more.shape[1:]), place=names[part][0])
        _check_like(path, y, labels, names[part][1], more_labels)
    rows, start = {}, 0
    for part, (more, _) in pairs.items():
        rows[part] = np.arange(start, start + len(more), dtype=np.int64)
        start += len(more)
    del rows[""]
    if len(pairs) > 1:
        inputs = np.concatenate([each for each, _ in pairs.values()])
        labels = np.concatenate([each for _, each in pairs.values()])
    numbers, classes = encode_targets(path, y, labels, task)
    notes = (_CHANNELS_FIRST,) if _looks_channels_first(inputs) else ()
    dataset = Dataset("npz", inputs, numbers, classes, rows, range_of(inputs.dtype), notes)
    if groups is None or who is None:
        return dataset
    _check_length(path, groups, who, x, len(inputs))
    group_numbers, group_names = encode_groups(path, groups, who)
    return replace(dataset, groups=group_numbers, group_names=group_names)


@contextmanager
def open_npz(path: Path) -> Iterator[NpzFile]:
    """Open an .npz file.

    Raises:
        DataError: no such file, empty, or no zip archive of arrays.
    """
    if not path.is_file():
        raise data_error(path, "no such file" if not path.exists() else "must be a file")
    if not path.stat().st_size:
        raise data_error(path, "the file is empty")
    if not zipfile.is_zipfile(path):
        remedy = "Save with np.savez(path, x=..., y=...)"
        raise data_error(path, "is no .npz file, or it is cut off", remedy=remedy)
    try:
        archive = np.load(path, allow_pickle=False)
    except (OSError, ValueError, zipfile.BadZipFile) as fault:
        raise data_error(path, f"cannot be opened ({fault})") from fault
    with archive:
        yield archive


def read_array(path: Path, archive: NpzFile, name: str) -> NDArray[Any]:
    """Return one array of an open .npz file.

    Raises:
        DataError: no such array, damaged, or pickled Python objects.
    """
    if name not in archive.files:
        have = ", ".join(archive.files) or "nothing"
        remedy = f"The file has: {have}. Name one of them in the config"
        raise data_error(path, "no such array in the file", place=name, remedy=remedy)
    try:
        array = archive[name]
    except ValueError as fault:
        if "allow_pickle" in str(fault):
            raise _pickled(path, name) from fault
        raise data_error(path, f"the array cannot be read ({fault})", place=name) from fault
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError) as fault:
        remedy = "The file is damaged: get or save it again"
        raise data_error(path, f"cannot be read ({fault})", place=name, remedy=remedy) from fault
    except MemoryError as fault:
        raise data_error(path, f"does not fit in memory ({fault})", place=name) from fault
    if not isinstance(array, np.ndarray):
        raise data_error(path, "is no NumPy array", place=name)
    return array


def _pickled(path: Path, name: str) -> DataError:
    return data_error(
        path,
        "holds pickled Python objects, which can run code when loaded: cnnopt never loads them",
        place=name,
        remedy="Save numbers of one shape: np.savez(path, x=np.stack(list_of_images), y=labels)",
    )


def _pair(
    path: Path, archive: NpzFile, x: str, y: str, dimensions: int | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return inputs with their channel axis, and labels, of the same length."""
    inputs = real_array(path, x, read_array(path, archive, x))
    _check_shape(path, x, inputs.shape, dimensions)
    check_finite(path, x, inputs)
    labels = read_array(path, archive, y)
    _check_length(path, y, labels, x, len(inputs))
    return with_channels(inputs, dimensions), labels


def _check_length(path: Path, name: str, array: NDArray[Any], x: str, rows: int) -> None:
    if not array.ndim or len(array) != rows:
        rule = f"must have as many rows as {x}, {rows}"
        raise data_error(path, rule, given=f"shape {array.shape}", place=name)


_FORMS = {
    None: "(N,), (N, F), (N, H, W), (N, H, W, C) or (N, D, H, W, C)",
    1: "(N, L) or (N, L, C), as dataset.dimensions is 1",
    2: "(N, H, W) or (N, H, W, C), as dataset.dimensions is 2",
    3: "(N, D, H, W) or (N, D, H, W, C), as dataset.dimensions is 3",
}


def _check_shape(path: Path, x: str, shape: tuple[int, ...], dimensions: int | None) -> None:
    fits = len(shape) in (range(1, 6) if dimensions is None else (dimensions + 1, dimensions + 2))
    if not fits or 0 in shape:
        rule = f"must have shape {_FORMS[dimensions]}, and rows"
        raise data_error(path, rule, given=f"shape {shape}", place=x)
    if dimensions is None and len(shape) == 4 and len(set(shape[1:])) == 1 and shape[1] > 4:
        side = shape[1]
        rule = f"may be volumes of {side} x {side} x {side} or images of {side} channels"
        remedy = "Say dataset.dimensions: 3, or 2"
        raise data_error(path, rule, given=f"shape {shape}", place=x, remedy=remedy)


def _check_like(path: Path, y: str, a: NDArray[Any], y_test: str, b: NDArray[Any]) -> None:
    """Text labels beside numbers would silently turn all to text."""
    if a.shape[1:] != b.shape[1:] or (a.dtype.kind in "US") != (b.dtype.kind in "US"):
        rule = f"must be like {y}, {a.dtype} with shape {a.shape[1:]} per row"
        raise data_error(path, rule, given=f"{b.dtype} with {b.shape[1:]}", place=y_test)


_CHANNELS_FIRST = (
    "The images look as if channels came first; cnnopt reads (N, H, W, C): "
    "x.transpose(0, 2, 3, 1) turns them."
)


def _looks_channels_first(x: NDArray[Any]) -> bool:
    return x.ndim == 4 and x.shape[1] in (1, 3) and x.shape[2] == x.shape[3] > 4
