"""New run folders: made whole under a hidden name, then claimed by a rename that only one wins."""

from __future__ import annotations

import errno
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cnnopt.errors import WriteError
from cnnopt.files import sync_path, to_json, write_new, writing
from cnnopt.records.machine import environment
from cnnopt.records.run_folder import META, RunFolder, now, open_run, reserve

CONFIG, CONFIG_INPUT = "config.yaml", "config.input.yaml"
SCHEMA = 1
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
_STALE_SECONDS = 3600


def create_run(
    runs_dir: Path,
    name: str,
    identity: str,
    config_resolved: Mapping[str, Any],
    config_input: str,
    meta: Mapping[str, Any],
    **settings: float,
) -> RunFolder:
    """Make `runs_dir/YYYYmmdd-HHMMSS-<name>-<identity[:6]>` and hold it.

    A kill at any instant leaves no folder or a whole one.

    Args:
        runs_dir: the folder of all runs; it is made when missing.
        name: the config's name; what a file name cannot have becomes `-`.
        identity: hex digest of the trial or study, whole; it stands in `meta.json`.
        config_resolved: the config with all defaults, for `config.yaml`.
        config_input: the config's text as given, for `config.input.yaml`; may be empty.
        meta: what else `meta.json` says: command, seed, data fingerprint.
        settings: `checkpoint_seconds`, `sync_seconds` as of `RunFolder`.

    Raises:
        WriteError: when it cannot be made; nothing is left behind.
    """
    with writing(runs_dir):
        runs_dir.mkdir(parents=True, exist_ok=True)
    _remove_stale(runs_dir)
    draft = runs_dir / f".new-{secrets.token_hex(6)}"
    facts = _facts(name, identity) | {"argv": sys.argv[1:]} | environment() | dict(meta)
    try:
        with writing(draft):
            draft.mkdir()
        _fill(draft, config_resolved, config_input, facts, sync=True)
        path = _claim(
            draft, runs_dir, f"{datetime.now():%Y%m%d-%H%M%S}-{slug(name)}-{identity[:6]}"
        )
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return RunFolder(path, **settings)


def enter_trial(
    folder: Path,
    name: str,
    identity: str,
    config_resolved: Mapping[str, Any],
    meta: Mapping[str, Any],
    **settings: float,
) -> RunFolder:
    """Hold a trial's folder inside a study: go on with it where it was begun, else make it.

    Nothing of it is forced to the disk at first: what a power cut takes is run again. Arguments
    as of `create_run`; a folder of another identity is emptied.

    Raises:
        LockedError: when another process holds it.
        WriteError: when it cannot be made.
    """
    if (folder / META).is_file():
        run = open_run(folder, **settings)
        if run.meta.get("identity") == identity:
            return run
        run.close()
    with writing(folder):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    _fill(folder, config_resolved, "", _facts(name, identity) | dict(meta), sync=False)
    return RunFolder(folder, **settings)


def slug(name: str) -> str:
    """Return a name as a piece of a file name: letters, digits, `.`, `_` and `-`, at most 60."""
    text = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name)
    return text.strip(".-")[:60] or "run"


def _facts(name: str, identity: str) -> dict[str, Any]:
    """Return what every `meta.json` begins with."""
    return {
        "schema": SCHEMA,
        "name": name,
        "identity": identity,
        "status": "running",
        "started": now(),
        "finished": None,
    }


def _fill(
    folder: Path,
    config_resolved: Mapping[str, Any],
    config_input: str,
    meta: Mapping[str, Any],
    *,
    sync: bool,
) -> None:
    """Write the first files; `meta.json`, which makes it a run, comes last."""
    from cnnopt.config import dump_yaml

    reserve(folder)
    write_new(folder / CONFIG, [dump_yaml(dict(config_resolved)).encode()], sync=sync)
    if config_input:
        write_new(folder / CONFIG_INPUT, [config_input.encode()], sync=sync)
    write_new(folder / META, [to_json(meta).encode()], sync=sync)
    if sync:
        with writing(folder):
            sync_path(folder)


def _claim(draft: Path, runs_dir: Path, name: str) -> Path:
    """Rename the draft to `name`, or `name-2` ... where that is taken."""
    number = 1
    while True:
        path = runs_dir / (name if number == 1 else f"{name}-{number}")
        try:
            # Fails on a folder with files; a bare file in the way is met by the same test.
            draft.rename(path)
        except OSError as error:
            if error.errno not in _TAKEN and not path.is_file():
                raise WriteError(f"{path}: could not be made: {error.strerror}.") from error
            number += 1
            continue
        with writing(path):
            sync_path(runs_dir)
        return path


def _remove_stale(runs_dir: Path) -> None:
    """Remove drafts that a kill left behind an hour ago or earlier."""
    for draft in runs_dir.glob(".new-*"):
        try:
            stale = time.time() - draft.stat().st_mtime > _STALE_SECONDS
        except FileNotFoundError:  # its writer has just claimed it
            continue
        if stale:
            shutil.rmtree(draft, ignore_errors=True)
