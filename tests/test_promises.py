"""The promises to users, each on whole commands: same bits, nothing lost, no test set leaks."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from interrupting import Command, begun, descendants, killed_at, moments, progress
from small_problems import (
    CONV_NET,
    OFFICIAL,
    arrays_of,
    compare,
    cross_validate,
    final_bits,
    problem,
    resume,
    rows_of,
    train,
    write_npz,
)

from cnnopt.api import Run
from cnnopt.config import dump_yaml
from cnnopt.network.partition import shard_count
from cnnopt.records import load_run
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc tells who is alive")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_npz(tmp_path / "data.npz")


# ------------------------------------------------------------------ same bits


def test_the_same_seed_gives_the_same_bits_and_another_does_not(data: Path, tmp_path: Path) -> None:
    config = problem(data, model=CONV_NET)
    one, two = (train(config, runs_dir=tmp_path / name) for name in "ab")
    assert final_bits(one.folder) == final_bits(two.folder)
    other = train(config, runs_dir=tmp_path / "c", seed=1)
    assert [row["row"] for row in rows_of(other.folder, "predictions.csv")] == [
        row["row"] for row in rows_of(one.folder, "predictions.csv")
    ], "the split must not move with the seed"
    bits, theirs = final_bits(one.folder), final_bits(other.folder)
    assert bits.keys() == theirs.keys()
    assert all(bits[name] != theirs[name] for name in bits)


def test_threads_change_no_bit(tmp_path: Path) -> None:
    model = [
        {"conv2d": {"filters": 32, "kernel": 3, "padding": "same"}},
        "relu",
        {"conv2d": {"filters": 96, "kernel": 3, "padding": "same"}},
        "relu",
        {"max_pool2d": 2},
        "flatten",
        {"dropout": 0.3},
        {"dense": "classes"},
    ]
    config = problem(tmp_path, model=model, training={"epochs": 2, "batch_size": 25})
    config |= {"dataset": {"name": "digits", "limit": 120, "test": 90}}
    runs = [train(config, runs_dir=tmp_path / str(n), threads=n) for n in (1, 2, 3)]
    bits = [final_bits(run.folder) for run in runs]
    assert bits[0] == bits[1] == bits[2]
    prepared = prepare_trial(load_config_of(runs[0]), None, load_data(load_config_of(runs[0])))
    assert shard_count(prepared.experiment.network.nodes, 25) > 1, "nothing to share out"


def load_config_of(run: Run) -> Any:
    from cnnopt.config import load_config

    return load_config(dict(run.config))


@pytest.mark.parametrize("threads", [1, 2])
def test_worker_processes_change_no_bit(data: Path, tmp_path: Path, threads: int) -> None:
    config = problem(data, model=CONV_NET, training={"epochs": 2, "batch_size": 16})
    runs = [
        cross_validate(
            config, folds=3, refit=True, jobs=jobs, threads=count, runs_dir=tmp_path / f"cv{jobs}"
        )
        for jobs, count in ((1, 1), (2, threads))
    ]
    assert final_bits(runs[0].folder) == final_bits(runs[1].folder)
    assert len([name for name in final_bits(runs[0].folder) if "metrics.csv" in name]) == 4


def test_worker_processes_change_no_bit_of_a_comparison(data: Path, tmp_path: Path) -> None:
    config = problem(data, training={"epochs": 1, "batch_size": 16})
    runs = [compare(config, jobs=jobs, runs_dir=tmp_path / f"compare{jobs}") for jobs in (1, 2)]
    assert final_bits(runs[0].folder) == final_bits(runs[1].folder)
    assert "results.csv" in final_bits(runs[0].folder)


# ------------------------------------------------------------------ nothing lost


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config that takes about a second to train."""
    folder = tmp_path_factory.mktemp("slow")
    data = write_npz(folder / "data.npz", rows=120)
    config = problem(data, model=CONV_NET, training={"epochs": 100, "batch_size": 32})
    (folder / "train.yaml").write_text(dump_yaml(config))
    config["training"] = {"epochs": 25, "batch_size": 32}
    (folder / "cv.yaml").write_text(dump_yaml(config))
    config["training"] = {"epochs": 3, "batch_size": 32}
    (folder / "compare.yaml").write_text(dump_yaml(config))
    return folder


CV = ["cv", "../cv.yaml", "--folds", "4", "--refit", "--jobs", "2"]
COMPARE = ["compare-optimizers", "../compare.yaml", "--jobs", "2"]
FEW = ["--optimizers", "sgd,adam", "--trials", "1", "--seeds", "2"]


@pytest.fixture(scope="module")
def unbroken(slow: Path) -> Mapping[str, Run]:
    """The same three commands, never interrupted."""
    return {
        "train": train(slow / "train.yaml", runs_dir=slow / "unbroken"),
        "cv": cross_validate(slow / "cv.yaml", folds=4, refit=True, runs_dir=slow / "unbroken"),
        "compare": compare(slow / "compare.yaml", trials=1, runs_dir=slow / "unbroken"),
    }


def place(slow: Path, name: str) -> Path:
    """Make a folder to run commands in, their runs in `runs`."""
    (slow / name).mkdir()
    return slow / name


