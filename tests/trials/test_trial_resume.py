"""Going on: after any interruption to the same bits, and for longer."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from small_problems import (
    CONV_NET,
    after,
    all_files,
    arrays_of,
    final_bits,
    problem,
    resume,
    train,
    write_npz,
)

from cnnopt.errors import Interrupted
from cnnopt.records import load_run
from cnnopt.records.checkpoint import ARRAYS, steps
from cnnopt.training.events import Event, Warned

CASES: dict[str, dict[str, Any]] = {
    "conv, dropout, adam": {"model": CONV_NET, "schedule": {"cosine": {"warmup": 1}}},
    "momentum, l2, one order": {
        "optimizer": {"momentum": {"learning_rate": 0.03}},
        "regularizers": [{"l2": 0.01}],
        "training": {"epochs": 4, "batch_size": 15, "shuffle": "once", "select": "last"},
    },
    "steps, a fresh order each": {
        "training": {"steps": 23, "evaluate_every": 5, "shuffle": "step", "batch_size": 8},
    },
    "steps beyond an epoch": {
        "training": {"steps": 23, "evaluate_every": 7, "select": {"best": "accuracy"}},
    },
    "early stopping": {
        "regularizers": [{"early_stopping": {"patience": 1}}],
        "optimizer": {"adam": {"learning_rate": 0.2}},
        "training": {"epochs": 40, "batch_size": 16},
    },
    "plateau": {
        "schedule": {"plateau": {"patience": 1, "factor": 0.5, "cooldown": 1, "warmup": 1}},
        "optimizer": {"adam": {"learning_rate": 0.2}},
        "training": {"epochs": 9, "batch_size": 16},
    },
    "no validation part": {"dataset": {"validation": 0}},
    "neither validation nor test": {"dataset": {"validation": 0, "test": 0}},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


def interrupted(tmp_path: Path, *arguments: Any, at: int, **options: Any) -> Path:
    """Return the folder of a run that was stopped at its `at`-th question."""
    with pytest.raises(Interrupted, match="cnnopt resume "):
        train(*arguments, runs_dir=tmp_path / "runs", stop=after(at), **options)
    return max((tmp_path / "runs").iterdir(), key=lambda path: path.stat().st_mtime_ns)


@pytest.mark.parametrize("name", CASES)
def test_stopped_again_and_again_a_run_ends_in_the_same_bits(
    data: Path, tmp_path: Path, name: str
) -> None:
    config = problem(data, **{k: dict(v) if k == "dataset" else v for k, v in CASES[name].items()})
    unbroken = train(config, runs_dir=tmp_path / "unbroken")
    draw = Random(name)
    folder = interrupted(tmp_path, config, at=draw.randint(1, 12))
    done = None
    while done is None:
        assert load_run(folder).status == "interrupted"
        try:
            # From one batch on: a run that is stopped at once never gets anywhere.
            done = resume(folder, stop=after(draw.randint(2, 9)), threads=draw.choice([1, 2]))
        except Interrupted:
            continue
    assert final_bits(done.folder) == final_bits(unbroken.folder)
    assert done.history == unbroken.history


def test_longer_is_the_same_as_longer_from_the_start(data: Path, tmp_path: Path) -> None:
    config = problem(data, model=CONV_NET, training={"epochs": 3, "batch_size": 16})
    run = train(config, runs_dir=tmp_path / "runs")
    longer = resume(run.folder, epochs=7)
    whole = train(config, ["training.epochs=7"], runs_dir=tmp_path / "whole")
    assert final_bits(longer.folder) == final_bits(whole.folder)
    assert longer.config == whole.config
    assert longer.folder == run.folder
    assert longer.summary["epochs"] == 7


@pytest.mark.parametrize(
    ("schedule", "jumps"),
    [
        ({"cosine": {"warmup": 1}}, True),
        ("one_cycle", True),
        ("polynomial", True),
        ({"step": 2}, False),
        ({"exponential": 0.8}, False),
        ({"cosine_restarts": 2}, False),
        ({"plateau": {"patience": 1}}, False),
    ],
    ids=str,
)
def test_longer_warns_where_the_schedule_follows_the_budget(
    data: Path, tmp_path: Path, schedule: Any, jumps: bool
) -> None:
    config = problem(data, schedule=schedule, training={"epochs": 4, "batch_size": 16})
    run = train(config, runs_dir=tmp_path / "runs")
    told: list[Any] = []
    longer = resume(run.folder, epochs=5, listener=told.append)
    warned = [event.message for event in told if isinstance(event, Warned)]
    assert any("follows the whole budget" in text for text in warned) == jumps
    whole = train(config, ["training.epochs=5"], runs_dir=tmp_path / "whole")
    assert (final_bits(longer.folder) == final_bits(whole.folder)) != jumps


def test_an_interrupted_run_can_be_made_longer_too(data: Path, tmp_path: Path) -> None:
    config = problem(data, training={"epochs": 4, "batch_size": 16})
    folder = interrupted(tmp_path, config, at=10)
    with pytest.raises(Interrupted):
        resume(folder, epochs=6, stop=after(4))
    done = resume(folder)  # the 6 epochs are remembered
    whole = train(config, ["training.epochs=6"], runs_dir=tmp_path / "whole")
    assert final_bits(done.folder) == final_bits(whole.folder)


def test_a_run_that_stopped_early_waits_anew_when_made_longer(data: Path, tmp_path: Path) -> None:
    config = problem(data, **CASES["early stopping"])
    run = train(config, runs_dir=tmp_path / "runs")
    done = run.summary["epochs"]
    assert done < 40, "early stopping was to stop it"
    longer = resume(run.folder, epochs=60)
    assert longer.summary["epochs"] > done
    assert longer.history["validation_loss"][:done] == run.history["validation_loss"]


def test_made_longer_after_early_stopping_and_interrupted_it_comes_to_the_same_bits(
    data: Path, tmp_path: Path
) -> None:
    config = problem(data, **CASES["early stopping"])
    folders = [train(config, runs_dir=tmp_path / name).folder for name in "ab"]
    at_once = resume(folders[0], epochs=60)
    for calls, epochs in ((1, 60), (3, None), (2, None)):
        with pytest.raises(Interrupted):
            resume(folders[1], epochs=epochs, stop=after(calls))
    in_pieces = resume(folders[1])
    assert final_bits(in_pieces.folder) == final_bits(at_once.folder)
    assert at_once.history == in_pieces.history


def newest(folder: Path) -> Path:
    return steps(folder / "checkpoints")[-1]


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_loses_no_bit(
    data: Path, tmp_path: Path, damage: str
) -> None:
    config = problem(data)
    unbroken = train(config, runs_dir=tmp_path / "unbroken")
    folder = interrupted(tmp_path, config, at=14)
    path = newest(folder) / ARRAYS
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content if damage == "flipped" else content[:-7])
    told: list[Any] = []
    done = resume(folder, listener=told.append)
    warnings = [event.message for event in told if isinstance(event, Warned)]
    assert any(str(path) in text and "earlier checkpoint" in text for text in warnings)
    assert final_bits(done.folder) == final_bits(unbroken.folder)


@pytest.mark.parametrize("rest", [b"4,16,0.01,0.3", b"4,16,0.01,0.3,1,1,1,1\n"])
def test_rows_that_no_checkpoint_counts_are_made_again(
    data: Path, tmp_path: Path, rest: bytes
) -> None:
    """As a kill leaves them: torn, or whole and before their checkpoint."""
    config = problem(data)
    unbroken = train(config, runs_dir=tmp_path / "unbroken")
    folder = interrupted(tmp_path, config, at=14)
    with (folder / "metrics.csv").open("ab") as file:
        file.write(rest)
    assert final_bits(resume(folder).folder) == final_bits(unbroken.folder)


def test_weights_that_were_selected_are_those_of_the_best_row(data: Path, tmp_path: Path) -> None:
    """The best weights are in every checkpoint: to go on needs no older one."""
    config = problem(data, optimizer={"adam": {"learning_rate": 0.3}}, training={"epochs": 12})
    run = train(config, runs_dir=tmp_path / "runs")
    best = int(np.argmin(run.history["validation_loss"])) + 1
    assert run.summary["best_epoch"] == best < 12, "the best row is to be an earlier one"
    shorter = train(
        config,
        [f"training.epochs={best}", "training.select=last"],
        runs_dir=tmp_path / "shorter",
    )
    found = arrays_of(run.folder)
    np.testing.assert_array_equal(found["best_weights"], arrays_of(shorter.folder)["weights"])
    assert (found["best_weights"] != found["weights"]).any()
    assert run.summary["metrics"] == shorter.summary["metrics"]


def test_a_listener_hears_the_run_go_on(data: Path, tmp_path: Path) -> None:
    folder = interrupted(tmp_path, problem(data), at=10)
    told: list[Event] = []
    resume(folder, listener=told.append)  # type: ignore[arg-type]  # hears study events too
    first = next(event for event in told if type(event).__name__ == "Started")
    assert first.step == 9  # type: ignore[union-attr]  # a Started
    before = all_files(folder)
    assert before.keys() >= {"summary.json", "metrics.csv", "predictions.csv"}
