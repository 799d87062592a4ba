"""Shoulder exercises recorded by a smart watch: windows of 140 series of ten people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.absent import absent
from cnnopt.data.checks import check_finite, real_array
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.npz import open_npz, read_array
from cnnopt.data.places import places
from cnnopt.data.timeline import Timeline

FILE = "watch.npz"
WINDOW = 100
"""Samples of a window where the config says nothing: two seconds at 50 Hz."""

CHANNELS = 6
CLASSES = 7

SUBJECT_NOTE = (
    "Windows of one subject are alike, those of one series even more so: parts and folds that mix "
    "subjects are optimistic about people not seen in training."
)


@dataclass(frozen=True)
class Recordings:
    """The file's arrays, checked.

    Attributes:
        values: all series one after the other, shape (samples, C).
        ends: where each series ends in `values`, shape (S,).
        labels: class number of each series, shape (S,).
        subjects: number of the subject of each series, shape (S,).
        classes: the classes' names.
    """

    values: NDArray[Any]
    ends: Rows
    labels: Rows
    subjects: Rows
    classes: tuple[str, ...]


def load_watch(
    path: Path | None = None, window: int = WINDOW, stride: int | None = None
) -> Dataset:
    """Return windows of the exercises: x (N, L, 6), y 0 to 6; groups are the subjects.

    Three axes of acceleration and three of angular velocity, 50 samples a second. A window never
    crosses from one series to the next; samples at a series' end that fill no window are left out.

    Args:
        path: the file, or its folder; None for the usual places.
        window: samples L of a window.
        stride: samples from one window's start to the next's; None: L, without overlap.

    Raises:
        DataError: the file is missing or damaged, arrays do not fit each other, or no series is
            as long as a window.

    Source: D. M. Burns et al., Shoulder physiotherapy exercise recognition: machine learning the
    inertial signals from a smartwatch, Physiological Measurement 39(7), 2018; by way of seglearn
    (BSD 3-Clause).
    """
    file = find_file(path)
    if file is None:
        remedy = "Put it there (docs/data.md says how to make it), or set dataset.path to it"
        raise absent("watch", [FILE], places("watch", path), given=path is not None, remedy=remedy)
    given = _read(file)
    step = window if stride is None else stride
    starts = np.concatenate([[0], given.ends[:-1]])
    lengths = given.ends - starts
    counts = np.maximum(0, (lengths - window) // step + 1)
    if not counts.any():
        rule = f"must be at most {lengths.max()}, the samples of the longest series"
        raise data_error(file, rule, given=str(window), place="dataset.window")
    series = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = step * (np.arange(len(series)) - np.repeat(np.cumsum(counts) - counts, counts))
    x = given.values[(starts[series] + first)[:, None] + np.arange(window)]
    names, groups = np.unique(given.subjects, return_inverse=True)
    origin = first + (window - 1)
    notes = [SUBJECT_NOTE]
    if (short := int((counts == 0).sum())) > 0:
        notes.append(f"Series shorter than a window, left out: {short} of {len(counts)}.")
    return Dataset(
        name="watch",
        x=x,
        y=given.labels[series],
        classes=given.classes,
        notes=tuple(notes),
        groups=groups.astype(np.int64).reshape(-1)[series],
        group_names=tuple(f"subject {name}" for name in names),
        timeline=Timeline(series, first, origin, origin),
    )


def find_file(path: Path | None = None) -> Path | None:
    """Return the file in the first usual place that has it, or at `path`, or None."""
    if path is not None and path.is_file():
        return path
    files = [folder / FILE for folder in places("watch", path)]
    return next((file for file in files if file.is_file()), None)


def _read(file: Path) -> Recordings:
    with open_npz(file) as archive:
        values = real_array(file, "values", read_array(file, archive, "values"))
        lengths = _whole(file, "lengths", read_array(file, archive, "lengths"), least=1)
        labels = _whole(file, "y", read_array(file, archive, "y"), least=0)
        subjects = _whole(file, "subject", read_array(file, archive, "subject"), least=0)
        names = read_array(file, archive, "class_names")
    if values.ndim != 2:
        rule = "must have shape (samples, channels)"
        raise data_error(file, rule, given=f"shape {values.shape}", place="values")
    check_finite(file, "values", values)
    if lengths.sum() != len(values):
        rule = f"must add up to the samples in values, {len(values)}"
        raise data_error(file, rule, given=str(lengths.sum()), place="lengths")
    for place, array in (("y", labels), ("subject", subjects)):
        if len(array) != len(lengths):
            rule = f"must have one number for each of the {len(lengths)} series"
            raise data_error(file, rule, given=str(len(array)), place=place)
    if names.ndim != 1 or names.dtype.kind != "U" or len(names) <= labels.max():
        rule = f"must hold a name for each of the classes 0 to {labels.max()}"
        raise data_error(file, rule, given=f"{names.dtype} {names.shape}", place="class_names")
    classes = tuple(map(str, names))
    return Recordings(values, np.cumsum(lengths), labels, subjects, classes)


def _whole(file: Path, place: str, array: NDArray[Any], *, least: int) -> Rows:
    if array.ndim != 1 or array.dtype.kind not in "iu" or not len(array):
        rule = "must hold a whole number for each series"
        raise data_error(file, rule, given=f"{array.dtype} {array.shape}", place=place)
    if array.min() < least:
        given = f"{array.min()} in series {array.argmin()}"
        raise data_error(file, f"must be at least {least}", given=given, place=place)
    return array.astype(np.int64)
