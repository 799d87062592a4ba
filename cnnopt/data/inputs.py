"""Files that a trained model shall judge: images, .npz arrays, CSV rows."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Shape
from cnnopt.data.checks import check_finite, real_array
from cnnopt.data.faults import data_error
from cnnopt.data.images import SUFFIXES, read_image
from cnnopt.data.npz import open_npz, read_array
from cnnopt.data.table import Table, open_table, read_numbers
from cnnopt.errors import UsageError

_IMAGE_MAX = 255.0


def read_inputs(
    files: Sequence[Path],
    input_shape: Shape,
    value_range: float | None = None,
    columns: Sequence[str] = (),
) -> tuple[NDArray[Any], list[str]]:
    """Return the examples of all files, unscaled, and a label for each.

    Args:
        files: .png, .jpg, .jpeg, .bmp (one example each, exactly as large as the model's input);
            .npz (array `x`, or the only array); .csv, .tsv, .txt (one example per row).
        input_shape: shape of one example, channels last.
        value_range: the highest value of the training data; 8-bit images are brought to it (an
            image for a model of `digits` ends at 16, not at 255).
        columns: names of the inputs in the model's order, where it was trained on a table that
            names them. A table with a header is then read by these names, in whatever order they
            stand and whatever else (the target) stands between them. One without a header must
            have the inputs and nothing else, in this order.

    Returns:
        x of shape (n, *input_shape), and n labels: `file` for an image, `file[3]` for row 3,
        counted from 0.

    Raises:
        UsageError: no files.
        DataError: a file is missing, unreadable, of another kind, or does not fit the model.
    """
    if not files:
        raise UsageError("At least one input file is needed: an image, an .npz or a CSV file.")
    arrays: list[NDArray[Any]] = []
    labels: list[str] = []
    for file in files:
        kind = file.suffix.lower()
        if kind in SUFFIXES:
            arrays.append(_image(file, input_shape, value_range)[None])
            labels.append(str(file))
            continue
        if kind == ".npz":
            x, single = _npz(file, input_shape)
        elif kind in (".csv", ".tsv", ".txt"):
            x, single = _table(file, input_shape, columns), False
        else:
            rule = f"must be an image ({', '.join(SUFFIXES)}), an .npz or a .csv file"
            raise data_error(file, rule, given=kind or "no suffix")
        arrays.append(x)
        labels.extend([str(file)] if single else [f"{file}[{row}]" for row in range(len(x))])
    return np.concatenate(arrays), labels


def _image(file: Path, shape: Shape, value_range: float | None) -> NDArray[Any]:
    """Return one image (H, W, C) in the model's range of values."""
    if len(shape) != 3 or shape[2] not in (1, 3):
        rule = f"is an image, but the model takes examples of shape {_times(shape)}"
        raise data_error(file, rule, remedy="Give an .npz or a CSV file")
    image = read_image(file, "grey" if shape[2] == 1 else "rgb")
    if image.shape != shape:
        rule = f"must be {shape[0]} x {shape[1]} (height x width) as the model was trained on"
        given = f"{image.shape[0]} x {image.shape[1]}"
        raise data_error(file, rule, given=given, remedy="Resize it first")
    if value_range is None or value_range == _IMAGE_MAX:
        return image
    return image * (value_range / _IMAGE_MAX)


def _npz(file: Path, shape: Shape) -> tuple[NDArray[Any], bool]:
    """Return examples (n, *shape), and whether the array was one example without a row axis."""
    with open_npz(file) as archive:
        name = "x" if "x" in archive.files else archive.files[0] if archive.files else "x"
        if name != "x" and len(archive.files) > 1:
            have = ", ".join(archive.files)
            raise data_error(file, "must have an array x, or only one array", given=have)
        array = real_array(file, name, read_array(file, archive, name))
    bare = shape[:-1] if shape[-1] == 1 else None
    if array.shape[1:] in (shape, bare) and len(array):
        x, single = array.reshape(-1, *shape), False
    elif array.shape in (shape, bare):
        x, single = array.reshape(1, *shape), True
    else:
        rule = f"must have shape (n, {', '.join(map(str, shape))}) as the model was trained on"
        raise data_error(file, rule, given=f"shape {array.shape}", place=name)
    check_finite(file, name, x)
    return x, single


def _table(file: Path, shape: Shape, columns: Sequence[str]) -> NDArray[np.float64]:
    """Return the rows of a CSV file, each reshaped to an example."""
    with open_table(file) as table:
        if columns and table.header:
            wanted = _by_name(table, columns)
        else:
            wanted = range(math.prod(shape))
            if len(table.columns) != len(wanted):
                rule = f"must have {len(wanted)} numbers per row: the model takes {_times(shape)}"
                remedy = f"Give it a header to pick {_listed(columns)} by name" if columns else ""
                given = f"{len(table.columns)} columns"
                raise data_error(file, rule, given=given, remedy=remedy)
        return read_numbers(table, wanted).reshape(-1, *shape)


def _by_name(table: Table, columns: Sequence[str]) -> Sequence[int]:
    """Return the numbers of the named columns."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        near = difflib.get_close_matches(missing[0], table.columns, n=1)
        remedy = f"Is {near[0]!r} meant to be {missing[0]!r}?" if near else ""
        rule = f"the model was trained on columns that this table lacks: {_listed(missing)}"
        raise data_error(table.path, rule, remedy=remedy, line=1)
    return [table.columns.index(name) for name in columns]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")


def _times(shape: Shape) -> str:
    return " x ".join(map(str, shape))
