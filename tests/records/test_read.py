"""Runs are found by what people call them, and read at any instant."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import fake_training
import pytest

from cnnopt.errors import DataError, UsageError
from cnnopt.records.create import create_run
from cnnopt.records.read import find_run, find_unfinished, list_runs, load_run
from cnnopt.records.run_folder import RunFolder


def run(runs_dir: Path, name: str, identity: str = "0" * 16) -> RunFolder:
    return create_run(runs_dir, name, identity, {"name": name}, "", {"command": "train"})


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    for name in ("digits-cnn", "digits-mlp", "fashion"):
        with run(tmp_path / "runs", name) as made:
            made.write_summary({"schema": 1, "name": name, "value": float("nan")})
    return tmp_path / "runs"


def test_a_finished_run_reads_back(tmp_path: Path) -> None:
    record = load_run(fake_training.write_run(tmp_path, 3))
    assert record.status == "completed"
    assert record.config == fake_training.CONFIG
    assert record.history["epoch"] == [1, 2, 3]
    assert record.history["step"] == [3, 6, 9]
    assert len(record.history["train_loss"]) == 3
    assert record.summary["schema"] == 1
    state, warnings = record.checkpoint()
    assert state is not None
    assert (state.step, state.extra["classes"], warnings) == (9, ["0", "1"], ())


def test_a_run_without_result_reads_too(tmp_path: Path) -> None:
    with run(tmp_path, "new") as made:
        record = load_run(made.path)
        assert (record.status, record.history, record.summary) == ("running", {}, {})
        assert record.checkpoint() == (None, ())


def test_runs_are_listed_the_oldest_first_and_drafts_are_not(runs_dir: Path) -> None:
    (runs_dir / ".new-1234").mkdir()
    (runs_dir / "README.md").write_text("")
    (runs_dir / "notes").mkdir()
    assert [record.config["name"] for record in list_runs(runs_dir)] == [
        "digits-cnn", "digits-mlp", "fashion",
    ]  # fmt: skip
    assert list_runs(runs_dir / "missing") == []


def test_a_damaged_run_is_listed_as_such_and_tells_when_loaded(runs_dir: Path) -> None:
    damaged = find_run("fashion", runs_dir)
    (damaged / "meta.json").write_text("{")
    statuses = {record.folder.name: record.status for record in list_runs(runs_dir)}
    assert statuses[damaged.name] == "unreadable"
    assert sorted(statuses.values()) == ["completed", "completed", "unreadable"]
    with pytest.raises(DataError, match=r"meta\.json: must be JSON"):
        load_run(damaged)


@pytest.mark.parametrize("text", [None, "", "[1]", "{a: [", "\x00"])
def test_a_damaged_config_is_told(runs_dir: Path, text: str | None) -> None:
    folder = find_run("fashion", runs_dir)
    (folder / "config.yaml").unlink()
    if text is not None:
        (folder / "config.yaml").write_text(text)
    with pytest.raises(DataError, match=r"config\.yaml"):
        _ = load_run(folder).config


def test_a_run_is_found_by_path_name_part_or_as_latest(runs_dir: Path) -> None:
    folder = list_runs(runs_dir)[1].folder
    for text in (folder, str(folder), folder.name, "mlp", "digits-mlp"):
        assert find_run(text, runs_dir) == folder
    assert find_run("latest", runs_dir).name.endswith("fashion-000000")


def test_what_is_no_name_of_one_run_is_told_with_the_names_it_could_be(
    runs_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"must mean one run .* 2 have it in their name") as caught:
        find_run("digits", runs_dir)
    assert "digits-cnn" in str(caught.value)
    assert "digits-mlp" in str(caught.value)
    with pytest.raises(UsageError, match=r"Did you mean \S*fashion-000000"):
        find_run("fashoin", runs_dir)
    for text in ("latest", "x"):
        with pytest.raises(UsageError, match="has no runs yet"):
            find_run(text, tmp_path / "empty")
    with pytest.raises(UsageError, match="must be a run folder"):
        load_run(tmp_path / "nothing")


def test_the_newest_unfinished_unlocked_run_of_an_identity_is_adopted(tmp_path: Path) -> None:
    assert find_unfinished(tmp_path, "a" * 16) is None
    made = {}
    for name, status in (("one", "interrupted"), ("two", "failed"), ("three", "completed")):
        with run(tmp_path, name, "a" * 16) as made[name]:
            made[name].set_status(status)  # type: ignore[arg-type]  # the words are in the table
    with run(tmp_path, "other", "b" * 16) as other:
        other.set_status("interrupted")
    assert find_unfinished(tmp_path, "a" * 16) == made["two"].path
    with run(tmp_path, "held", "a" * 16):
        assert find_unfinished(tmp_path, "a" * 16) == made["two"].path
    shutil.rmtree(made["two"].path)
    assert find_unfinished(tmp_path, "a" * 16) == made["one"].path


def test_reading_leaves_no_trace(runs_dir: Path) -> None:
    folder = find_run("fashion", runs_dir)

    def state() -> list[tuple[str, int]]:
        return sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())

    before = state()
    record = load_run(folder)
    assert (record.config, record.history) == ({"name": "fashion"}, {})
    assert state() == before


def test_the_package_hands_names_on_without_loading_numpy() -> None:
    program = "import sys, cnnopt.records; print('numpy' in sys.modules, cnnopt.records.__all__)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.stdout.startswith("False")
    import cnnopt.records

    assert all(callable(getattr(cnnopt.records, name)) for name in cnnopt.records.__all__)
