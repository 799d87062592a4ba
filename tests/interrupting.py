"""Commands in processes of their own, to be killed: shared by tests and the soak script."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
LIMIT = 30.0
"""Seconds until something that hangs is given up."""
POLL = 0.002


class Command:
    """`python -m cnnopt ...` in a session of its own, as a terminal would start it."""

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self.words = list(words)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cnnopt", *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def runs_until(self, condition: Callable[[], bool]) -> bool:
        """Wait for a condition; False when the process ended before it came true."""
        return wait_for(lambda: condition() or self.has_ended()) and not self.has_ended()

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def interrupt(self, number: int) -> tuple[int, str]:
        """Send a signal to the whole group, as Ctrl-C does; return exit code and stderr."""
        os.killpg(self.pid, number)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Wait for the end; return exit code and stderr."""
        _, err = self._process.communicate(timeout=LIMIT)
        return self._process.returncode, err

    def kill(self) -> bool:
        """SIGKILL the process, not its workers; return whether it was alive until then.

        Raises:
            AssertionError: one of its processes goes on without it.
        """
        family = descendants(self.pid)
        self._process.kill()
        code = self._process.wait(LIMIT)
        alone = wait_for(lambda: not any(map(is_alive, family)))
        if not alone:
            for pid in filter(is_alive, family):
                os.kill(pid, signal.SIGKILL)
        self.end()
        assert alone, f"processes {family} outlive {self.words}"
        return code == -signal.SIGKILL


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait for what other processes do; False when it did not happen in time."""
    pause = threading.Event()
    for _ in range(int(LIMIT / POLL)):
        if condition():
            return True
        pause.wait(POLL)
    return False


def descendants(pid: int) -> set[int]:
    """Return the processes that a process started, and those that these started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):  # it has just ended
            continue
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def is_alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def begun(runs_dir: Path) -> bool:
    """Tell whether a run folder is there."""
    return any(runs_dir.glob("[0-9]*"))


def progress(folder: Path) -> int:
    """Return how many rows of metrics a run has, its trials included; of all runs of `runs`."""
    inside = ("metrics.csv", "trials/*/metrics.csv", "refit/metrics.csv")
    total = 0
    for pattern in [f"[0-9]*/{name}" for name in inside] if folder.name == "runs" else inside:
        for path in folder.glob(pattern):
            try:
                total += max(0, path.read_bytes().count(b"\n") - 1)
            except OSError:  # removed to be begun anew
                continue
    return total


def moments(total: int, kills: int, seed: int) -> list[int]:
    """Draw ascending amounts of progress at which to interrupt a command."""
    draw = Random(seed)
    return sorted(draw.randint(0, int(total * 0.7)) for _ in range(kills))


def killed_at(amounts: Sequence[int], commands: Callable[[int], Sequence[str]], at: Path) -> int:
    """Kill one command after the other, at these amounts of progress; return how many were.

    Args:
        amounts: from `moments`.
        commands: gives the words of the command number 0, 1 ...
        at: the folder to work in, its runs in `runs`.
    """
    runs_dir, kills = at / "runs", 0
    for number, amount in enumerate(amounts):
        command = Command(commands(number), at)
        reached = lambda: begun(runs_dir) and progress(runs_dir) >= amount  # noqa: B023, E731
        if command.runs_until(reached):
            kills += command.kill()
        else:
            assert command.end()[0] == 0
    return kills
