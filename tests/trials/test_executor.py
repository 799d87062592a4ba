"""Every job has an outcome, whatever happens to it; and no worker outlives its parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import executor_jobs as work
import pytest
from jobs_run import LIMIT, NEEDS_PROC, by_key, is_alive, never, run_all, wait_for

from cnnopt.errors import ExitCode
from cnnopt.trials.executor import Job


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_job_is_done_once_with_any_number_of_workers(workers: int) -> None:
    begun: list[str] = []
    jobs = [Job(str(number), work.square, (number,)) for number in range(7)]
    outcomes = list(
        run_all(jobs, workers=workers, stop=never, on_start=lambda job: begun.append(job.key))
    )
    assert sorted(outcome.key for outcome in outcomes) == [job.key for job in jobs]
    assert {outcome.key: outcome.result for outcome in outcomes} == {
        str(number): number * number for number in range(7)
    }
    assert all(outcome.error == "" and outcome.exit_code == 0 for outcome in outcomes)
    assert begun == [job.key for job in jobs]


def test_no_jobs_no_workers() -> None:
    assert list(run_all([], workers=3, stop=never)) == []


@pytest.mark.parametrize(("workers", "jobs"), [(0, ["a"]), (-1, ["a"]), (1, ["a", "a"])])
def test_senseless_requests_are_refused(workers: int, jobs: list[str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        list(run_all([Job(key, work.who) for key in jobs], workers=workers, stop=never))


def test_one_worker_is_this_process_and_two_are_not() -> None:
    jobs = [Job(key, work.who) for key in "ab"]
    assert {out.result for out in run_all(jobs, workers=1, stop=never)} == {os.getpid()}
    assert os.getpid() not in {out.result for out in run_all(jobs, workers=2, stop=never)}


def test_a_terminal_cannot_interrupt_a_worker_even_while_it_starts() -> None:
    jobs = [Job(key, work.leads_a_session) for key in "ab"]
    assert [out.result for out in run_all(jobs, workers=2, stop=never)] == [True, True]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_has_one_blas_thread(workers: int) -> None:
    found = list(
        run_all([Job(key, work.blas_threads) for key in "ab"], workers=workers, stop=never)
    )
    assert all(out.result and set(out.result) == {1} for out in found)


def test_what_a_job_prints_does_not_disturb_its_answer(capfd: pytest.CaptureFixture[str]) -> None:
    found = list(run_all([Job(key, work.chatter) for key in "ab"], workers=2, stop=never))
    assert [out.result for out in found] == ["quiet", "quiet"]
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("printed by a library") == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_is_an_outcome_and_the_other_jobs_go_on(workers: int) -> None:
    jobs = [
        Job("user", work.fail, ("user",)),
        Job("bug", work.fail, ("bug",)),
        Job("good", work.square, (3,)),
    ]
    found = by_key(run_all(jobs, workers=workers, stop=never))
    assert found["user"].error == "trial.loss: became NaN. Use a smaller rate."
    assert found["user"].exit_code == ExitCode.DIVERGED
    assert found["user"].traceback == ""
    assert found["bug"].error == "ZeroDivisionError: by nothing"
    assert found["bug"].exit_code == ExitCode.BUG
    assert "executor_jobs.py" in found["bug"].traceback
    assert found["good"].result == 9


def test_a_worker_that_dies_fails_its_own_job_only_and_is_replaced() -> None:
    jobs = [
        Job("kill", work.fail, ("kill",)),
        Job("exit", work.fail, ("exit",)),
        *(Job(str(number), work.square, (number,)) for number in range(4)),
    ]
    found = by_key(run_all(jobs, workers=2, stop=never))
    assert "died (SIGKILL)" in found["kill"].error
    assert "fewer --jobs" in found["kill"].error
    assert "died (exit code 3)" in found["exit"].error
    assert found["kill"].exit_code == ExitCode.TRIALS_CRASHED
    assert [found[str(number)].result for number in range(4)] == [0, 1, 4, 9]


def test_what_cannot_be_sent_is_said() -> None:
    jobs = [Job("result", work.unpicklable), Job("good", work.square, (2,))]
    found = by_key(run_all(jobs, workers=2, stop=never))
    assert "cannot be passed between processes" in found["result"].error
    assert found["good"].result == 4
    local = [Job("a", lambda stop: 1), Job("b", work.who)]
    with pytest.raises(Exception, match="pickle"):
        list(run_all(local, workers=2, stop=never))


@pytest.mark.parametrize("workers", [1, 2])
def test_stop_reaches_the_jobs_under_way_and_starts_no_other(tmp_path: Path, workers: int) -> None:
    def all_began() -> bool:
        return len(list(tmp_path.glob("*.began"))) == workers

    jobs = [Job(name, work.until_stopped, (tmp_path, name)) for name in "abcd"]
    found = by_key(run_all(jobs, workers=workers, stop=all_began))
    assert sorted(found) == list("abcd"[:workers])
    assert all(out.interrupted and out.error == "stopped" for out in found.values())
    assert all(out.exit_code == ExitCode.INTERRUPTED for out in found.values())
    assert len(list(tmp_path.glob("*.saved"))) == workers


def test_nothing_starts_after_the_stop(tmp_path: Path) -> None:
    jobs = [Job(name, work.until_stopped, (tmp_path, name)) for name in "ab"]
    for workers in (1, 2):
        assert list(run_all(jobs, workers=workers, stop=lambda: True)) == []
    assert list(tmp_path.iterdir()) == []


@NEEDS_PROC
@pytest.mark.parametrize("workers", [1, 2])
def test_enough_begins_no_other_and_lets_those_under_way_end(workers: int) -> None:
    begun: list[str] = []
    jobs = [Job(str(number), work.square, (number,)) for number in range(9)]
    outcomes = list(
        run_all(
            jobs,
            workers=workers,
            stop=never,
            on_start=lambda job: begun.append(job.key),
            enough=lambda: len(begun) >= 3,
        )
    )
    assert begun == ["0", "1", "2"]
    assert sorted(out.key for out in outcomes) == begun
    assert not any(out.interrupted or out.error for out in outcomes)


def test_a_closed_iterator_leaves_no_worker(tmp_path: Path) -> None:
    jobs = [Job("quick", work.who), Job("deaf", work.deaf, (tmp_path, "deaf")), Job("c", work.who)]
    outcomes = run_all(jobs, workers=2, stop=never)
    assert next(outcomes).key in ("quick", "c")
    assert wait_for((tmp_path / "deaf.began").exists)
    outcomes.close()  # type: ignore[attr-defined]  # it is a generator
    assert wait_for(lambda: not is_alive(int((tmp_path / "deaf.began").read_text() or 0)))


PARENT = """
import sys, signal
sys.path[:0] = {path!r}
from pathlib import Path
import executor_jobs as work
from cnnopt.trials.executor import Job, Workforce
asked = []
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda number, _: asked.append(number))
jobs = [Job(name, work.{function}, (Path(sys.argv[1]), name)) for name in "abc"]
with Workforce(2) as force:
    print([out.interrupted for out in force.run(jobs, stop=lambda: bool(asked))])
