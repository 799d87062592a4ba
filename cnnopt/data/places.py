"""Where data lie: the config's path, else $CNNOPT_DATA/<name>, else the user's cache folder."""

from __future__ import annotations

import os
from pathlib import Path

ENVIRONMENT = "CNNOPT_DATA"


def places(name: str, path: Path | None = None) -> tuple[Path, ...]:
    """Return the folders to look into for the set `name`, best first; they need not exist.

    Args:
        name: a set's name from the fixed table.
        path: `dataset.path`; where it is given, nothing else is looked at.
    """
    if path is not None:
        return (path,)
    from platformdirs import user_cache_path

    shared = os.environ.get(ENVIRONMENT)
    roots = [Path(shared).expanduser()] if shared else []
    roots.append(user_cache_path("cnnopt", appauthor=False))
    # All EMNIST files have the split in their names and come in one archive: one folder may serve.
    names = (name, "emnist") if name.startswith("emnist-") else (name,)
    return tuple(root / folder for root in roots for folder in names)
