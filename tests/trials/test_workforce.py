"""Workers are kept from one list of jobs to the next, and none longer than their context."""

from pathlib import Path

import executor_jobs as work
import pytest
from jobs_run import NEEDS_PROC, by_key, is_alive, never, wait_for

from cnnopt.errors import Diverged
from cnnopt.trials.executor import Job, Workforce


def test_the_same_workers_do_one_list_after_the_other(tmp_path: Path) -> None:
    with Workforce(2) as force:
        first, second = (
            {
                out.result
                for out in force.run(
                    [Job(key, work.together, (tmp_path / name, 2)) for key in "ab"], stop=never
                )
            }
            for name in ("first", "second")
        )
    assert len(first) == 2
    assert first == second


def test_workers_can_be_hired_before_there_are_jobs() -> None:
    with Workforce(3, ["not_to_be_found", "colorsys"]) as force:
        force.hire(2)
        hired = {worker.pid for worker in force.hired}
        assert len(hired) == 2
        force.hire(9)
        assert len(force.hired) == 3, "never more than asked for"
        [out] = force.run([Job("a", work.has_loaded, ("colorsys",))], stop=never)
        assert out.result
    with Workforce(1) as force:
        force.hire(2)
        assert not force.hired, "one worker is this process"


def test_what_is_needed_later_is_loaded_when_there_is_nothing_else_to_do() -> None:
    asked = Job("a", work.has_loaded, ("colorsys",))
    with Workforce(2, later=["colorsys"]) as force:
        [before] = force.run([asked], stop=never)
        [after] = force.run([asked], stop=never)
    assert (before.result, after.result) == (False, True)


def test_meanwhile_comes_once_when_every_worker_has_its_job(tmp_path: Path) -> None:
    begun: list[str] = []
    when: list[int] = []
    jobs = [Job(str(number), work.square, (number,)) for number in range(6)]
    with Workforce(2) as force:
        outcomes = force.run(
            jobs,
            stop=never,
            on_start=lambda job: begun.append(job.key),
            meanwhile=lambda: when.append(len(begun)),
        )
        assert len(list(outcomes)) == 6
    assert when == [2]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    with Workforce(workers) as force:
        jobs = [Job(str(number), work.square, (number,)) for number in (5, 3, 4)]
        assert force.results(jobs) == [25, 9, 16]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_error_of_a_result_is_raised_as_it_is(workers: int) -> None:
    with Workforce(workers) as force:
        jobs = [Job("good", work.square, (3,)), Job("bad", work.fail, ("user",))]
        with pytest.raises(Diverged, match="became NaN"):
            force.results(jobs)
        assert force.results(jobs[:1]) == [9], "and it goes on afterwards"


@NEEDS_PROC
def test_after_a_closed_iterator_nothing_of_it_is_heard_again(tmp_path: Path) -> None:
    deaf = [Job("quick", work.who), Job("deaf", work.deaf, (tmp_path, "deaf"))]
    with Workforce(2) as force:
        outcomes = force.run(deaf, stop=never)
        assert next(outcomes).key == "quick"
        assert wait_for((tmp_path / "deaf.began").exists)
        outcomes.close()  # type: ignore[attr-defined]  # it is a generator
        jobs = [Job(key, work.together, (tmp_path / "met", 2)) for key in "ab"]
        found = by_key(force.run(jobs, stop=never))
    assert sorted(found) == ["a", "b"]
    assert all(not out.error for out in found.values())


@NEEDS_PROC
def test_no_worker_is_left_when_the_context_is() -> None:
    with Workforce(2) as force:
        force.hire(2)
        workers = [worker.pid for worker in force.hired]
        assert all(map(is_alive, workers))
    assert not any(map(is_alive, workers))
