"""Files that survive: atomic writes, appended lines, checksums, JSON and the lock of a folder.

Whatever goes wrong while writing becomes a `WriteError` that names the file and the remedy.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import secrets
import shutil
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cnnopt.errors import DataError, LockedError, WriteError

Chunk = bytes | bytearray | memoryview
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
LOCK, OWNER = ".lock", ".owner"
REMEDIES = {
    errno.ENOSPC: "Free some space, or choose another place with --runs-dir",
    errno.EDQUOT: "Free some of your quota, or choose another place with --runs-dir",
    errno.EACCES: "Choose a place that you may write to with --runs-dir",
    errno.EPERM: "Choose a place that you may write to with --runs-dir",
    errno.EROFS: "Choose a place that can be written to with --runs-dir",
    errno.EFBIG: "Raise the limit on file sizes (`ulimit -f`)",
    errno.EMFILE: "Raise the limit on open files (`ulimit -n`), or lower --jobs",
    errno.ENAMETOOLONG: "Give a shorter name",
    errno.ENOTDIR: "A file stands where a folder is needed: move it, or choose another --runs-dir",
    errno.EEXIST: "A file stands where a folder is needed: move it, or choose another --runs-dir",
}


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn any `OSError` of the block into a `WriteError` about `path`, with a remedy."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        remedy = REMEDIES.get(error.errno or 0, "Check the disk and the folder's permissions")
        raise WriteError(f"{path}: could not be written: {why}. {remedy}.") from error


def is_full(error: BaseException | None) -> bool:
    """Tell whether `error`, or what caused it, means that no space is left."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            return True
        error = error.__cause__
    return False


def write_new(path: Path, chunks: Iterable[Chunk], *, sync: bool = True) -> tuple[int, str]:
    """Write a file that does not exist yet.

    Args:
        path: the file.
        chunks: its content, piece by piece, so that large arrays need no copy.
        sync: whether to wait until the content is on the disk.

    Returns:
        Its size in bytes and its SHA-256 as a hex digest.

    Raises:
        WriteError: when it exists or cannot be written; what was written of it is removed.
    """
    size, digest = 0, hashlib.sha256()
    with writing(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        try:
            for chunk in chunks:
                view = memoryview(chunk).cast("B")
                digest.update(view)
                size += len(view)
                while view:
                    view = view[os.write(descriptor, view) :]
            if sync:
                os.fsync(descriptor)
        except BaseException:
            with suppress(OSError):  # the first error is the one to tell
                path.unlink()
            raise
        finally:
            os.close(descriptor)
    return size, digest.hexdigest()


def write_atomic(path: Path, content: Chunk | str, *, sync: bool = True) -> None:
    """Replace a file by new content: readers see the old or the new, never a part.

    Args:
        path: the file; its folder has to exist.
        content: text (written as UTF-8) or bytes.
        sync: whether to wait until content and name are on the disk.

    Raises:
        WriteError: when it cannot be written; the old file is then untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    write_new(draft, [data], sync=sync)
    try:
        with writing(path):
            draft.replace(path)
            if sync:
                sync_path(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def append_line(path: Path, text: str, *, sync: bool = True) -> None:
    """Append `text` and a newline in one write; a line that does not fit leaves no trace.

    Args:
        path: the file; it is made when missing.
        text: one line, or several with newlines between them.
        sync: whether to wait until it is on the disk.

    Raises:
        WriteError: when it cannot be written; the file is then as it was.
    """
    data = f"{text}\n".encode()
    with writing(path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY
        descriptor = os.open(path, flags, 0o666)
        try:
            before = os.fstat(descriptor).st_size
            try:
                if os.write(descriptor, data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                if sync:
                    os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, before)
                raise
        finally:
            os.close(descriptor)


def sync_path(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():  # Windows knows no fsync of folders
        return
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network and FUSE file systems cannot sync folders; the files themselves are synced.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def remove_drafts(folder: Path) -> None:
    """Remove what writers killed in the middle left behind in `folder` (call under its lock)."""
    for draft in folder.glob(".*.tmp"):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)  # a rest is tried again the next time
        else:
            draft.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the hex SHA-256 digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_json(value: object) -> str:
    """Return strict JSON, indented by 2, with a newline at the end, keys in the order given.

    NaN and infinity become null; NumPy's scalars and arrays, tuples and paths are accepted.
    """
    return json.dumps(plain(value, strict=True), indent=2, ensure_ascii=False) + "\n"


def plain(value: object, *, strict: bool) -> Any:
    """Return `value` in JSON's own types.

    Args:
        value: mappings with text keys, sequences, numbers (NumPy's too), text, paths, None.
        strict: NaN and infinity become None, as JSON has no words for them.

    Raises:
        TypeError: for anything that JSON could not give back.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"JSON has only text as keys, got {list(value)[:5]}")
        return {key: plain(item, strict=strict) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, strict=strict) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) or not strict else None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays, without importing NumPy
        return plain(value.tolist(), strict=strict)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def read_json(path: Path) -> Any:
    """Return the content of a JSON file.

    Raises:
        DataError: when it is missing, unreadable or not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: could not be read: {error.strerror}.") from error
    except ValueError as error:
        raise DataError(f"{path}: must be JSON: {error}. Restore or remove the file.") from error


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; the system frees it when the process dies.

    Raises:
        LockedError: when another process holds it; says which one.
        WriteError: when the lock cannot be made.
    """
    # Half a second outlasts somebody who only looks whether it is locked.
    guard = FileLock(folder / LOCK, timeout=0.5, thread_local=False)
    owner = folder / OWNER
    with writing(folder / LOCK):
        try:
            guard.acquire()
        except Timeout:
            raise LockedError(
                f"{folder}: must not be used by two processes at once, {_owner(owner)}. "
                "Wait until that one is done, or stop it."
            ) from None
    try:
        with suppress(OSError):  # only a courtesy to whoever meets the lock
            owner.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        guard.release()


def is_locked(folder: Path) -> bool:
    """Tell whether a living process holds the folder."""
    if not (folder / LOCK).exists():
        return False
    guard = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        with guard:
            return False
    except Timeout:
        return True
    except PermissionError:
        return True  # somebody else's folder: believe what it says of itself
    except OSError:
        return False  # a read-only disk: nobody can be writing


def _owner(path: Path) -> str:
    """Return words for who holds the lock."""
    try:
        owner = json.loads(path.read_text())
        return f"process {owner['pid']} on {owner['host']} holds it"
    except (OSError, ValueError, KeyError, TypeError):
        return "another one holds it"


_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would turn \n into \r\n
