"""The user's own arrays in an .npz file. No pickle is ever loaded."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from cnnopt.data.checks import check_finite, range_of, real_array, with_channels
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.settings import Task
from cnnopt.data.targets import encode_targets
from cnnopt.errors import DataError


def load_npz(
    path: Path,
    x: str = "x",
    y: str = "y",
    x_test: str | None = None,
    y_test: str | None = None,
    task: Task | None = None,
) -> Dataset:
    """Return the data set of an .npz file; the test arrays become the official test part.

    Args:
        path: the file.
        x, x_test: arrays of inputs: (N,) or (N, F) values, (N, H, W) grey images, or
            (N, H, W, C) images with channels last.
        y, y_test: arrays of labels or targets, (N,) or (N, T).
        task: None: integers, booleans and text are classes, other numbers are targets.

    Raises:
        DataError: the file or an array is missing, damaged or pickled; values are not finite;
            lengths or shapes differ; `x_test` without `y_test` or the other way round.
    """
    if (x_test is None) != (y_test is None):
        raise data_error(
            path,
            "x_test and y_test belong together",
            given="only one of them",
            place="dataset",
            remedy="Name both or neither",
        )
    with open_npz(path) as archive:
        pairs = [_pair(path, archive, x, y)]
        if x_test is not None and y_test is not None:
            pairs.append(_pair(path, archive, x_test, y_test))
    shapes = [inputs.shape[1:] for inputs, _ in pairs]
    if shapes[0] != shapes[-1]:
        rule = f"must have the shape of {x}, {shapes[0]} per example"
        raise data_error(path, rule, given=str(shapes[-1]), place=x_test or "")
    inputs, labels = pairs[0]
    official = {}
    if len(pairs) == 2:
        _check_like(path, y, labels, y_test or "", pairs[1][1])
        official = {"test": np.arange(len(inputs), len(inputs) + len(pairs[1][0]), dtype=np.int64)}
        inputs = np.concatenate([inputs, pairs[1][0]])
        labels = np.concatenate([labels, pairs[1][1]])
    numbers, classes = encode_targets(path, y, labels, task)
    notes = (_CHANNELS_FIRST,) if _looks_channels_first(inputs) else ()
    return Dataset("npz", inputs, numbers, classes, official, range_of(inputs.dtype), notes)


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


def _pair(path: Path, archive: NpzFile, x: str, y: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return inputs with their channel axis, and labels, of the same length."""
    inputs = real_array(path, x, read_array(path, archive, x))
    if not 1 <= inputs.ndim <= 4 or not inputs.size:
        rule = "must have shape (N,), (N, F), (N, H, W) or (N, H, W, C), and rows"
        raise data_error(path, rule, given=f"shape {inputs.shape}", place=x)
    check_finite(path, x, inputs)
    labels = read_array(path, archive, y)
    if not labels.ndim or len(labels) != len(inputs):
        rule = f"must have as many rows as {x}, {len(inputs)}"
        raise data_error(path, rule, given=f"shape {labels.shape}", place=y)
    return with_channels(inputs), labels


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
