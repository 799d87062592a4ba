"""What cannot be gone on with is refused in words, with its exit code, and left as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import after, all_files, cross_validate, problem, resume, train, write_npz

from cnnopt import api
from cnnopt.errors import CheckpointError, CnnoptError, Diverged, ExitCode, Interrupted
from cnnopt.records import load_run, open_run
from cnnopt.records.checkpoint import ARRAYS, MANIFEST, steps

DIVERGES = {"optimizer": {"sgd": {"learning_rate": 1e20}}}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One run of each kind, by a name for it."""
    base = tmp_path_factory.mktemp("refusals")
    config = problem(write_npz(base / "data.npz"))
    made: dict[str, Path] = {}
    made["completed"] = train(config, runs_dir=base / "completed").folder
    steps_ = {**config, "training": {"steps": 6}}
    made["steps"] = train(steps_, runs_dir=base / "steps").folder
    with pytest.raises(Diverged):
        train({**config, **DIVERGES}, runs_dir=base / "diverged")
    made["diverged"] = api.load_run("latest", runs_dir=base / "diverged").folder
    with pytest.raises(Interrupted):
        train(config, runs_dir=base / "interrupted", stop=after(14))
    made["interrupted"] = api.load_run("latest", runs_dir=base / "interrupted").folder
    made["study"] = cross_validate(config, folds=2, runs_dir=base / "study").folder
    with pytest.raises(Interrupted):
        cross_validate(config, folds=3, runs_dir=base / "half", stop=after(30))
    made["half a study"] = api.load_run("latest", runs_dir=base / "half").folder
    return made


@pytest.mark.parametrize(
    ("kind", "epochs", "message"),
    [
        ("completed", None, r"completed. Give --epochs N \(more than 4\)"),
        ("completed", 4, "--epochs: must be more than the 4 epochs that are done, got 4"),
        ("completed", 0, "--epochs: must be .* got 0"),
        ("steps", 9, "counts in steps"),
        ("diverged", None, "diverged.*smaller learning rate"),
        ("diverged", 9, "diverged"),
        ("study", None, "completed.*cnnopt cv"),
        ("study", 9, "--epochs applies to runs of `train`"),
        ("half a study", 9, "--epochs applies to runs of `train`"),
    ],
)
def test_a_senseless_wish_is_refused(
    runs: dict[str, Path], kind: str, epochs: int | None, message: str
) -> None:
    before = all_files(runs[kind])
    with pytest.raises(CnnoptError, match=message) as refused:
        resume(runs[kind], epochs=epochs)
    assert refused.value.exit_code == ExitCode.USAGE
    assert all_files(runs[kind]) == before


@pytest.mark.parametrize("kind", ["interrupted", "half a study"])
def test_a_run_that_another_process_writes_is_locked(runs: dict[str, Path], kind: str) -> None:
    status = load_run(runs[kind]).status
    with open_run(runs[kind]) as held:
        before = all_files(runs[kind])
        with pytest.raises(CnnoptError, match="must not be used by two processes") as refused:
            resume(runs[kind])
        held.set_status(status)  # type: ignore[arg-type]  # as it was
        before["meta.json"] = all_files(runs[kind])["meta.json"]
    assert refused.value.exit_code == ExitCode.LOCKED
    before.pop(".reserve")
    assert all_files(runs[kind]) == before


def moved(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of a run, to be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "runs" / folder.name))


@pytest.mark.parametrize("kind", ["interrupted", "half a study"])
def test_other_data_than_it_was_trained_on_are_refused(
    runs: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    folder = moved(runs[kind], tmp_path)
    data = Path(load_run(folder).config["dataset"]["path"])
    kept = data.read_bytes()
    with np.load(data) as arrays:
        changed = dict(arrays)
    changed["x"][0, 0, 0] += 1
    before = all_files(folder)
    try:
        np.savez(data, **changed)
        forget_data()
        with pytest.raises(CheckpointError, match="other data than `npz` holds now") as refused:
            resume(folder)
    finally:
        data.write_bytes(kept)
        forget_data()
    assert refused.value.exit_code == ExitCode.CHECKPOINT
    assert all_files(folder) == before


def forget_data() -> None:
    """Forget the data in memory, as a new process would have."""
    from cnnopt.trials import trial

    trial._loaded.clear()


def damaged(kind: str, folder: Path) -> None:
    """Damage every checkpoint of a run."""
    for step in steps(folder / "checkpoints"):
        if kind == "no manifest":
            (step / MANIFEST).unlink()
        elif kind == "not a manifest":
            (step / MANIFEST).write_text("[1, 2")
        else:
            (step / ARRAYS).write_bytes(b"")


@pytest.mark.parametrize("kind", ["no manifest", "not a manifest", "no arrays"])
def test_without_a_whole_checkpoint_there_is_no_going_on(
    runs: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    folder = moved(runs["interrupted"], tmp_path)
    damaged(kind, folder)
    rows = (folder / "metrics.csv").read_bytes()
    with pytest.raises(CheckpointError, match="No checkpoint can be used") as refused:
        resume(folder)
    assert refused.value.exit_code == ExitCode.CHECKPOINT
    assert (folder / "metrics.csv").read_bytes() == rows
    assert load_run(folder).status == "failed"


def test_a_checkpoint_of_another_model_is_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    folder = moved(runs["interrupted"], tmp_path)
    config = (folder / "config.yaml").read_text()
    assert "units: 8" in config
    (folder / "config.yaml").write_text(config.replace("units: 8", "units: 9"))
    with pytest.raises(CheckpointError, match="another model") as refused:
        resume(folder)
    assert refused.value.exit_code == ExitCode.CHECKPOINT


@pytest.mark.parametrize("wish", ["nothing-like-it", "small"])
def test_what_names_no_run_or_several_is_refused(
    runs: dict[str, Path], tmp_path: Path, wish: str
) -> None:
    for number in (1, 2):
        shutil.copytree(runs["completed"], tmp_path / f"2026-small-{number}")
    options: dict[str, Any] = {"runs_dir": tmp_path}
    with pytest.raises(CnnoptError, match=wish) as refused:
        resume(wish, **options)
    assert refused.value.exit_code == ExitCode.USAGE


def test_a_trial_of_a_study_is_not_gone_on_with_by_itself(runs: dict[str, Path]) -> None:
    for trial in (runs["half a study"] / "trials").iterdir():
        with pytest.raises(CnnoptError, match="is a part of a study") as refused:
            resume(trial)
        assert refused.value.exit_code == ExitCode.USAGE
