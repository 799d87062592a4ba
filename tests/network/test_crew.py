"""The crew: all tasks run once, errors come out, nothing is left changed behind it."""

import sys
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from cnnopt.network import Crew


def blas_threads() -> list[int]:
    return [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("tasks", [0, 1, 2, 7])
def test_every_task_runs_once_before_run_returns(threads: int, tasks: int) -> None:
    done = [0] * tasks

    def task(number: int) -> None:
        done[number] += 1

    with Crew(threads) as crew:
        for _ in range(20):
            crew.run([lambda number=number: task(number) for number in range(tasks)])
    assert done == [20] * tasks


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_error_of_any_task_comes_out(threads: int, at: int) -> None:
    def fail() -> None:
        raise KeyError("here")

    tasks = [lambda: None] * 3
    tasks[at] = fail
    with Crew(threads) as crew:
        with pytest.raises(KeyError, match="here"):
            crew.run(tasks)
        crew.run([lambda: None] * 3)  # and it goes on afterwards


def test_blas_has_one_thread_inside_and_all_is_as_before_outside() -> None:
    interval, limits, alive = sys.getswitchinterval(), blas_threads(), threading.active_count()
    sys.setswitchinterval(0.02)  # nobody else's
    try:
        with Crew(3) as crew:
            crew.run([lambda: None] * 3)
            assert set(blas_threads()) == {1}
        assert sys.getswitchinterval() == 0.02
    finally:
        sys.setswitchinterval(interval)
    assert blas_threads() == limits
    assert threading.active_count() == alive


@pytest.mark.parametrize("threads", [1, 2])
def test_overflow_is_no_warning_in_any_thread(threads: int) -> None:
    """What is not finite is looked for in the loss; a warning would be an error here."""
    large, out = np.full(4, 3e38, np.float32), np.empty((3, 4), np.float32)
    with Crew(threads) as crew:
        crew.run([lambda row=row: np.multiply(large, large, out=row) for row in out])
    assert np.isinf(out).all()


def test_warnings_are_as_before_outside() -> None:
    before = np.geterr(), np.getbufsize()
    with Crew(2):
        assert set(np.geterr().values()) == {"ignore"}
    assert (np.geterr(), np.getbufsize()) == before
