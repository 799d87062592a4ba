"""Where `dataset.path` points to: relative to what says it, kept as an absolute path."""

from __future__ import annotations

import os
from pathlib import Path

from cnnopt.config.node import Node
from cnnopt.config.overrides import SET
from cnnopt.errors import Fault


def anchor_data(root: Node, faults: list[Fault]) -> None:
    """Make `dataset.path` absolute, so that a run can be resumed from any folder.

    It is relative to the file that says it, as `extends` is; from `--set` or a mapping, to the
    working directory. `~` is the home folder.

    Args:
        root: the config in long form, variables filled; it is changed.
        faults: a path that no system can have is added here.
    """
    dataset = root.value.get("dataset") if isinstance(root.value, dict) else None
    path = dataset.value.get("path") if dataset and isinstance(dataset.value, dict) else None
    if path is None or path.told or not isinstance(path.value, str) or not path.value:
        return
    if "\0" in path.value:
        faults.append(path.fault("dataset.path", "must not hold a null character"))
        path.told = True
        return
    folder = Path(path.file).parent if path.file not in ("", SET) else Path()
    place = (folder / os.path.expanduser(path.value)).absolute()  # noqa: PTH111 - never raises
    # With `..` only the file system can say what is meant; elsewhere links stay as they are.
    path.value = str(place.resolve() if ".." in place.parts else place)