"""  # without a guard on __name__: workers must not run the script again


def parent(function: str, folder: Path) -> "subprocess.Popen[str]":
    program = PARENT.format(path=[str(Path(__file__).parent)], function=function)
    script = folder / "script.py"
    script.write_text(program)
    return subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def pids(folder: Path) -> list[int]:
    return [int(path.read_text() or 0) for path in folder.glob("*.began")]


@NEEDS_PROC
def test_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    with parent("deaf", tmp_path) as process:
        assert wait_for(lambda: len(pids(tmp_path)) == 2 and 0 not in pids(tmp_path))
        workers = pids(tmp_path)
        assert all(map(is_alive, workers))
        process.kill()
        process.wait()
        assert wait_for(lambda: not any(map(is_alive, workers)))


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_lets_the_workers_save(
    tmp_path: Path, name: signal.Signals
) -> None:
    with parent("until_stopped", tmp_path) as process:
        assert wait_for(lambda: len(pids(tmp_path)) == 2 and 0 not in pids(tmp_path))
        for worker in pids(tmp_path):  # a batch system sends it to each process by itself
            os.kill(worker, name)
        os.killpg(process.pid, name)
        out, _ = process.communicate(timeout=LIMIT)
    assert out == "[True, True]\n"
    assert sorted(path.name for path in tmp_path.glob("*.saved")) == ["a.saved", "b.saved"]
