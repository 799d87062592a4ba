"""A table with a column of times, cut to windows: the user's own series, and the embedded ones."""

from __future__ import annotations

from pathlib import Path

from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.moments import check_moments
from cnnopt.data.series import Cutting, cut_windows
from cnnopt.data.table import Table, find_column, open_table, read_numbers


def load_series(
    path: Path,
    time: str,
    target: tuple[str, ...],
    values: tuple[str, ...] = (),
    cutting: Cutting | None = None,
    *,
    name: str = "series",
) -> Dataset:
    """Return windows of a table's columns: x float64 (N, L, C), y float64 (N, T), in time's order.

    Empty cells, `NA` and `NaN` are missing values: see `cut_windows` for what becomes of them.

    Args:
        path: the file, as of `csv`.
        time: column of times, strictly ascending; see `check_moments`.
        target: column or columns to predict.
        values: columns that the model sees, its channels in this order; empty: the targets.
        cutting: how windows are cut; None: 24 samples, the next one as the target.
        name: the data set's name.

    Raises:
        DataError: unknown column, times that do not ascend, a cell that is no finite number, too
            few samples for one window.
    """
    cells: list[str] = []
    lines: list[int] = []
    with open_table(path) as table:
        clock = find_column(table, time, "dataset.time")
        targets = [_column(table, column, "dataset.target", clock) for column in target]
        inputs = [_column(table, column, "dataset.values", clock) for column in values or target]

        def keep(line: int, row: list[str]) -> None:
            cells.append(row[clock])
            lines.append(line)

        numbers = read_numbers(table, [*inputs, *targets], keep, gaps=True)
    notes = check_moments(path, time, cells, lines)
    seen, wanted = numbers[:, : len(inputs)], numbers[:, len(inputs) :]
    cut = cut_windows(path, seen, wanted, cells, cutting or Cutting(window=24))
    return Dataset(name, cut.x, cut.y, notes=(*notes, *cut.notes), timeline=cut.timeline)


def _column(table: Table, name: str, setting: str, clock: int) -> int:
    place = find_column(table, name, setting)
    if place == clock:
        rule = "must not be the column of times"
        raise data_error(table.path, rule, given=name, place=setting)
    return place
