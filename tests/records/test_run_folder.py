"""What the events of a training become in the folder, and how a run ends."""

import json
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_training
import pytest
import yaml

from cnnopt.errors import (
    CheckpointError,
    Diverged,
    ExitCode,
    Interrupted,
    LockedError,
    UsageError,
    WriteError,
)
from cnnopt.files import is_locked
from cnnopt.records.create import create_run, enter_trial, slug
from cnnopt.records.read import load_run
from cnnopt.records.run_folder import RunFolder, open_run
from cnnopt.training.events import EpochDone, Warned


def new_run(runs_dir: Path, **settings: float) -> RunFolder:
    meta = {"seed": 3, "fingerprint": "ab", "command": "train"}
    return create_run(
        runs_dir, "fake net", fake_training.IDENTITY, fake_training.CONFIG, "seed: 3\n", meta,
        **settings,
    )  # fmt: skip


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_new_run_says_what_its_result_can_depend_on(tmp_path: Path) -> None:
    runs_dir = tmp_path / "deep" / "runs"
    with new_run(runs_dir) as run:
        assert run.path.name.endswith("-fake-net-012345")
        assert names(run.path) == {
            "config.yaml", "config.input.yaml", "meta.json", ".reserve", ".lock", ".owner",
        }  # fmt: skip
        assert (run.path / ".reserve").stat().st_size == 65536
        meta = json.loads((run.path / "meta.json").read_text())
    assert yaml.safe_load((run.path / "config.yaml").read_text()) == fake_training.CONFIG
    assert (run.path / "config.input.yaml").read_text() == "seed: 3\n"
    assert meta["status"] == "running"
    assert meta["identity"] == fake_training.IDENTITY
    assert (meta["seed"], meta["fingerprint"], meta["command"]) == (3, "ab", "train")
    assert {"cnnopt", "python", "numpy", "scipy"} <= set(meta["versions"])
    assert meta["blas"]
    assert meta["blas"][0]["threads"] >= 1
    assert meta["cpu"]["cores"] >= meta["cpu"]["usable"] >= 1
    assert meta["started"].endswith("+00:00")
    assert "system" in meta
    assert "git" in meta


def test_two_runs_of_the_same_second_have_two_folders(tmp_path: Path) -> None:
    runs = [new_run(tmp_path) for _ in range(3)]
    assert len({run.path for run in runs}) == 3
    assert names(tmp_path) == {run.path.name for run in runs}
    for run in runs:
        run.close()


def test_names_never_become_paths(tmp_path: Path) -> None:
    with create_run(tmp_path, "../../etc/x y", "0" * 16, {}, "", {}) as run:
        assert run.path.parent == tmp_path
    assert slug("../../etc/x y") == "etc-x-y"
    assert slug("...") == "run"
    assert len(slug("a" * 300)) == 60


def test_tables_have_one_row_per_epoch_and_no_times_among_metrics(tmp_path: Path) -> None:
    folder = fake_training.write_run(tmp_path, 3)
    metrics = (folder / "metrics.csv").read_text().splitlines()
    assert metrics[0] == "epoch,step,learning_rate,batch_loss,train_loss"
    assert [line.split(",")[:3] for line in metrics[1:]] == [
        ["1", "3", "1e-05"], ["2", "6", "1e-05"], ["3", "9", "1e-05"],
    ]  # fmt: skip
    timings = (folder / "timings.csv").read_text().splitlines()
    assert timings == ["epoch,train_seconds,evaluate_seconds", *(f"{n},0.1,0.2" for n in (1, 2, 3))]
    assert "(best)" in (folder / "log.txt").read_text()


def test_health_has_one_row_for_each_layer_and_only_where_it_is_told(tmp_path: Path) -> None:
    folder = fake_training.write_run(tmp_path / "on", 2)
    lines = (folder / "health.csv").read_text().splitlines()
    assert lines[0] == "epoch,step,layer,gradient_norm,update_ratio,dead"
    cells = [line.split(",") for line in lines[1:]]
    assert [row[:3] for row in cells] == [
        ["1", "3", "dense_1"], ["1", "3", "relu_1"], ["2", "6", "dense_1"], ["2", "6", "relu_1"],
    ]  # fmt: skip
    losses = load_run(folder).history["train_loss"]
    assert [float(row[3]) for row in cells[::2]] == losses
    assert [row[3:] for row in cells[1::2]] == [["", "", "0.25"]] * 2
    with new_run(tmp_path / "off") as run:
        for event in fake_training.training(None, 2):
            run.record(replace(event, health=()) if isinstance(event, EpochDone) else event)
    assert not (run.path / "health.csv").exists()


