"""Whatever happens while a file is written, the old or the new content is there."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnopt import files
from cnnopt.errors import DataError, ExitCode, LockedError, WriteError

Call = tuple[str, str]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """What is asked of the system, in order: (operation, name of the file)."""
    seen: list[Call] = []
    fsync, replace = os.fsync, Path.replace

    def spy_fsync(descriptor: int) -> None:
        seen.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        fsync(descriptor)

    def spy_replace(self: Path, target: Path) -> Path:
        seen.append(("rename", target.name))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(Path, "replace", spy_replace)
    return seen


def failing_write(code: int, after: int) -> Callable[[int, Any], int]:
    """An os.write that fails with `code` when `after` bytes have gone through."""
    left, write = [after], os.write

    def limited(descriptor: int, data: Any) -> int:
        if left[0] == 0:
            raise OSError(code, os.strerror(code))
        done = write(descriptor, memoryview(data)[: left[0]])
        left[0] -= done
        return done

    return limited


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to name descriptors")
def test_content_is_on_the_disk_before_its_name_and_the_name_before_return(
    tmp_path: Path, calls: list[Call]
) -> None:
    files.write_atomic(tmp_path / "a.json", "new")
    drafts = [name for _, name in calls if name.endswith(".tmp")]
    assert calls == [("fsync", drafts[0]), ("rename", "a.json"), ("fsync", tmp_path.name)]
    calls.clear()
    files.append_line(tmp_path / "b.csv", "1,2")
    assert calls == [("fsync", "b.csv")]


def test_a_replaced_file_has_the_new_content_and_leaves_no_draft(tmp_path: Path) -> None:
    for content in ("old", "new äöü", b"\x00\r\n"):
        files.write_atomic(tmp_path / "a", content)
        wanted = content.encode() if isinstance(content, str) else content
        assert (tmp_path / "a").read_bytes() == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize(
    ("code", "word"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "--runs-dir"), (errno.EIO, "Check the disk")],
)
def test_a_failed_write_keeps_the_old_file_and_tells_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, word: str, after: int
) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    monkeypatch.setattr(os, "write", failing_write(code, after))
    with pytest.raises(WriteError) as caught:
        files.write_atomic(path, "something new")
    assert str(path.parent) in str(caught.value)
    assert word in str(caught.value)
    assert caught.value.exit_code == ExitCode.WRITE_FAILED
    assert files.is_full(caught.value) == (code == errno.ENOSPC)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("after", [0, 4])
def test_a_line_that_does_not_fit_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    path = tmp_path / "a.csv"
    files.append_line(path, "epoch,loss")
    monkeypatch.setattr(os, "write", failing_write(errno.ENOSPC, after))
    with pytest.raises(WriteError, match="No space left") as caught:
        files.append_line(path, "1,0.5")
    assert files.is_full(caught.value)
    assert path.read_text() == "epoch,loss\n"


def test_a_failed_fsync_is_an_error_not_a_hope(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(WriteError):
        files.write_atomic(tmp_path / "a", "new")
    with pytest.raises(WriteError):
        files.append_line(tmp_path / "b", "new")
    assert not (tmp_path / "a").exists()


def test_a_folder_that_is_a_file_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(WriteError, match="A file stands where a folder is needed"):
        files.write_atomic(tmp_path / "runs" / "a", "new")


def test_write_new_tells_size_and_digest_and_refuses_to_overwrite(tmp_path: Path) -> None:
    chunks = [b"head", np.arange(1000, dtype=np.float32).data, b""]
    path = tmp_path / "a"
    size, digest = files.write_new(path, chunks)
    assert size == path.stat().st_size == 4004
    assert digest == files.sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(WriteError):
        files.write_new(path, [b"other"])
    assert path.stat().st_size == 4004


def test_json_is_strict_keeps_the_order_and_gives_floats_back(tmp_path: Path) -> None:
    value = {
        "z": np.float64(0.1),
        "a": [np.int64(3), float("nan"), float("inf"), True, None],
        "array": np.array([[1.5, np.nan]], dtype=np.float32),
        "path": tmp_path,
        "tuple": (1, "é"),
    }
    text = files.to_json(value)
    assert text.endswith("}\n")

    def no_constant(name: str) -> None:
        raise AssertionError(name)

    back = json.loads(text, parse_constant=no_constant)
    assert list(back) == list(value)
    assert back["z"] == 0.1
    assert back["a"] == [3, None, None, True, None]
    assert back["array"] == [[1.5, None]]
    assert back["path"] == str(tmp_path)
    assert back["tuple"] == [1, "é"]


@pytest.mark.parametrize("value", [{1: "a"}, {"a": object()}, b"bytes"])
def test_what_json_could_not_give_back_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        files.to_json(value)


def test_unreadable_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing\.json"):
        files.read_json(tmp_path / "missing.json")
    (tmp_path / "torn.json").write_text('{"a": 1')
    with pytest.raises(DataError, match=r"torn\.json: must be JSON"):
        files.read_json(tmp_path / "torn.json")


def test_a_locked_folder_says_who_holds_it_and_is_free_afterwards(tmp_path: Path) -> None:
    assert not files.is_locked(tmp_path)
    with files.lock(tmp_path):
        assert files.is_locked(tmp_path)
        with pytest.raises(LockedError, match=f"process {os.getpid()} on") as caught:
            files.lock(tmp_path).__enter__()
        assert caught.value.exit_code == ExitCode.LOCKED
        assert files.is_locked(tmp_path)
    assert not files.is_locked(tmp_path)


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from cnnopt.files import lock\n"
        "with lock(Path(sys.argv[1])):\n print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert files.is_locked(tmp_path)
        with pytest.raises(LockedError, match=f"process {holder.pid} on"):
            files.lock(tmp_path).__enter__()
        holder.kill()
    assert not files.is_locked(tmp_path)
    with files.lock(tmp_path):
        pass


def test_drafts_of_killed_writers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".a.json.0123.tmp").write_text("half")
    (tmp_path / ".step-000001.tmp").mkdir()
    (tmp_path / ".step-000001.tmp" / "state.json").write_text("half")
    (tmp_path / "a.json").write_text("whole")
    (tmp_path / ".lock").write_text("")
    files.remove_drafts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "a.json"]
