"""One core, or a system that does not tell how many: everything runs, to the same bits."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_problems import CONV_NET, compare, cross_validate, final_bits, problem, train, write_npz

from cnnopt import arguments
from cnnopt.api import Run
from cnnopt.network import crew
from cnnopt.trials import executor

Patch = pytest.MonkeyPatch


def one_core(patch: Patch) -> None:
    """As on Linux where only one core may be used, as by `taskset` or in a container."""
    patch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    patch.setattr(os, "cpu_count", lambda: 1)
    patch.setattr(os, "process_cpu_count", lambda: 1, raising=False)


def unknown_cores(patch: Patch) -> None:
    """As where the system knows no affinity and does not tell the number of cores."""
    patch.delattr(os, "sched_getaffinity", raising=False)
    patch.setattr(os, "cpu_count", lambda: None)
    patch.setattr(os, "process_cpu_count", lambda: None, raising=False)


MACHINES = pytest.mark.parametrize("machine", [one_core, unknown_cores])


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return problem(write_npz(tmp_path_factory.mktemp("data") / "data.npz"), model=CONV_NET)


@MACHINES
def test_it_counts_as_one_core(monkeypatch: Patch, machine: Callable[[Patch], None]) -> None:
    machine(monkeypatch)
    assert arguments.cores() == 1


COMMANDS: dict[str, tuple[Callable[..., Run], dict[str, Any], dict[str, Any]]] = {
    # what is left to the machine, and what is asked for on the machine that runs this test
    "train": (train, {"threads": None}, {"threads": 2}),
    "cv": (cross_validate, {"jobs": None, "folds": 3}, {"jobs": 2, "folds": 3}),
    "compare-optimizers": (compare, {"jobs": None}, {"jobs": 2}),
}


@MACHINES
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs_to_the_same_bits(
    command: str,
    machine: Callable[[Patch], None],
    config: dict[str, Any],
    tmp_path: Path,
    monkeypatch: Patch,
) -> None:
    run, left_open, wide = COMMANDS[command]
    usual = run(config, runs_dir=tmp_path / "usual", **wide)

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("one core has no use for more processes or threads")

    with monkeypatch.context() as patch:
        machine(patch)
        patch.setattr(executor, "Hired", never)
        patch.setattr(crew, "ThreadPoolExecutor", never)
        alone = run(config, runs_dir=tmp_path / "alone", **left_open)
    assert alone.meta["cpu"]["usable"] == 1
    assert final_bits(alone.folder) == final_bits(usual.folder)


@MACHINES
def test_more_workers_and_threads_than_cores_may_be_asked_for(
    machine: Callable[[Patch], None], config: dict[str, Any], tmp_path: Path, monkeypatch: Patch
) -> None:
    one = cross_validate(config, folds=2, jobs=1, runs_dir=tmp_path / "one")
    machine(monkeypatch)
    many = cross_validate(config, folds=2, jobs=3, threads=2, runs_dir=tmp_path / "many")
    assert final_bits(many.folder) == final_bits(one.folder)