def test_a_checkpoint_forced_to_the_disk_comes_after_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def spy(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    with new_run(tmp_path, sync_seconds=0.0) as run:
        monkeypatch.setattr(os, "fsync", spy)
        for event in fake_training.training(None, 1):
            run.record(event)
    first = synced.index("state.safetensors")
    assert synced[:first] == ["health.csv", "timings.csv", "metrics.csv"]
    assert synced[first:][:5] == [
        "state.safetensors", "state.json", "MANIFEST.json", ".step-000003.tmp", "checkpoints",
    ]  # fmt: skip


def test_checkpoint_seconds_spares_epochs_but_never_the_last(tmp_path: Path) -> None:
    folder = fake_training.write_run(tmp_path, 6, checkpoint_seconds=3600.0)
    assert names(folder / "checkpoints") == {"step-000003", "step-000018"}


def test_interrupted_in_the_middle_of_an_epoch_it_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    reference = fake_training.final_bits(fake_training.write_run(tmp_path / "unbroken", 4))
    asked = iter([False] * 7 + [True])
    with pytest.raises(Interrupted):
        fake_training.write_run(tmp_path / "runs", 4, lambda: next(asked))
    (folder,) = (tmp_path / "runs").iterdir()
    record = load_run(folder)
    assert record.status == "interrupted"
    state, _ = record.checkpoint()
    assert state is not None
    assert (state.step, state.rows) == (7, 2)
    assert fake_training.write_run(tmp_path / "runs", 4) == folder
    assert fake_training.final_bits(folder) == reference
    meta = load_run(folder).meta
    assert (meta["status"], meta["error"], len(meta["resumed"])) == ("completed", None, 1)


def test_a_finished_run_goes_on_for_longer_to_the_same_bits(tmp_path: Path) -> None:
    reference = fake_training.final_bits(fake_training.write_run(tmp_path / "long", 6))
    folder = fake_training.write_run(tmp_path / "runs", 4)
    with open_run(folder) as run:
        run.extra = {"classes": ["0", "1"], "scaler": {"mean": [0.1]}}
        state, _ = run.checkpoint()
        fake_training.follow(run, fake_training.training(state, 6))
    for name in ("metrics", "timings", "weights", "state"):
        assert fake_training.final_bits(folder)[name] == reference[name], name


def test_a_damaged_newest_checkpoint_costs_an_epoch_and_no_bit(tmp_path: Path) -> None:
    reference = fake_training.final_bits(fake_training.write_run(tmp_path / "unbroken", 4))
    asked = iter([False] * 9 + [True])
    with pytest.raises(Interrupted):
        fake_training.write_run(tmp_path / "runs", 4, lambda: next(asked))
    (folder,) = (tmp_path / "runs").iterdir()
    newest = folder / "checkpoints" / "step-000009" / "state.safetensors"
    newest.write_bytes(newest.read_bytes()[:-1])
    _, warnings = load_run(folder).checkpoint()
    assert "step-000009" in warnings[0]
    fake_training.write_run(tmp_path / "runs", 4)
    assert fake_training.final_bits(folder) == reference


@pytest.mark.parametrize("table", ["metrics.csv", "health.csv"])
def test_rows_that_a_power_cut_took_are_computed_again(tmp_path: Path, table: str) -> None:
    reference = fake_training.final_bits(fake_training.write_run(tmp_path / "unbroken", 4))
    asked = iter([False] * 10 + [True])
    with pytest.raises(Interrupted):
        fake_training.write_run(tmp_path / "runs", 4, lambda: next(asked))
    (folder,) = (tmp_path / "runs").iterdir()
    rows = (folder / table).read_bytes()
    (folder / table).write_bytes(rows[: rows[:-1].rfind(b"\n") + 5])
    fake_training.write_run(tmp_path / "runs", 4)
    assert fake_training.final_bits(folder) == reference


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, "completed"),
        (Interrupted("stopped"), "interrupted"),
        (KeyboardInterrupt(), "interrupted"),
        (Diverged("loss: became NaN."), "diverged"),
        (CheckpointError("torn"), "failed"),
        (ZeroDivisionError("bug"), "failed"),
    ],
)
def test_a_run_ends_with_a_true_status_and_is_free(
    tmp_path: Path, error: BaseException | None, status: str
) -> None:
    def body() -> Path:
        with new_run(tmp_path) as run:
            assert load_run(run.path).status == "running"
            if error:
                raise error
        return run.path

    if error is None:
        body()
    else:
        with pytest.raises(type(error)):
            body()
    (folder,) = tmp_path.iterdir()
    record = load_run(folder)
    assert record.status == status
    assert record.meta["finished"] >= record.meta["started"]
    assert record.meta.get("error") == (
        None if error is None else str(error) or "KeyboardInterrupt"
    )
    assert not is_locked(folder)
    assert ".reserve" not in names(folder)


