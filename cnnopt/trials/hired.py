"""The parent's side of a worker process: gives it jobs, hears its answers and its death."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, BinaryIO, cast

from cnnopt.errors import ExitCode
from cnnopt.trials.worker import STOP, Outcome, receive, send

# Read by the BLAS libraries when they are loaded: no pool of threads is made at all.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
_SIGKILL = 9  # Windows has no signal of this name


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


class Hired:
    """A worker process as its parent sees it.

    Attributes:
        job: what it works on; None while it waits.
        told: whether it was told to stop, for good.
    """

    def __init__(self, answers: SimpleQueue[Answer], modules: Sequence[str]) -> None:
        """Start the process, and a thread that hears its answers and its death.

        Args:
            answers: where they go; None instead of an outcome says that the process is dead.
            modules: what it imports before its first job.
        """
        self.job: Job | None = None
        self.told = False
        self._began = 0.0
        program = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from cnnopt.trials.worker import main; main({tuple(modules)!r})"
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

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def give(self, job: Job) -> None:
        """Send a job; raises what pickle raises when it cannot be sent."""
        payload = pickle.dumps((job.function, job.arguments))
        self.job, self._began = job, time.perf_counter()
        self._send(pickle.dumps((job.key, payload)))

    def prepare(self, modules: Sequence[str]) -> None:
        """Let it import modules that it will need some time; it answers nothing."""
        if modules:
            self._send(pickle.dumps((None, tuple(modules))))

    def stop(self) -> None:
        """Tell the job under way to save and return."""
        if not self.told:
            self.told = True
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

    def _listen(self, answers: SimpleQueue[Answer]) -> None:
        while (message := receive(self._output)) is not None:
            answers.put((self, pickle.loads(message)))
        answers.put((self, None))


Answer = tuple[Hired, Outcome | None]


def _signal_name(number: int) -> str:
    """Return a signal's name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
