"""Runs read back: by anybody, at any instant, also while they are written or after a kill."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cnnopt.errors import DataError, UsageError
from cnnopt.files import is_locked, read_json
from cnnopt.records import checkpoint
from cnnopt.records.checkpoint import Checkpoint
from cnnopt.records.create import CONFIG
from cnnopt.records.epochs import METRICS
from cnnopt.records.run_folder import CHECKPOINTS, META, SUMMARY
from cnnopt.records.tables import read_history

UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Record:
    """A run folder as it was when it was read.

    Attributes:
        folder: where it stands.
        meta: content of `meta.json`.
        summary: content of `summary.json`; empty as long as there is no result.
        status: running, completed, interrupted, diverged or failed; a run that says `running`
            and that no process holds was killed: interrupted. `unreadable`: see `list_runs`.
    """

    folder: Path
    meta: Mapping[str, Any]
    summary: Mapping[str, Any]
    status: str

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved config.

        Raises:
            DataError: when `config.yaml` cannot be read.
        """
        import yaml

        path = self.folder / CONFIG
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DataError(f"{path}: could not be read: {error.strerror}.") from error
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            raise DataError(f"{path}: must be YAML: {error}. Restore the file.") from error
        if not isinstance(found, dict):
            raise DataError(f"{path}: must be a mapping of settings. Restore the file.")
        return found

    @cached_property
    def history(self) -> dict[str, list[float]]:
        """Columns of `metrics.csv`, one number per epoch; a torn last row is left out."""
        return read_history(self.folder / METRICS)

    def checkpoint(self) -> tuple[Checkpoint | None, tuple[str, ...]]:
        """Return the newest checkpoint that verifies, and warnings about newer ones.

        Raises:
            CheckpointError: when there are checkpoints and none can be used.
        """
        return checkpoint.latest(self.folder / CHECKPOINTS)


def load_run(path: Path) -> Record:
    """Read a run folder.

    Raises:
        UsageError: when it is no run folder.
        DataError: when a file in it cannot be read.
    """
    if not (path / META).is_file():
        raise UsageError(f"{path}: must be a run folder with a {META}. See `cnnopt runs list`.")
    # Looked at before the status is read: a run that ends in between then reads as ended.
    held = is_locked(path)
    meta = _mapping(path / META)
    summary = _mapping(path / SUMMARY) if (path / SUMMARY).exists() else {}
    status = str(meta.get("status", UNREADABLE))
    if status == "running" and not held:
        status = "interrupted"
    return Record(folder=path, meta=meta, summary=summary, status=status)


def list_runs(runs_dir: Path) -> list[Record]:
    """Return all runs of a folder, the oldest first; damaged ones have the status `unreadable`."""
    records = []
    if runs_dir.is_dir():
        for path in runs_dir.iterdir():
            if path.name.startswith(".") or not (path / META).is_file():
                continue
            try:
                records.append(load_run(path))
            except DataError as error:
                records.append(Record(path, {"error": str(error)}, {}, UNREADABLE))
    return sorted(records, key=lambda record: (record.meta.get("started", ""), record.folder.name))


def find_run(text: str | Path, runs_dir: Path) -> Path:
    """Return the folder of a run.

    Args:
        text: its path, its name, a part of the name that no other run has, or `latest`.
        runs_dir: the folder of all runs.

    Raises:
        UsageError: when no run, or more than one, is meant by it.
    """
    if (Path(text) / META).is_file():
        return Path(text)
    records = list_runs(runs_dir)
    names = [record.folder.name for record in records]
    part = str(text)
    if part == "latest" and records:
        return records[-1].folder
    if part in names:
        return runs_dir / part
    matches = [name for name in names if part and part in name]
    if len(matches) == 1:
        return runs_dir / matches[0]
    if matches:
        shown = ", ".join(matches[-5:])
        raise UsageError(
            f"{part}: must mean one run of {runs_dir}, but {len(matches)} have it in their name "
            f"({shown}). Give more of the name."
        )
    if not names:
        raise UsageError(f"{part}: no run of this name: {runs_dir} has no runs yet.")
    near = difflib.get_close_matches(part, names, n=1, cutoff=0.0)
    raise UsageError(
        f"{part}: no run of this name in {runs_dir}. Did you mean {near[0]}? "
        "`cnnopt runs list` shows all."
    )


def find_unfinished(runs_dir: Path, identity: str) -> Path | None:
    """Return the newest run of this identity that is not completed and that no process holds."""
    for record in reversed(list_runs(runs_dir)):
        if record.meta.get("identity") == identity and record.status not in (
            "completed",
            "running",
        ):
            return record.folder
    return None


def _mapping(path: Path) -> dict[str, Any]:
    """Return a JSON file that holds a mapping."""
    found = read_json(path)
    if not isinstance(found, dict):
        raise DataError(f"{path}: must be a JSON mapping. Restore the file.")
    return found
