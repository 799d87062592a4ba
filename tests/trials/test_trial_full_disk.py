"""No space left while training: exit 74, the status is written, and the run goes on later."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from interrupting import ROOT
from small_problems import (
    CONV_NET,
    cross_validate,
    final_bits,
    in_a_hurry,
    problem,
    resume,
    train,
    write_npz,
)

from cnnopt import api
from cnnopt.config import dump_yaml
from cnnopt.errors import CnnoptError, ExitCode
from cnnopt.records import load_run


def fill_disk(monkeypatch: pytest.MonkeyPatch, folder: Path, room: int) -> None:
    """Let the files in `folder` have `room` bytes, as on a full disk."""
    write = os.write

    def used() -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def limited(descriptor: int, data: Any) -> int:
        view = memoryview(data)
        free = room - used()
        if free <= 0:
            raise OSError(28, os.strerror(28))
        return write(descriptor, view[:free])

    monkeypatch.setattr(os, "write", limited)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


RESERVED = 64 * 1024


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.7, 0.85])
def test_a_run_on_a_full_disk_fails_with_its_status_and_goes_on_later(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    config = problem(data, model=CONV_NET)
    unbroken = train(config, runs_dir=tmp_path / "unbroken")
    runs_dir = tmp_path / "runs"
    runs_dir.mkdir()
    with monkeypatch.context() as patch:
        fill_disk(patch, runs_dir, RESERVED + int(share * size_of(unbroken.folder)))
        with pytest.raises(CnnoptError, match=r"No space left on device\. Free some") as told:
            train(config, runs_dir=runs_dir)
    assert told.value.exit_code == ExitCode.WRITE_FAILED
    if share == 0.02:
        assert list(runs_dir.iterdir()) == [], "what did not even begin leaves nothing behind"
        return
    (folder,) = runs_dir.iterdir()
    assert load_run(folder).meta["status"] == "failed"
    assert "No space left" in load_run(folder).meta["error"]
    assert not list(folder.rglob("*.tmp"))
    assert final_bits(resume(folder).folder) == final_bits(unbroken.folder)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_study_on_a_full_disk_goes_on_later(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    config = problem(data, model=CONV_NET)
    unbroken = cross_validate(config, folds=3, runs_dir=tmp_path / "unbroken")
    runs_dir = tmp_path / "runs"
    runs_dir.mkdir()
    with monkeypatch.context() as patch:
        fill_disk(patch, runs_dir, 2 * RESERVED + int(share * size_of(unbroken.folder)))
        with pytest.raises(CnnoptError, match="No space left on device") as told:
            cross_validate(config, folds=3, runs_dir=runs_dir)
    assert told.value.exit_code == ExitCode.WRITE_FAILED
    (folder,) = runs_dir.glob("[0-9]*")
    assert load_run(folder).meta["status"] == "failed"
    assert str(told.value).endswith(f"go on with: cnnopt resume {folder}")
    done = cross_validate(config, folds=3, runs_dir=runs_dir)
    assert done.folder == folder
    assert final_bits(folder) == final_bits(unbroken.folder)


def inside_small_disk(at: Path, size: str, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command where `at` is a file system of `size` bytes; the folder is copied out."""
    script = (
        'mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99\n'
        'at=$2; out=$3; shift 3; "$@"; code=$?; cp -r "$at/." "$out"; exit $code'
    )
    out = at.with_name("copied")
    out.mkdir()
    command = ["unshare", "-r", "-m", "sh", "-c", script, "sh", size, str(at), str(out), *words]
    return subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    words = ["unshare", "-r", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(words, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="may not mount a small file system here")
def test_on_a_really_full_disk(data: Path, tmp_path: Path) -> None:
    config = problem(data, model=CONV_NET, training={"epochs": 5000})
    (tmp_path / "config.yaml").write_text(dump_yaml(config))
    runs_dir = tmp_path / "runs"
    runs_dir.mkdir()
    words = [sys.executable, "-m", "cnnopt", "train", str(tmp_path / "config.yaml")]
    done = inside_small_disk(runs_dir, "160k", [*words, "--runs-dir", str(runs_dir), "-q"])
    assert done.returncode == ExitCode.WRITE_FAILED, done.stderr
    assert "No space left on device. Free some space, or choose another place with" in done.stderr
    assert "Traceback" not in done.stderr
    (folder,) = (tmp_path / "copied").glob("[0-9]*")
    record = load_run(folder)
    assert record.meta["status"] == "failed"
    assert len(record.history["epoch"]) > 1
    with in_a_hurry():  # it fitted for a while; with room it goes on from there
        gone_on = api.resume(folder, epochs=len(record.history["epoch"]) + 2)
    assert gone_on.summary["status"] == "completed"
