"""The run folder while it is written: events in, files out. One process at a time holds it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from cnnopt.errors import Diverged, Interrupted, UsageError, WriteError
from cnnopt.files import (
    append_line,
    is_full,
    lock,
    read_json,
    remove_drafts,
    sync_path,
    to_json,
    write_atomic,
    write_new,
)
from cnnopt.records import checkpoint
from cnnopt.records.checkpoint import Checkpoint
from cnnopt.records.epochs import EpochTables
from cnnopt.records.keeper import SYNC_SECONDS, Keeper
from cnnopt.records.tables import table_text
from cnnopt.training.events import EpochDone, Event, Snapshot, Started, Stopped, Warned

Status = Literal["running", "completed", "interrupted", "diverged", "failed"]
META, SUMMARY, LOG = "meta.json", "summary.json", "log.txt"
CHECKPOINTS, RESERVE = "checkpoints", ".reserve"
RESERVED_BYTES = 64 * 1024


class RunFolder:
    """A run (or a trial of a study) that this process is writing.

    Used as a context manager it ends with a true status: `completed`, or by what was raised
    `interrupted`, `diverged` or `failed`, unless a status was set before.

    Attributes:
        path: the folder.
        meta: content of `meta.json`.
        durable: whether everything is forced to the disk as it is written. Where not (a trial of
            a study, which a power cut may take), `sync` does it once in the end, and a finished
            training leaves no last checkpoint.
        extra: what every checkpoint says beside its state (names and shapes of the parameters,
            scaler, classes ...), JSON-ready; set it before the first event.

    Example:
        >>> with create_run(Path("runs"), "digits", "1a2b3c", config, "", {}) as run:
        ...     for event in training:
        ...         run.record(event)
    """

    def __init__(
        self,
        path: Path,
        *,
        checkpoint_seconds: float = 0.0,
        sync_seconds: float = SYNC_SECONDS,
    ) -> None:
        """Lock an existing folder for this process and clear up behind killed writers.

        Args:
            path: a folder with a `meta.json`.
            checkpoint_seconds: at most one checkpoint per so many seconds; 0 = every epoch.
            sync_seconds: force at most one checkpoint per so many seconds to the disk.

        Raises:
            LockedError: when another process writes into it.
            WriteError: when it cannot be written to.
        """
        self.path = path
        self._began = time.monotonic()
        self.extra: dict[str, Any] = {}
        self.durable = True
        self._epochs = EpochTables(path)
        self._keeper = Keeper(
            path / CHECKPOINTS, seconds=checkpoint_seconds, sync_seconds=sync_seconds
        )
        self._open = ExitStack()
        self._open.enter_context(lock(path))
        try:
            self.meta: dict[str, Any] = read_json(path / META)
            for folder in (path, path / CHECKPOINTS):
                remove_drafts(folder)
            if not (path / RESERVE).exists():
                reserve(path)
        except BaseException:
            self._open.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self.meta["status"] == "running":
                status = _status_of(error)
                more = {} if error is None else {"error": str(error) or type(error).__name__}
                self.set_status(status, **more)
        finally:
            self.close()

    @property
    def seconds(self) -> float:
        """Seconds that the run has been held, by this process and by earlier ones that could
        still write their status."""
        return float(self.meta.get("seconds", 0.0)) + time.monotonic() - self._began

    def close(self) -> None:
        """Let go of the folder; another process may then go on with it."""
        self._open.close()

    def record(self, event: Event) -> None:
        """Write what an event of the training brings: rows, checkpoint, log.

        Raises:
            WriteError: when it cannot be written; what was written before stays readable.
        """
        match event:
            case Started():
                self._start(event)
            case EpochDone():
                self._add_epoch(event)
            case Warned():
                self.log(f"warning: {event.message}")
            case Stopped():
                if self.durable or event.reason in ("interrupted", "diverged"):
                    self._save(event.snapshot(), sync=True)
                self.log(f"stopped ({event.reason}) at step {event.step}")
            case _:  # a batch leaves no trace
                pass

    def sync(self) -> None:
        """Force what a finished trial leaves behind to the disk."""
        for path in (*sorted(self.path.glob("*.csv")), self.path / SUMMARY, self.path):
            if path.exists():
                sync_path(path)

    def log(self, text: str) -> None:
        """Append a line with the time to `log.txt`."""
        append_line(self.path / LOG, f"{now()} {text}", sync=False)

    def set_status(self, status: Status, **more: Any) -> None:
        """Write the status, and whatever else `meta.json` is to say, as the disk allows.

        On a full disk the room reserved at the start is given up for it.
        """
        if status == "running":
            self.meta |= {"finished": None, "error": None}
            self.meta["resumed"] = [*self.meta.get("resumed", []), now()]
        else:
            self.meta["finished"] = now()
            self.meta["seconds"] = self.seconds
            self._began = time.monotonic()
        self.meta |= {"status": status} | more
        try:
            self._write_meta()
        except WriteError as error:
            if not is_full(error):
                raise
            self._give_room()
            self._write_meta()
        if status != "running":
            self._give_room()

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        """Write `summary.json`, keys in the order given, NaN as null."""
        write_atomic(self.path / SUMMARY, to_json(summary), sync=self.durable)

    def write_table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write a CSV file anew; floats as the shortest text that reads back the same.

        Args:
            name: the file's name in the folder, such as `results.csv`.
            rows: one mapping per row; columns in the order in which they first appear.
        """
        write_atomic(self.path / name, table_text(rows), sync=self.durable)

    def checkpoint(self) -> tuple[Checkpoint | None, tuple[str, ...]]:
        """Return the checkpoint to go on from, and warnings about newer ones that are damaged.

        None: nothing was saved yet, begin at the beginning.

        Raises:
            CheckpointError: when there are checkpoints and none can be used.
        """
        return checkpoint.latest(self.path / CHECKPOINTS, rows=self._epochs.count())

    def discard_checkpoints(self) -> None:
        """Remove all checkpoints: of a trial that is finished and whose weights nobody needs."""
        self._keeper.start(0)

    def _start(self, event: Started) -> None:
        """Cut everything after the step that training goes on from."""
        self._epochs.cut(event.step)
        self._keeper.start(event.step)
        verb = "resumed after" if event.step else "started at"
        self.log(f"{verb} step {event.step} of {event.steps}, {event.parameters} parameters")

    def _add_epoch(self, event: EpochDone) -> None:
        """Write the rows, then the checkpoint: one that is there has its rows in the tables."""
        self._epochs.add(event)
        if self._keeper.is_due():
            self._save(event.snapshot(), best=event.best, sync=self._keeper.must_sync())
        values = " ".join(f"{name} {value:.6g}" for name, value in event.row.items())
        self.log(f"{values}{' (best)' if event.best else ''}")

    def _save(self, snapshot: Snapshot, *, best: bool = False, sync: bool) -> None:
        """Save a checkpoint; forced to the disk only after the rows that it counts."""
        if sync:
            self._epochs.sync()
        rows = self._epochs.rows
        self._keeper.save(snapshot, self.extra, rows=rows, best=best, sync=sync)

    def _write_meta(self) -> None:
        write_atomic(self.path / META, to_json(self.meta), sync=self.durable)

    def _give_room(self) -> None:
        (self.path / RESERVE).unlink(missing_ok=True)


def open_run(path: Path, **settings: float) -> RunFolder:
    """Open an existing run folder to go on writing; its status becomes `running`.

    Args:
        path: the folder.
        settings: `checkpoint_seconds`, `sync_seconds` as of `RunFolder`.

    Raises:
        UsageError: when it is no run folder.
        LockedError: when another process writes into it.
        WriteError: when it cannot be written to.
    """
    if not (path / META).is_file():
        raise UsageError(f"{path}: must be a run folder with a {META}. See `cnnopt runs list`.")
    run = RunFolder(path, **settings)
    try:
        run.set_status("running")
    except BaseException:
        run.close()
        raise
    return run


def reserve(folder: Path) -> None:
    """Occupy room that a later status can have when the disk is full.

    Random bytes, because a file system that compresses would keep no room for zeros.
    """
    import secrets

    write_new(folder / RESERVE, [secrets.token_bytes(RESERVED_BYTES)], sync=False)


def now() -> str:
    """Return the present time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _status_of(error: BaseException | None) -> Status:
    """Return the status that a run ends with when `error` was raised."""
    match error:
        case None:
            return "completed"
        case Interrupted() | KeyboardInterrupt():
            return "interrupted"
        case Diverged():
            return "diverged"
        case _:
            return "failed"
