"""A worker process: takes jobs from its standard input, answers on its standard output.

It is a bare interpreter, not a fork and not `multiprocessing`'s spawn: the user's script is not
run a second time, so scripts without a `__main__` guard and notebooks work. Its input is also its
lifeline: when the parent dies, however, the system closes it and the worker ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from queue import SimpleQueue
from typing import Any, BinaryIO, cast

from cnnopt.errors import CnnoptError, ExitCode, Interrupted

STOP = b""  # a message without content


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes:
        key: the job's.
        result: what the function returned; None when it raised.
        error: empty, or what to tell the user.
        seconds: how long it took.
        interrupted: it was stopped and saved its state; run it again to go on.
        exit_code: DONE, the error's own, or BUG.
        traceback: of an error that is not meant for users.
    """

    key: str
    result: Any = None
    error: str = ""
    seconds: float = 0.0
    interrupted: bool = False
    exit_code: ExitCode = ExitCode.DONE
    traceback: str = ""


def perform(
    key: str, function: Callable[..., Any], arguments: tuple[Any, ...], stop: Callable[[], bool]
) -> Outcome:
    """Call `function(*arguments, stop=stop)` on one BLAS thread; what it raises is the outcome.

    One thread here as in a worker, so that the number of jobs at once changes no bit.
    """
    import numpy  # noqa: F401  (a limit holds for the libraries that are loaded)
    from threadpoolctl import threadpool_limits

    began = time.perf_counter()
    try:
        with threadpool_limits(1, user_api="blas"):
            result = function(*arguments, stop=stop)
        return Outcome(key, result, seconds=time.perf_counter() - began)
    except CnnoptError as error:
        return Outcome(
            key,
            error=str(error),
            seconds=time.perf_counter() - began,
            interrupted=isinstance(error, Interrupted),
            exit_code=error.exit_code,
        )
    except Exception as error:
        return Outcome(
            key,
            error=f"{type(error).__name__}: {error}".rstrip(": "),
            seconds=time.perf_counter() - began,
            exit_code=ExitCode.BUG,
            traceback=traceback.format_exc(),
        )


def send(channel: BinaryIO, message: bytes) -> None:
    """Write one message: its length in 8 bytes, then its content."""
    channel.write(len(message).to_bytes(8, "little") + message)
    channel.flush()


def receive(channel: BinaryIO) -> bytes | None:
    """Return the next message, or None when the other side is gone."""
    head = channel.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    message = channel.read(size)
    return message if len(message) == size else None


def main(modules: Sequence[str] = ()) -> None:
    """Import modules, then perform jobs until the parent closes the input or dies."""
    # The parent hears of signals and passes them on; a terminal and a batch system send them to
    # the whole group, and a worker that dies of one would not save its state.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    # Whatever a library prints goes to stderr; the answers have a channel of their own.
    answers = cast(BinaryIO, os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    stopped = threading.Event()

    def listen() -> None:
        """Read the input; a thread, because a job may be under way."""
        while (message := receive(sys.stdin.buffer)) is not None:
            if message == STOP:
                stopped.set()
            else:
                jobs.put(message)
        os._exit(0)  # the parent is gone or done: at once, in the middle of whatever it is

    threading.Thread(target=listen, daemon=True).start()
    _load(modules)
    while True:
        key, content = pickle.loads(jobs.get())
        if key is None:
            _load(content)
        else:
            send(answers, _answer(key, content, stopped.is_set))


def _load(modules: Sequence[str]) -> None:
    """Import modules by their names; not looking for garbage, of which they make none."""
    gc.disable()
    for name in modules:
        with suppress(ImportError):  # whoever needs it will say so
            import_module(name)
    gc.freeze()
    gc.enable()


def _answer(key: str, job: bytes, stop: Callable[[], bool]) -> bytes:
    """Return the pickled outcome of a pickled job."""
    try:
        function, arguments = pickle.loads(job)
        return pickle.dumps(perform(key, function, arguments, stop))
    except Exception as error:  # a job that cannot be loaded, a result that cannot be sent
        return pickle.dumps(
            Outcome(
                key,
                error=f"cannot be passed between processes: {type(error).__name__}: {error}",
                exit_code=ExitCode.BUG,
                traceback=traceback.format_exc(),
            )
        )
