"""The tables of a run that grow by a row of metrics at a time: metrics, timings, health, fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from cnnopt.files import sync_path
from cnnopt.records.tables import (
    append_row,
    append_rows,
    count_groups,
    count_rows,
    truncate_groups,
    truncate_rows,
)
from cnnopt.training.events import EpochDone

METRICS, TIMINGS = "metrics.csv", "timings.csv"
HEALTH, FITS = "health.csv", "fits.csv"


class EpochTables:
    """The tables of one run folder; health and fits are there only where they are told.

    Attributes:
        rows: of `metrics.csv` so far.
    """

    def __init__(self, folder: Path) -> None:
        self._metrics, self._timings = folder / METRICS, folder / TIMINGS
        self._health, self._fits = folder / HEALTH, folder / FITS
        self.rows = 0

    def cut(self, step: int) -> None:
        """Cut everything after the step that training goes on from; 0 begins anew.

        Raises:
            WriteError: when a file cannot be cut.
        """

        def is_before(row: Mapping[str, float]) -> bool:
            return step > 0 and row["step"] <= step

        self.rows = truncate_rows(self._metrics, is_before)
        truncate_rows(self._timings, lambda row: row["epoch"] <= self.rows)
        for path in (self._health, self._fits):
            truncate_groups(path, "epoch", self.rows)

    def add(self, event: EpochDone) -> None:
        """Append an epoch's rows, metrics last: an epoch that is in them is in all tables.

        Raises:
            WriteError: when it cannot be written.
        """
        epoch = event.row["epoch"]
        place = {"epoch": epoch, "step": event.row["step"]}
        if event.fit:
            append_rows(self._fits, [place | point._asdict() for point in event.fit])
        if event.health:
            append_rows(self._health, [place | asdict(layer) for layer in event.health])
        seconds = {f"{name}_seconds": value for name, value in event.seconds.items()}
        append_row(self._timings, {"epoch": epoch} | seconds)
        append_row(self._metrics, event.row)
        self.rows += 1

    def sync(self) -> None:
        """Wait until all rows are on the disk."""
        if self.rows:
            for path in (self._health, self._fits, self._timings, self._metrics):
                if path.exists():
                    sync_path(path)

    def count(self) -> int:
        """Return how many epochs are whole in every table, after whatever cut them."""
        rows = count_rows(self._metrics, self._timings)
        grouped = [path for path in (self._health, self._fits) if path.exists()]
        return min([rows, *(count_groups(path, "epoch") for path in grouped)])