def test_a_status_that_was_set_stays(tmp_path: Path) -> None:
    with new_run(tmp_path) as run:
        run.set_status("diverged", epoch=3)
    assert load_run(run.path).status == "diverged"
    assert load_run(run.path).meta["epoch"] == 3


def test_a_run_is_written_by_one_process_at_a_time(tmp_path: Path) -> None:
    with new_run(tmp_path) as run:
        before = (run.path / "meta.json").read_bytes()
        with pytest.raises(LockedError) as caught:
            open_run(run.path)
        assert caught.value.exit_code == ExitCode.LOCKED
        assert (run.path / "meta.json").read_bytes() == before


def test_what_is_no_run_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be a run folder"):
        open_run(tmp_path)
    assert names(tmp_path) == set()


def test_warnings_are_in_the_log(tmp_path: Path) -> None:
    with new_run(tmp_path) as run:
        run.record(Warned("the first loss is far from ln(10)"))
    assert "warning: the first loss" in (run.path / "log.txt").read_text()


def test_a_trial_is_entered_again_and_another_identity_begins_anew(tmp_path: Path) -> None:
    folder = tmp_path / "trials" / "a"
    for identity, rows in (("1", 0), ("1", 2), ("2", 0)):
        with enter_trial(folder, "fake", identity, fake_training.CONFIG, {"seed": 1}) as run:
            state, _ = run.checkpoint()
            assert (state.rows if state else 0) == rows
            fake_training.follow(run, fake_training.training(state, 2))
    record = load_run(folder)
    assert record.meta["identity"] == "2"
    assert record.config == fake_training.CONFIG
    with open_run(folder) as run:
        run.discard_checkpoints()
        assert run.checkpoint() == (None, ())
    assert names(folder / "checkpoints") == set()


def test_a_trial_folder_that_a_kill_left_half_made_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "trials" / "a"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("half")
    with enter_trial(folder, "fake", "1", fake_training.CONFIG, {}) as run:
        assert run.meta["status"] == "running"
    assert load_run(folder).config == fake_training.CONFIG


def claim(runs_dir: Path, start: Any, answers: Any) -> None:
    start.wait()
    with create_run(runs_dir, "n", "0" * 8, {}, "", {}) as run:
        answers.put(run.path.name)


def test_runs_that_start_at_once_never_share_a_folder(tmp_path: Path) -> None:
    spawn: Any = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(4), spawn.Queue()
    writers = [spawn.Process(target=claim, args=(tmp_path, start, answers)) for _ in range(4)]
    for writer in writers:
        writer.start()
    found = {answers.get(timeout=30) for _ in writers}
    for writer in writers:
        writer.join()
    assert found == names(tmp_path)
    assert len(found) == 4


def fill_disk(monkeypatch: pytest.MonkeyPatch, folder: Path, free: int) -> Callable[[], int]:
    """Let `folder` grow by `free` bytes only, as on a full disk; return what counts its size."""
    write = os.write

    def size() -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    limit = size() + free

    def limited(descriptor: int, data: Any) -> int:
        view = memoryview(data)
        room = limit - size()
        if len(view) > room and room <= 0:
            raise OSError(28, os.strerror(28))
        return write(descriptor, view[:room])

    monkeypatch.setattr(os, "write", limited)
    return size


@pytest.mark.parametrize("free", [0, 10, 100, 400, 700, 1000, 1500, 3000, 5000])
def test_on_a_full_disk_the_status_is_written_and_the_run_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    reference = fake_training.final_bits(fake_training.write_run(tmp_path / "unbroken", 12))
    runs_dir = tmp_path / "runs"
    begun = new_run(runs_dir, sync_seconds=0.0)

    def go_on() -> None:
        with begun as run:
            run.extra = {"classes": ["0", "1"], "scaler": {"mean": [0.1]}}
            fake_training.follow(run, fake_training.training(None, 12))

    with monkeypatch.context() as patch:
        fill_disk(patch, runs_dir, free)
        with pytest.raises(WriteError, match=r"No space left on device\. Free some") as caught:
            go_on()
    assert caught.value.exit_code == ExitCode.WRITE_FAILED
    record = load_run(begun.path)
    assert record.status == "failed"
    assert "No space left" in record.meta["error"]
    assert not list(begun.path.rglob("*.tmp"))
    assert fake_training.write_run(runs_dir, 12) == begun.path
    assert fake_training.final_bits(begun.path) == reference


@pytest.mark.parametrize("free", [0, 100, 65536, 66000])
def test_a_run_that_does_not_fit_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    fill_disk(monkeypatch, tmp_path, free)
    with pytest.raises(WriteError, match="Free some space"):
        new_run(tmp_path)
    assert names(tmp_path) == set()