def only_run(at: Path) -> Path:
    (folder,) = (at / "runs").glob("[0-9]*")
    return folder


@NEEDS_PROC
def test_train_killed_at_random_moments_resumes_to_the_same_bits(
    slow: Path, unbroken: Mapping[str, Run]
) -> None:
    at = place(slow, "killed-train")
    amounts = moments(progress(unbroken["train"].folder), kills=3, seed=1)
    words = ["resume", "latest"]
    kills = killed_at(amounts, lambda n: words if n else ["train", "../train.yaml", "-q"], at)
    assert kills == 3
    record = load_run(only_run(at))
    assert record.status == "interrupted"
    assert len(record.history["epoch"]) >= amounts[-1] - 1
    done = resume(only_run(at))
    assert final_bits(done.folder) == final_bits(unbroken["train"].folder)
    assert load_run(done.folder).status == done.summary["status"] == "completed"


@NEEDS_PROC
def test_cv_killed_at_random_moments_goes_on_to_the_same_bits(
    slow: Path, unbroken: Mapping[str, Run]
) -> None:
    at = place(slow, "killed-cv")
    amounts = moments(progress(unbroken["cv"].folder), kills=3, seed=2)
    words = [CV, CV, ["resume", "latest", "--jobs", "2"]]  # the same command, then `resume`
    assert killed_at(amounts, lambda number: words[number], at) == 3
    assert load_run(only_run(at)).status == "interrupted"
    done = cross_validate(slow / "cv.yaml", folds=4, refit=True, runs_dir=at / "runs")
    assert final_bits(done.folder) == final_bits(unbroken["cv"].folder)
    assert done.folder == only_run(at)


@NEEDS_PROC
def test_no_worker_outlives_its_killed_parent(slow: Path) -> None:
    """Not even with a trial that would take hours."""
    at = place(slow, "orphans")
    words = ["cv", "../cv.yaml", "--folds", "2", "--jobs", "2", "--set", "training.epochs=1000000"]
    command = Command(words, at)
    runs_dir = at / "runs"
    assert command.runs_until(lambda: len(list(runs_dir.glob("*/trials/*/metrics.csv"))) == 2)
    assert len(descendants(command.pid)) == 2
    assert command.kill()  # which looks for them


@NEEDS_PROC
def test_compare_optimizers_killed_at_random_moments_goes_on_to_the_same_bits(
    slow: Path, unbroken: Mapping[str, Run]
) -> None:
    at = place(slow, "killed-compare")
    amounts = moments(progress(unbroken["compare"].folder), kills=2, seed=3)
    assert killed_at(amounts, lambda _: [*COMPARE, *FEW], at) == 2
    done = compare(slow / "compare.yaml", trials=1, runs_dir=at / "runs")
    assert final_bits(done.folder) == final_bits(unbroken["compare"].folder)
    assert done.folder == only_run(at)


@NEEDS_PROC
@pytest.mark.parametrize(
    ("name", "words", "number", "code"),
    [
        ("train", ["train", "../train.yaml", "-q"], signal.SIGINT, 130),
        ("cv", CV, signal.SIGTERM, 143),
        ("compare", [*COMPARE, *FEW], signal.SIGINT, 130),
    ],
)
def test_a_signal_saves_says_how_to_go_on_and_loses_no_bit(
    slow: Path,
    unbroken: Mapping[str, Run],
    name: str,
    words: list[str],
    number: int,
    code: int,
) -> None:
    at = place(slow, f"stopped-{name}-{code}")
    (amount,) = moments(progress(unbroken[name].folder), kills=1, seed=code)
    command = Command(words, at)
    runs_dir = at / "runs"
    assert command.runs_until(lambda: begun(runs_dir) and progress(runs_dir) > amount)
    ended, err = command.interrupt(number)
    assert ended == code
    assert "Traceback" not in err
    (told,) = re.findall(r"Go on with: cnnopt resume (\S+)$", err.strip())
    assert load_run(at / told).meta["status"] == "interrupted"
    done = resume(at / told)
    assert final_bits(done.folder) == final_bits(unbroken[name].folder)


# ------------------------------------------------------------------ no test set leaks


def test_the_test_part_moves_nothing_but_its_own_score(tmp_path: Path) -> None:
    runs = []
    for name in ("as it is", "spoilt"):
        path = write_npz(tmp_path / f"{name}.npz", test_rows=30)
        if name == "spoilt":
            with np.load(path) as arrays:
                changed = dict(arrays)
            changed["x_test"] = changed["x_test"] * 1e3 + 7
            changed["y_test"] = (changed["y_test"] + 1) % 3
            np.savez(path, **changed)
        config = problem(path, dataset=OFFICIAL, model=CONV_NET)
        config["regularizers"] = [{"early_stopping": 2}]
        runs.append(train(config, runs_dir=tmp_path / "runs"))
    kept, spoilt = runs
    for name, array in arrays_of(kept.folder).items():
        np.testing.assert_array_equal(array, arrays_of(spoilt.folder)[name])
    assert kept.history == spoilt.history
    for part in ("train", "validation"):
        assert kept.summary["metrics"][part] == spoilt.summary["metrics"][part]
    assert kept.summary["metrics"]["test"] != spoilt.summary["metrics"]["test"]
