"""The last two checkpoints, the best and one that is on the disk are kept, and no other."""

from pathlib import Path

import numpy as np
import pytest

from cnnopt.records import checkpoint, keeper
from cnnopt.records.keeper import Keeper
from cnnopt.training.events import Snapshot


class Clock:
    """Time that only moves when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def snapshot(step: int) -> Snapshot:
    return Snapshot({"weights": np.zeros(3, np.float32)}, {"step": step})


def kept(folder: Path) -> list[int]:
    return [int(path.name[5:]) for path in checkpoint.steps(folder)]


def test_last_two_and_best_are_kept(tmp_path: Path) -> None:
    store = Keeper(tmp_path / "c")
    seen = []
    for step in range(1, 7):
        store.save(snapshot(step), {}, rows=step, best=step in (1, 2, 4))
        seen.append(kept(tmp_path / "c"))
    assert seen == [[1], [1, 2], [2, 3], [3, 4], [4, 5], [4, 5, 6]]


def test_the_last_one_on_the_disk_is_kept(tmp_path: Path) -> None:
    store = Keeper(tmp_path)
    for step in range(1, 7):
        store.save(snapshot(step), {}, rows=step, sync=step == 2)
    assert kept(tmp_path) == [2, 5, 6]


def test_saving_a_step_again_does_not_forget_that_it_is_the_best(tmp_path: Path) -> None:
    store = Keeper(tmp_path)
    store.save(snapshot(1), {}, rows=1, best=True)
    store.save(snapshot(1), {}, rows=1)
    again = Keeper(tmp_path)
    again.start(1)
    for step in (2, 3, 4):
        again.save(snapshot(step), {}, rows=step)
    assert kept(tmp_path) == [1, 3, 4]


def test_going_on_from_an_earlier_step_forgets_the_later_ones(tmp_path: Path) -> None:
    for step in (3, 6, 9):
        checkpoint.save(tmp_path, snapshot(step), {})
    Keeper(tmp_path).start(6)
    assert kept(tmp_path) == [3, 6]
    Keeper(tmp_path).start(0)
    assert kept(tmp_path) == []


def test_seconds_between_checkpoints_and_between_forced_ones(tmp_path: Path) -> None:
    clock = Clock()
    store = Keeper(tmp_path, seconds=10, sync_seconds=30, clock=clock)
    asked = []
    for _ in range(8):
        asked.append((store.is_due(), store.must_sync()))
        if store.is_due():
            store.save(snapshot(int(clock.now)), {}, rows=1, sync=store.must_sync())
        clock.now += 5
    saved = [True, False] * 4
    forced = [True, False, False, False, False, False, True, False]
    assert asked == list(zip(saved, forced, strict=True))


def test_a_forced_checkpoint_costs_five_fsyncs_and_others_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    count = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (count.append(fd), fsync(fd)))
    store = Keeper(tmp_path)
    store.save(snapshot(1), {}, rows=1, sync=False)
    assert len(count) == 0
    store.save(snapshot(2), {}, rows=2, sync=True)
    assert len(count) == 5
    assert keeper.SYNC_SECONDS == 1.0
