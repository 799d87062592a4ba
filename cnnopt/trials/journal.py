"""The journal of a study: one line per finished trial, on the disk before the next is counted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnopt.errors import DataError
from cnnopt.files import append_line, plain, sync_path, writing


class Journal:
    """Remembers which trials of a study are finished, and with what result.

    The last line may be torn by a kill: that trial counts as not finished.

    Example:
        >>> journal = Journal(folder / "journal.jsonl")
        >>> todo = [trial for trial in trials if trial.id not in journal.finished()]
        >>> journal.add(todo[0].id, {"status": "completed", "test_accuracy": 0.98})
    """

    def __init__(self, path: Path) -> None:
        """Read the journal; a missing file is an empty one.

        Raises:
            DataError: when a line in the middle is damaged, or the file cannot be read.
            WriteError: when a torn last line cannot be cut off.
        """
        self.path = path
        self._results: dict[str, Mapping[str, Any]] = {}
        try:
            data = path.read_bytes() if path.exists() else b""
        except OSError as error:
            raise DataError(f"{path}: could not be read: {error.strerror}.") from error
        whole = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:whole].splitlines(), start=1):
            identity, result = self._entry(number, line)
            self._results[identity] = result
        if whole < len(data):
            with writing(path):
                os.truncate(path, whole)
                sync_path(path)

    def finished(self) -> dict[str, Mapping[str, Any]]:
        """Return id → result of the trials that are finished, in the order they ended."""
        return dict(self._results)

    def add(self, identity: str, result: Mapping[str, Any]) -> None:
        """Write down that a trial is finished; on return it is on the disk.

        Args:
            identity: the trial's id.
            result: JSON-ready; floats, NaN and infinity too, come back the same.

        Raises:
            ValueError: when the trial is in the journal already.
            WriteError: when it cannot be written; the journal is then as it was.
        """
        if identity in self._results:
            raise ValueError(f"trial {identity} is in the journal already")
        entry = plain({"id": identity, "result": result}, strict=False)
        append_line(self.path, json.dumps(entry, ensure_ascii=False))
        self._results[identity] = entry["result"]

    def _entry(self, number: int, line: bytes) -> tuple[str, Mapping[str, Any]]:
        """Return id and result of a line."""
        try:
            entry = json.loads(line)
            identity, result = entry["id"], entry["result"]
            if isinstance(identity, str) and isinstance(result, dict):
                return identity, result
        except (ValueError, KeyError, TypeError):
            pass  # told below, in the same words as a line of the wrong shape
        raise DataError(
            f"{self.path}:{number}: must be one finished trial as JSON, got {line[:60]!r}. "
            "Remove this line to run its trial again."
        )
