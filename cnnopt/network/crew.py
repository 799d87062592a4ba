"""The threads of a trial: a few tasks at a time, the caller takes its part."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import numpy as np

Task = Callable[[], None]

SWITCH_INTERVAL = 1e-3
"""Seconds between two offers of the interpreter lock: fewer than by default pay off here."""

CAST_BUFFER = 2048
"""Numbers that NumPy converts at a time, as where a mask is multiplied: 8 kB stay in the cache."""


class Crew:
    """Runs tasks on `threads` threads, inside a `with`: no thread outlives its use.

    Which thread runs a task changes no result: tasks write to memory of their own. BLAS itself
    is held to one thread, so that its sums do not depend on how many there are. Floating-point
    warnings are off meanwhile: what is not finite is looked for afterwards.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = max(1, threads)
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Crew:
        from threadpoolctl import threadpool_limits

        self._limits = threadpool_limits(1, user_api="blas")
        self._errors = np.errstate(all="ignore")
        self._errors.__enter__()
        np.setbufsize(CAST_BUFFER)  # of this thread; errstate takes it back
        if self.threads > 1:
            self._pool = ThreadPoolExecutor(self.threads - 1, "cnnopt", _set_up)
            self._interval = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_INTERVAL)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
            sys.setswitchinterval(self._interval)
        self._errors.__exit__(kind, error, trace)
        self._limits.restore_original_limits()

    def run(self, tasks: Sequence[Task]) -> None:
        """Run all tasks and return when the last one is done; the first error is raised."""
        if self._pool is None or len(tasks) < 2:
            _run(tasks)
            return
        width = min(self.threads, len(tasks))
        others = [self._pool.submit(_run, tasks[t::width]) for t in range(1, width)]
        try:
            _run(tasks[0::width])
        finally:
            for other in others:
                other.result()


def _set_up() -> None:
    """Set NumPy for a thread of the crew, as for its caller."""
    np.seterr(all="ignore")
    np.setbufsize(CAST_BUFFER)


def _run(tasks: Sequence[Task]) -> None:
    for task in tasks:
        task()
