"""The race's figures, its environment and its command line; nothing is timed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import machine, throughput
from benchmarks.equality import Differences
from benchmarks.machine import about_machine, clean_environment
from benchmarks.process import Process, SideError
from benchmarks.race import EAGER, Result, Timed, fastest, summarize, trial
from benchmarks.workloads import WORKLOADS, step_operations

KEYS = {"name", "cnnopt_ms", "torch_ms", "torch_variant", "ratio", "peak_share"} | {
    "cnnopt_mb",
    "torch_mb",
}


def result(name: str = "digits-cnn", threads: int = 2) -> Result:
    seconds = {
        "cnnopt": [[0.001, 0.001], [0.002, 0.002]],
        "eager": [[0.003, 0.005], [0.004, 0.004]],
        "fused": [[0.002, 0.002], [0.004, 0.004]],
    }
    memory = {"cnnopt": 40.0, "eager": 300.0, "fused": 310.0}
    differences = Differences(1e-7, 1e-6, 0.0, EAGER)
    tried = {"eager": 0.1, "channels_last": 0.2}
    timed = Timed(seconds, memory, others=0.01)
    return summarize(name, threads, 100.0, differences, tried, timed)


def test_figures_by_hand() -> None:
    found = result()
    assert found.cnnopt_ms == pytest.approx(1.5)
    assert (found.torch_variant, found.torch_ms) == ("fused", pytest.approx(3.0))
    assert found.ratio == pytest.approx(2.0)
    assert found.ratio_quartiles == (pytest.approx(2.0), pytest.approx(2.0))
    assert found.rounds == 2
    assert (found.cnnopt_mb, found.torch_mb) == (40.0, 310.0)
    limit = step_operations(WORKLOADS["digits-cnn"]) / 100e9 * 1e3
    assert found.limit_ms == pytest.approx(limit)
    assert found.peak_share == pytest.approx(limit / 1.5)
    # What was timed counts before what was only tried.
    assert found.variants_ms == {
        "eager": pytest.approx(4.0),
        "channels_last": pytest.approx(200.0),
        "fused": pytest.approx(3.0),
    }


def test_the_document_has_what_was_promised() -> None:
    results = [result(threads=1), result("mnist-cnn", threads=1), result()]
    about = {"numpy": "2.4", "torch": "2.13", **about_machine()}
    found = json.loads(json.dumps(throughput.document(results, about, {"1": 100.0, "2": 200.0})))
    assert all(workload.keys() >= KEYS for workload in found["workloads"])
    assert found["threads"] == [1, 2]
    assert found["geometric_mean"] == found["geometric_means"]["2"] == pytest.approx(2.0)
    assert {"numpy", "torch", "python", "processor", "sgemm_peak", "date"} <= found.keys()


def test_the_geometric_mean_is_of_two_threads_else_of_the_first() -> None:
    one, four = replace(result(threads=1), ratio=4.0), replace(result(threads=4), ratio=9.0)
    assert throughput.document([four, one], {}, {})["geometric_mean"] == pytest.approx(9.0)
    both = [one, replace(one, ratio=1.0), four]
    means = throughput.geometric_means(both)
    assert means == {1: pytest.approx(2.0), 4: pytest.approx(9.0)}


def test_the_finalists_are_the_fastest() -> None:
    assert fastest({"a": 3.0, "b": 1.0, "c": 2.0}, 2) == ["b", "c"]


def test_a_trial_goes_by_the_best_turn() -> None:
    turns = {"a": iter([[5.0, 5.0], [1.0, 1.0]]), "b": iter([[2.0], [2.0]])}

    class Fake:
        def ask(self, do: str, **order: str) -> object:
            return next(turns[order["variant"]]) if do == "time" else None

    assert trial(Fake(), "w", ["a", "b"]) == {"a": 1.0, "b": 2.0}  # type: ignore[arg-type]


def test_the_environment_is_cleared_of_tuning() -> None:
    given = {
        "PATH": "/bin",
        "OPENBLAS_CORETYPE": "Zen",
        "OPENBLAS_L2_SIZE": "1",
        "OMP_WAIT_POLICY": "active",
        "KMP_BLOCKTIME": "0",
        "MKL_DYNAMIC": "false",
        "MALLOC_ARENA_MAX": "1",
    }
    assert clean_environment(3, given=given) == {"PATH": "/bin", "OMP_NUM_THREADS": "3"}
    assert clean_environment(given=given) == {"PATH": "/bin"}
    kept = clean_environment(1, kept_memory=True, given=given)
    assert kept["MALLOC_MMAP_MAX_"] == "0"
    assert "MALLOC_ARENA_MAX" not in kept


def test_a_side_answers_and_says_what_failed() -> None:
    with Process("cnnopt", 1, kept_memory=True) as side:
        side.ask("open", workload="regression-mlp", variant="cnnopt")
        assert len(side.ask("time", variant="cnnopt", warm=0, seconds=0)) == 2
        assert side.ask("memory") > 10
        with pytest.raises(SideError, match="KeyError"):
            side.ask("open", workload="nothing", variant="cnnopt")
        assert "numpy" in side.ask("about")


def test_a_side_that_is_gone_is_an_error() -> None:
    with Process("cnnopt", 0, kept_memory=False) as side:
        side._process.kill()
        side._process.wait()
        with pytest.raises(SideError, match="ended with code"):
            side.ask("about")


@pytest.mark.parametrize(
    "words",
    [
        ["--workload", "mnist"],
        ["--threads", "0"],
        ["--threads", "1,x"],
        ["--threads", ""],
        ["--json", "no/such/folder/file.json"],
        ["--json", "."],
        ["--allocator", "mine"],
    ],
)
def test_wrong_words_are_refused_at_once(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        throughput.main(words)
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_words_are_understood(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    words = ["--workload", "mnist-cnn", "--workload", "voxel-cnn", "--threads", "2,1,2"]
    given = throughput.parser().parse_args([*words, "--json", str(file)])
    assert given.workload == ["mnist-cnn", "voxel-cnn"]
    assert given.threads == [2, 1]
    assert given.json == file
    assert not given.quick


def test_without_pytorch_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(throughput, "find_spec", lambda _: None)
    assert throughput.main([]) == 2
    assert "make bench" in capsys.readouterr().out


def test_what_others_use_is_what_is_left_of_the_use(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, own = iter([(100, 1000), (190, 1200)]), iter([1.0, 1.4])
    monkeypatch.setattr(machine, "_ticks", lambda: next(ticks))
    monkeypatch.setattr(machine, "_own_seconds", lambda: next(own))
    monkeypatch.setattr(machine.os, "sysconf", lambda _: 100)
    assert machine.Watch().others() == pytest.approx((90 - 40) / 200)


def test_where_the_system_does_not_tell_others_use_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "_ticks", lambda: (0, 0))
    assert machine.Watch().others() == 0


def test_a_disturbed_race_says_so() -> None:
    assert "DISTURBED" not in throughput.line(result())
    assert "others used 30%" in throughput.line(replace(result(), others=0.3))


@pytest.mark.parametrize(
    ("shares", "kept", "left"),
    [([0.01], 0.01, 2), ([0.5, 0.02], 0.02, 1), ([0.5, 0.1, 0.3], 0.1, 0)],
)
def test_a_disturbed_race_is_run_again_a_few_times(
    shares: list[float], kept: float, left: int
) -> None:
    races = iter([Timed({}, {}, share) for share in shares])
    spare = iter(range(2))
    assert throughput.undisturbed(lambda: next(races), spare).others == kept
    assert list(races) == []
    assert len(list(spare)) == left
