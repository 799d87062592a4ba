"""When a checkpoint is written, when it is forced to the disk, and which ones are kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cnnopt.files import writing
from cnnopt.records import checkpoint
from cnnopt.training.events import Snapshot

KEPT = 2
SYNC_SECONDS = 1.0


class Keeper:
    """Writes checkpoints into one folder and keeps the last two, the best and one on the disk.

    A kill loses nothing that was written, forced to the disk or not; only a power cut does. So
    small networks, whose epochs are shorter than an fsync on a slow disk, force at most one
    checkpoint a second: a power cut costs a second of work, and the last forced one is kept.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seconds: float = 0.0,
        sync_seconds: float = SYNC_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take over `folder`.

        Args:
            folder: the run's `checkpoints` folder, made with the first checkpoint.
            seconds: at most one checkpoint per so many seconds, except the last; 0 = every epoch.
            sync_seconds: force at most one per so many seconds to the disk; 0 = every one.
            clock: tells the seconds.
        """
        self.folder = folder
        self._seconds, self._sync_seconds, self._clock = seconds, sync_seconds, clock
        self._saved_at = self._synced_at = float("-inf")
        self._best: Path | None = None
        self._synced: Path | None = None

    def start(self, step: int) -> None:
        """Forget the checkpoints after `step`: training goes on from there, or begins with 0."""
        kept = []
        for path in checkpoint.steps(self.folder):
            if int(path.name[5:]) > step or step == 0:
                with writing(path):
                    checkpoint.remove(path)
            else:
                kept.append(path)
        self._best = next((path for path in reversed(kept) if checkpoint.is_best(path)), None)
        # What was there is older than this process: the system has long written it.
        self._synced = kept[-1] if kept else None

    def is_due(self) -> bool:
        """Tell whether the next epoch's checkpoint is to be written."""
        return self._clock() - self._saved_at >= self._seconds

    def must_sync(self) -> bool:
        """Tell whether the next checkpoint is to be forced to the disk."""
        return self._clock() - self._synced_at >= self._sync_seconds

    def save(
        self,
        snapshot: Snapshot,
        extra: Mapping[str, Any],
        *,
        rows: int,
        best: bool = False,
        sync: bool = True,
    ) -> Path:
        """Write a checkpoint, then remove those that nothing needs any more.

        Raises:
            WriteError: when it cannot be written; the earlier ones are kept.
        """
        with writing(self.folder):
            self.folder.mkdir(exist_ok=True)
        path = checkpoint.place(self.folder, snapshot)
        best = best or path == self._best  # the end of training saves the last epoch once more
        checkpoint.save(self.folder, snapshot, extra, rows=rows, best=best, sync=sync)
        self._saved_at = self._clock()
        if sync:
            self._synced, self._synced_at = path, self._saved_at
        if best:
            self._best = path
        kept = {self._best, self._synced, *checkpoint.steps(self.folder)[-KEPT:]}
        for old in set(checkpoint.steps(self.folder)) - kept:
            with writing(old):
                checkpoint.remove(old)
        return path
