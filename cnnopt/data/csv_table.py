"""The user's own table: a CSV file with one or more target columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.groups import encode_groups
from cnnopt.data.settings import Task
from cnnopt.data.table import Table, find_column, open_table, read_numbers
from cnnopt.data.targets import encode_targets


def load_csv(
    path: Path,
    target: tuple[str, ...],
    ignore: tuple[str, ...] = (),
    task: Task | None = None,
    groups: str | None = None,
) -> Dataset:
    """Return a table: x float64 (N, C), one channel per column that has no other purpose.

    Args:
        path: the file, UTF-8, comma, semicolon or tab between columns.
        target: column or columns to predict; by number ("0", "1", ...) where there is no header.
        ignore: columns to leave out.
        task: None: one target of integers or text is classes, all else are targets.
        groups: column that says which group a row belongs to, text or integers; no input.

    Raises:
        DataError: unknown column, nothing left to learn from, a cell that is no finite number, an
            empty target or group.
    """
    with open_table(path) as table:
        places = [find_column(table, name, "dataset.target") for name in target]
        left_out = {find_column(table, name, "dataset.ignore") for name in ignore}
        both = [name for name, place in zip(target, places, strict=True) if place in left_out]
        if both:
            rule = "a target cannot be ignored as well"
            raise data_error(path, rule, given=", ".join(both), place="dataset.ignore")
        group = None if groups is None else _group_column(table, groups, {*places, *left_out})
        inputs = [
            number
            for number in range(len(table.columns))
            if number not in {*left_out, *places, group}
        ]
        if not inputs:
            raise data_error(path, "must have columns beside the target and the ignored ones")
        of_numbers = task == "regression" or len(places) > 1
        words = {} if of_numbers else {places[0]: "a target"}
        if group is not None:
            words[group] = "a group"
        values, texts = _read(table, [*inputs, *places] if of_numbers else inputs, words)
        names = tuple(table.columns[number] for number in inputs) if table.header else ()
    labels = values[:, len(inputs) :] if of_numbers else _typed(texts[places[0]], int, float)
    y, classes = encode_targets(path, f"column {', '.join(target)}", labels, task)
    x = np.ascontiguousarray(values[:, : len(inputs)])
    dataset = Dataset("csv", x, y, classes, columns=names)
    if group is None:
        return dataset
    numbers, group_names = encode_groups(path, f"column {groups}", _typed(texts[group], int))
    return replace(dataset, groups=numbers, group_names=group_names)


def _group_column(table: Table, name: str, taken: set[int]) -> int:
    place = find_column(table, name, "dataset.groups")
    if place in taken:
        rule = "the column of groups can be neither target nor ignored"
        raise data_error(table.path, rule, given=name, place="dataset.groups")
    return place


def _read(
    table: Table, wanted: list[int], words: Mapping[int, str]
) -> tuple[NDArray[np.float64], dict[int, list[str]]]:
    """Return the columns `wanted` as numbers, and the cells of the columns in `words`.

    Args:
        table: an open table; its rows are used up.
        wanted: column numbers.
        words: column number -> what its cells are, for the message about an empty one.
    """
    texts: dict[int, list[str]] = {place: [] for place in words}

    def keep(line: int, cells: list[str]) -> None:
        for place, word in words.items():
            if not cells[place]:
                name = f"column {table.columns[place]}"
                rule, remedy = f"{word} must not be empty", "Fill it or leave the row out"
                raise data_error(table.path, rule, remedy=remedy, place=name, line=line)
            texts[place].append(cells[place])

    return read_numbers(table, wanted, keep, ignore="dataset.ignore"), texts


def _typed(texts: Sequence[str], *kinds: type[int] | type[float]) -> NDArray[Any]:
    """Return the texts as numbers of the first of `kinds` that all of them are, else as text."""
    for kind in kinds:
        try:
            numbers = [kind(text) for text in texts]
            return np.asarray(numbers, dtype=np.int64 if kind is int else np.float64)
        except (ValueError, OverflowError):
            continue
    return np.asarray(texts)
