"""How to say that a named set's files are not on disk: which, where to, and what else would do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnopt.data.faults import data_error
from cnnopt.data.places import ENVIRONMENT
from cnnopt.errors import DataError


def absent(
    name: str,
    missing: Sequence[str],
    folders: Sequence[Path],
    *,
    given: bool,
    remedy: str,
) -> DataError:
    """Return the fault of missing files.

    Args:
        name: the data set.
        missing: names of the files.
        folders: where they were looked for, best first.
        given: whether the user's `dataset.path` said so.
        remedy: what to do.
    """
    rule = f"{name} is not on disk: {', '.join(missing)} must lie in {folders[0]}"
    if not given:
        looked = ", ".join(map(str, folders))
        remedy += f" (looked in {looked}; {ENVIRONMENT} names another parent folder)"
    return data_error("", rule, remedy=remedy, place="dataset.path" if given else "dataset.name")
