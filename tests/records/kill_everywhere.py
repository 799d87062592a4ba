"""Run as a program: kills a writer before every single file operation it makes, and resumes it.

A child per kill point, forked from this process; each child counts its file operations and sends
itself SIGKILL at the chosen one. `half` lets a write put down half of its bytes first.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import fake_training
from safetensors.numpy import load_file  # noqa: F401  (all imports before the first fork)

import cnnopt.config
from cnnopt.records.read import find_run, list_runs, load_run

EPOCHS = 4
CHANGES = {
    "open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree",
}  # fmt: skip


def arm(at: int, half: bool) -> None:
    """Make this process kill itself at its `at`-th file operation."""
    done = 0
    write, fsync, truncate = os.write, os.fsync, os.ftruncate

    def count(before: Callable[[], object] = lambda: None) -> None:
        nonlocal done
        done += 1
        if done == at:
            before()
            os.kill(os.getpid(), signal.SIGKILL)

    def counted_write(descriptor: int, data: Any) -> int:
        view = memoryview(data)
        count((lambda: write(descriptor, view[: len(view) // 2])) if half else lambda: None)
        return write(descriptor, data)

    def counted_fsync(descriptor: int) -> None:
        count()
        fsync(descriptor)

    def counted_truncate(descriptor: int, size: int) -> None:
        count()
        truncate(descriptor, size)

    os.write, os.fsync, os.ftruncate = counted_write, counted_fsync, counted_truncate  # type: ignore[assignment]  # spies
    sys.addaudithook(lambda event, _: count() if event in CHANGES else None)


def in_child(action: Callable[[], object]) -> int:
    """Run `action` in a forked child; return how it ended: 0, or minus the signal's number."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_run(folder: Path, at: int, half: bool) -> bool:
    """Write the run, killed at operation `at`; return whether it was killed."""

    def action() -> None:
        arm(at, half)
        fake_training.write_run(folder, EPOCHS, sync_seconds=0.0)

    code = in_child(action)
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"the writer failed by itself at operation {at}: exit code {code}")
    return code != 0


def check_readable(runs_dir: Path, at: int) -> None:
    """Read everything that a user could ask for."""
    for record in list_runs(runs_dir) if runs_dir.exists() else []:
        again = load_run(find_run("latest", runs_dir))
        assert again.status in ("interrupted", "completed"), (at, again.status)
        assert again.config == fake_training.CONFIG, at
        lengths = {len(column) for column in record.history.values()}
        assert len(lengths) <= 1, (at, record.history)
        record.checkpoint()


def moments(step: int, seed: int) -> Iterator[int]:
    """Yield kill points: every `step`-th operation from the first on, from a drawn offset."""
    at = 1 + Random(seed).randrange(step)
    while True:
        yield at
        at += step


def everywhere(base: Path, half: bool, step: int) -> int:
    """Kill at every `step`-th operation, resume each time; return how many kills there were."""
    reference = fake_training.final_bits(fake_training.write_run(base / "unbroken", EPOCHS))
    for kills, at in enumerate(moments(step, seed=at_seed(half))):
        runs_dir = base / f"runs-{at}"
        killed = killed_run(runs_dir, at, half)
        check_readable(runs_dir, at)
        if not killed:
            return kills
        assert in_child(lambda: fake_training.write_run(runs_dir, EPOCHS)) == 0, at  # noqa: B023  (called at once)
        done = list_runs(runs_dir)  # two, when the kill came after the first was complete
        assert {record.status for record in done} == {"completed"}, at
        for record in done:
            assert fake_training.final_bits(record.folder) == reference, at
            assert not list(record.folder.rglob("*.tmp")), at
        shutil.rmtree(runs_dir)
    raise AssertionError


def again_and_again(base: Path, half: bool) -> int:
    """Kill one run over and over at drawn moments until it gets through."""
    reference = fake_training.final_bits(fake_training.write_run(base / "unbroken", EPOCHS))
    draw, runs_dir, kills = Random(1), base / "runs", 0
    # Later and later: each run that was complete when it was killed is one more to look through.
    while killed_run(runs_dir, draw.randint(50, 100 + kills), half):
        check_readable(runs_dir, kills)
        kills += 1
    done = list_runs(runs_dir)
    assert fake_training.final_bits(done[-1].folder) == reference
    return kills


def at_seed(half: bool) -> int:
    """Kill points of whole and of half writes are not the same ones."""
    return int(half)


if __name__ == "__main__":
    assert cnnopt.config  # loaded before the first fork
    mode, base, half, step = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "half", int(sys.argv[4])
    print(everywhere(base, half, step) if mode == "everywhere" else again_and_again(base, half))
