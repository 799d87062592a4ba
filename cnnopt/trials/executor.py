"""Runs lists of jobs, in this process or on worker processes; every job has an outcome."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from cnnopt.trials.hired import Answer, Hired, Job
from cnnopt.trials.worker import Outcome, perform

__all__ = ["Job", "Outcome", "Workforce"]

POLL_SECONDS = 0.1


class Workforce:
    """The worker processes of one command, kept from one list of jobs to the next.

    A context: when it is left, or when this process dies, however it does, the workers die too.
    With one worker there is no process: the jobs run in this one.

    Args:
        workers: processes at once, at least 1; none is started before it is needed.
        modules: names of modules that a worker imports as soon as it starts.
        later: those that it imports when there is nothing else to do for it.

    Attributes:
        workers: as given.
        hired: the processes that there are.

    Example:
        >>> jobs = [Job(str(seed), train_once, (seed,)) for seed in range(10)]
        >>> with Workforce(2) as force:
        ...     results = {out.key: out.result for out in force.run(jobs, stop=never)}
    """

    def __init__(
        self, workers: int, modules: Sequence[str] = (), later: Sequence[str] = ()
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self.workers = workers
        self._modules, self._later = tuple(modules), tuple(later)
        self.hired: set[Hired] = set()
        self._answers: SimpleQueue[Answer] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._dismiss(self.hired)

    def hire(self, count: int) -> None:
        """Start up to `count` processes now: they import while this one prepares their jobs."""
        while self.workers > 1 and len(self.hired) < min(count, self.workers):
            self.hired.add(Hired(self._answers, self._modules))

    def run(
        self,
        jobs: Sequence[Job],
        *,
        stop: Callable[[], bool],
        on_start: Callable[[Job], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
        enough: Callable[[], bool] | None = None,
    ) -> Iterator[Outcome]:
        """Run jobs and yield their outcomes as they end.

        An error is an outcome and ends nothing else; so is the death of a worker. Once `stop()` is
        true no further job is started (those have no outcome) and the ones under way are told
        within a fraction of a second. When the iterator is closed, the workers that are busy die.

        Args:
            jobs: taken in this order; none may be under way from an earlier call.
            stop: asked a few times a second, in this thread.
            on_start: told of each job before it starts, in this thread.
            meanwhile: called once, in this thread, when every worker has its first job; for what
                takes a moment and this process needs afterwards.
            enough: asked in this thread before a job is started: when true, no further one is,
                and those under way come to their end.
        """
        if len({job.key for job in jobs}) < len(jobs):
            raise ValueError("keys of jobs must be unique")
        started, full = on_start or _ignore, enough or _never
        if self.workers == 1:
            return _run_here(jobs, stop, started, full)
        return self._run_on_workers(jobs, stop, started, meanwhile or _nothing, full)

    def results(self, jobs: Sequence[Job]) -> list[Any]:
        """Return the results of jobs that belong together, in their order.

        What fails on a worker is run again here, where its error is raised as it is.
        """
        if self.workers == 1:
            return [job.function(*job.arguments, stop=_never) for job in jobs]
        done = {outcome.key: outcome for outcome in self.run(jobs, stop=_never)}
        return [
            job.function(*job.arguments, stop=_never)
            if done[job.key].error
            else done[job.key].result
            for job in jobs
        ]

    def _run_on_workers(
        self,
        jobs: Sequence[Job],
        stop: Callable[[], bool],
        started: Callable[[Job], None],
        meanwhile: Callable[[], None],
        enough: Callable[[], bool],
    ) -> Iterator[Outcome]:
        """Run the jobs; a process that dies is replaced while there are jobs left."""
        waiting = deque(jobs)
        told = False
        try:
            while True:
                told = told or stop()
                while waiting and not told and not enough() and (free := self._free(len(jobs))):
                    started(waiting[0])
                    free.give(waiting.popleft())
                if told:
                    for worker in self._busy():
                        worker.stop()
                if not self._busy():
                    return
                meanwhile()
                meanwhile = _nothing
                try:
                    worker, outcome = self._answers.get(timeout=POLL_SECONDS)
                except Empty:
                    continue
                if worker not in self.hired:
                    continue  # dismissed in an earlier call, after it had answered
                if outcome is None:
                    outcome = worker.epitaph()
                    self.hired.discard(worker)
                elif not waiting:
                    worker.prepare(self._later)
                worker.job = None
                if outcome is not None:
                    yield outcome
        finally:
            self._dismiss({worker for worker in self.hired if worker.job or worker.told})

    def _free(self, most: int) -> Hired | None:
        """Return a worker without a job, a new one while there are fewer than are wanted."""
        for worker in self.hired:
            if not worker.job:
                return worker
        before = len(self.hired)
        self.hire(min(before + 1, most))
        return next((worker for worker in self.hired if not worker.job), None)

    def _busy(self) -> list[Hired]:
        return [worker for worker in self.hired if worker.job]

    def _dismiss(self, workers: set[Hired]) -> None:
        for worker in tuple(workers):
            worker.end()
            self.hired.discard(worker)


def _run_here(
    jobs: Sequence[Job],
    stop: Callable[[], bool],
    started: Callable[[Job], None],
    enough: Callable[[], bool],
) -> Iterator[Outcome]:
    """Run the jobs in this process."""
    for job in jobs:
        if stop() or enough():
            return
        started(job)
        yield perform(job.key, job.function, job.arguments, stop)


def _ignore(_: Job) -> None:
    """Tell nobody."""


def _nothing() -> None:
    """Do nothing."""


def _never() -> bool:
    """Never ask to stop."""
    return False
