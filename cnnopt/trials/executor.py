"""Runs a list of jobs, in this process or on worker processes; every job has an outcome."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, cast

from cnnopt.errors import ExitCode
from cnnopt.trials.worker import STOP, Outcome, perform, receive, send

__all__ = ["Job", "Outcome", "run_all"]

POLL_SECONDS = 0.1
# Read by the BLAS libraries when they are loaded: no pool of threads is made at all.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


@dataclass(frozen=True)
class Job:
    """One call.

    Attributes:
        key: names it in its outcome; unique in a list of jobs.
        function: called as `function(*arguments, stop=stop)`, where `stop()` tells whether to
            save and raise `Interrupted`. For worker processes: at the top level of a module.
        arguments: what it is called with; for worker processes: what pickle can take.
    """

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


def run_all(
    jobs: Sequence[Job],
    *,
    workers: int,
    stop: Callable[[], bool],
    on_start: Callable[[Job], None] | None = None,
) -> Iterator[Outcome]:
    """Run jobs and yield their outcomes as they end.

    An error is an outcome and ends nothing else; so is the death of a worker. Once `stop()` is
    true no further job is started (those have no outcome) and the ones under way are told within
    a fraction of a second. When the iterator is closed or this process dies, however it does, the
    workers die too.

    Args:
        jobs: taken in this order.
        workers: processes at once, at least 1; 1 runs the jobs in this process.
        stop: asked a few times a second, in this thread.
        on_start: told of each job before it starts, in this thread.

    Example:
        >>> jobs = [Job(str(seed), train_once, (seed,)) for seed in range(10)]
        >>> results = {out.key: out.result for out in run_all(jobs, workers=2, stop=never)}
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    if len({job.key for job in jobs}) < len(jobs):
        raise ValueError("keys of jobs must be unique")
    started = on_start or _ignore
    if workers == 1:
        return _run_here(jobs, stop, started)
    return _run_on_workers(jobs, min(workers, len(jobs)), stop, started)


def _run_here(
    jobs: Sequence[Job], stop: Callable[[], bool], started: Callable[[Job], None]
) -> Iterator[Outcome]:
    """Run the jobs in this process."""
    for job in jobs:
        if stop():
            return
        started(job)
        yield perform(job.key, job.function, job.arguments, stop)


def _run_on_workers(
    jobs: Sequence[Job], count: int, stop: Callable[[], bool], started: Callable[[Job], None]
) -> Iterator[Outcome]:
    """Run the jobs on `count` processes; one that dies is replaced while there are jobs left."""
    waiting = deque(jobs)
    answers: SimpleQueue[tuple[_Worker, Outcome | None]] = SimpleQueue()
    workers: set[_Worker] = set()
    told = False
    try:
        while True:
            told = told or stop()
            while waiting and not told and (free := _free(workers, count, answers)):
                started(waiting[0])
                free.give(waiting.popleft())
            if told:
                for worker in workers:
                    worker.stop()
            if not any(worker.job for worker in workers):
                return
            try:
                worker, outcome = answers.get(timeout=POLL_SECONDS)
            except Empty:
                continue
            if outcome is None:
                outcome = worker.epitaph()
                workers.discard(worker)
            worker.job = None
            if outcome is not None:
                yield outcome
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """The parent's side of a worker process."""

    def __init__(self, answers: SimpleQueue[tuple[_Worker, Outcome | None]]) -> None:
        """Start the process, and a thread that hears its answers and its death."""
        self.job: Job | None = None
        self._began = 0.0
        self._told = False
        program = (
            f"import sys; sys.path[:] = {sys.path!r}; from cnnopt.trials.worker import main; main()"
        )
        # A session of its own: Ctrl-C in the terminal reaches the parent alone, from the start.
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD,
            start_new_session=True,
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)
        self._ear = threading.Thread(target=self._listen, args=(answers,), daemon=True)
        self._ear.start()

    def give(self, job: Job) -> None:
        """Send a job; raises what pickle raises when it cannot be sent."""
        payload = pickle.dumps((job.function, job.arguments))
        self.job, self._began = job, time.perf_counter()
        self._send(pickle.dumps((job.key, payload)))

    def stop(self) -> None:
        """Tell the job under way to save and return."""
        if not self._told:
            self._told = True
            self._send(STOP)

    def end(self) -> None:
        """Kill the process: what it should save it has saved, or can be killed at any instant."""
        self._process.kill()
        self._process.wait()
        self._ear.join()
        for channel in (self._input, self._output):
            try:
                channel.close()
            except BrokenPipeError:  # an unsent rest for a dead process
                continue

    def epitaph(self) -> Outcome | None:
        """Return the outcome of the job that the process died with, if it had one."""
        self.end()
        if self.job is None:
            return None
        code = self._process.returncode
        cause = _signal_name(-code) if code < 0 else f"exit code {code}"
        hint = " Perhaps the memory was full: use fewer --jobs." if -code == _SIGKILL else ""
        return Outcome(
            self.job.key,
            error=f"its worker process died ({cause}).{hint}",
            seconds=time.perf_counter() - self._began,
            exit_code=ExitCode.TRIALS_CRASHED,
        )

    def _send(self, message: bytes) -> None:
        try:
            send(self._input, message)
        except BrokenPipeError:
            return  # it has died; the listening thread is about to say so

    def _listen(self, answers: SimpleQueue[tuple[_Worker, Outcome | None]]) -> None:
        while (message := receive(self._output)) is not None:
            answers.put((self, pickle.loads(message)))
        answers.put((self, None))


_SIGKILL = 9  # Windows has no signal of this name


def _free(
    workers: set[_Worker], count: int, answers: SimpleQueue[tuple[_Worker, Outcome | None]]
) -> _Worker | None:
    """Return a worker without a job, a new one while there are fewer than `count`."""
    for worker in workers:
        if worker.job is None:
            return worker
    if len(workers) == count:
        return None
    worker = _Worker(answers)
    workers.add(worker)
    return worker


def _signal_name(number: int) -> str:
    """Return a signal's name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _ignore(_: Job) -> None:
    """Tell nobody."""
