"""Which files a data set is read from, and when they were changed: a cheap look, nothing read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cnnopt.data.cifar import CIFAR_SETS
from cnnopt.data.cifar import files_on_disk as cifar_files
from cnnopt.data.named import NAMED_SETS, files_on_disk
from cnnopt.data.settings import DatasetSettings
from cnnopt.data.watch import find_file

Stamp = tuple[tuple[str, int, int, int], ...]


def stamp(settings: DatasetSettings) -> Stamp:
    """Return path, size and times (of the content, of the entry; ns) of every file of a data set.

    Another stamp: the data may have changed. The same stamp: they have not, as far as the file
    system can tell. Empty for sets that lie in no file of the user's; missing files are left out.

    Args:
        settings: the config's `dataset:` entry.
    """
    path = None if settings.path is None else Path(str(settings.path)).expanduser()
    if settings.name in NAMED_SETS:
        return _of(files_on_disk(settings.name, path))
    if settings.name in CIFAR_SETS:
        return _of(cifar_files(settings.name, path))
    if settings.name == "watch":
        file = find_file(path)
        return () if file is None else _of([file])
    if path is None:
        return ()
    if path.is_dir():
        return _of([*path.glob("*"), *path.glob("*/*")])
    return _of([path])


def _of(files: Iterable[Path]) -> Stamp:
    found = []
    for file in sorted(files):
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    return tuple(found)
