"""The user's own table: a CSV file with one or more target columns."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.settings import Task
from cnnopt.data.table import Table, open_table, read_numbers
from cnnopt.data.targets import encode_targets


def load_csv(
    path: Path, target: tuple[str, ...], ignore: tuple[str, ...] = (), task: Task | None = None
) -> Dataset:
    """Return a table: x float64 (N, C), one channel per column that is neither target nor ignored.

    Args:
        path: the file, UTF-8, comma, semicolon or tab between columns.
        target: column or columns to predict; by number ("0", "1", ...) where there is no header.
        ignore: columns to leave out.
        task: None: one target of integers or text is classes, all else are targets.

    Raises:
        DataError: unknown column, nothing left to learn from, a cell that is no finite number, an
            empty target.
    """
    with open_table(path) as table:
        places = [_column(table, name, "dataset.target") for name in target]
        left_out = {_column(table, name, "dataset.ignore") for name in ignore}
        both = [name for name, place in zip(target, places, strict=True) if place in left_out]
        if both:
            rule = "a target cannot be ignored as well"
            raise data_error(path, rule, given=", ".join(both), place="dataset.ignore")
        inputs = [
            number
            for number in range(len(table.columns))
            if number not in left_out and number not in places
        ]
        if not inputs:
            raise data_error(path, "must have columns beside the target and the ignored ones")
        if task == "regression" or len(places) > 1:
            values = read_numbers(table, [*inputs, *places], ignore="dataset.ignore")
            x, labels = values[:, : len(inputs)], values[:, len(inputs) :]
        else:
            x, labels = _with_labels(table, inputs, places[0])
        names = tuple(table.columns[number] for number in inputs) if table.header else ()
    y, classes = encode_targets(path, f"column {', '.join(target)}", labels, task)
    return Dataset("csv", np.ascontiguousarray(x), y, classes, columns=names)


def _with_labels(
    table: Table, inputs: list[int], place: int
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return inputs, and the target column as integers, else as floats, else as text."""
    texts: list[str] = []

    def keep(line: int, cells: list[str]) -> None:
        if not cells[place]:
            name = f"column {table.columns[place]}"
            rule, remedy = "a target must not be empty", "Fill it or leave the row out"
            raise data_error(table.path, rule, remedy=remedy, place=name, line=line)
        texts.append(cells[place])

    x = read_numbers(table, inputs, keep, ignore="dataset.ignore")
    for dtype, number in ((np.int64, int), (np.float64, float)):
        try:
            return x, np.asarray([number(text) for text in texts], dtype=dtype)
        except (ValueError, OverflowError):
            continue
    return x, np.asarray(texts)


def _column(table: Table, name: str, setting: str) -> int:
    """Return the number of the column called `name`."""
    if name in table.columns:
        return table.columns.index(name)
    near = difflib.get_close_matches(name, table.columns, n=1)
    shown = ", ".join(table.columns[:12]) + (", ..." if len(table.columns) > 12 else "")
    whence = "Its first line says" if table.header else "It has no header: columns are called"
    remedy = f"Did you mean {near[0]!r}?" if near else f"{whence} {shown}"
    raise data_error(table.path, "no such column", given=name, place=setting, remedy=remedy)
