"""Jobs run on workers, and what is asked of processes: shared by the tests of the executor."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cnnopt.trials.executor import Job, Outcome, Workforce

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc tells who is alive")
LIMIT = 20.0  # seconds until a test that hangs gives up


def never() -> bool:
    return False


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait for another process; False when it did not happen."""
    pause = threading.Event()
    for _ in range(int(LIMIT / 0.01)):
        if condition():
            return True
        pause.wait(0.01)
    return False


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def by_key(outcomes: Iterator[Outcome]) -> dict[str, Outcome]:
    return {outcome.key: outcome for outcome in outcomes}


def run_all(jobs: Sequence[Job], *, workers: int, **how: Any) -> Iterator[Outcome]:
    """Run jobs on workers of their own."""
    with Workforce(workers) as force:
        yield from force.run(jobs, **how)
