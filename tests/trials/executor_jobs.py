"""Jobs for the tests of the executor; a module of its own, so that workers can import it."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from cnnopt.errors import Diverged, Interrupted

Stop = Callable[[], bool]


def square(number: int, stop: Stop) -> int:
    return number * number


def who(stop: Stop) -> int:
    return os.getpid()


def together(folder: Path, number: int, stop: Stop) -> int:
    """Return the process when so many have met in `folder`: nobody does the work of two."""
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()
    pause = threading.Event()
    while len(list(folder.iterdir())) < number:
        pause.wait(0.01)
    return os.getpid()


def has_loaded(name: str, stop: Stop) -> bool:
    return name in sys.modules


def leads_a_session(stop: Stop) -> bool:
    return os.getsid(0) == os.getpid()


def blas_threads(stop: Stop) -> list[int]:
    from threadpoolctl import threadpool_info

    return [item["num_threads"] for item in threadpool_info() if item["user_api"] == "blas"]


def chatter(stop: Stop) -> str:
    print("printed by a library")
    sys.stdout.flush()
    return "quiet"


def fail(kind: str, stop: Stop) -> None:
    match kind:
        case "user":
            raise Diverged("trial.loss: became NaN. Use a smaller rate.")
        case "bug":
            raise ZeroDivisionError("by nothing")
        case "kill":
            os.kill(os.getpid(), 9)
        case "exit":
            os._exit(3)


def unpicklable(stop: Stop) -> object:
    return threading.Lock()


def until_stopped(folder: Path, name: str, stop: Stop) -> None:
    """Tell that it began, wait for the stop, tell that it saved."""
    (folder / f"{name}.began").write_text(str(os.getpid()))
    pause = threading.Event()
    while not stop():
        pause.wait(0.01)
    (folder / f"{name}.saved").write_text("")
    raise Interrupted("stopped")


def deaf(folder: Path, name: str, stop: Stop) -> None:
    """Tell that it began, then never come back."""
    (folder / f"{name}.began").write_text(str(os.getpid()))
    threading.Event().wait()
