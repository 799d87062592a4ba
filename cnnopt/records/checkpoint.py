"""Checkpoints: `step-000123/{state.safetensors,state.json,MANIFEST.json}`, whole or not there.

A checkpoint is written into a hidden draft, then renamed: a kill leaves the one before. Sizes and
SHA-256 digests in the manifest find what a disk or a power cut did to it afterwards.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnopt.arrays import Array
from cnnopt.errors import CheckpointError
from cnnopt.files import plain, sha256, sync_path, to_json, write_new, writing
from cnnopt.records.tensors import tensor_chunks
from cnnopt.training.events import Snapshot

FORMAT = 1
ARRAYS, STATE, MANIFEST = "state.safetensors", "state.json", "MANIFEST.json"


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint, read.

    Attributes:
        folder: where it stands.
        snapshot: what training goes on from.
        extra: what was saved beside it: names and shapes of the parameters, scaler, classes ...
        rows: how many rows `metrics.csv` had.
        best: whether its epoch was the best so far.
    """

    folder: Path
    snapshot: Snapshot
    extra: Mapping[str, Any]
    rows: int
    best: bool

    @property
    def step(self) -> int:
        """Steps done."""
        return int(self.snapshot.numbers["step"])


def save(
    folder: Path,
    snapshot: Snapshot,
    extra: Mapping[str, Any],
    *,
    rows: int = 0,
    best: bool = False,
    sync: bool = True,
) -> Path:
    """Write `folder/step-000123`; a checkpoint of the same step is replaced.

    Args:
        folder: the run's `checkpoints` folder; it has to exist.
        snapshot: the state; `numbers["step"]` names the checkpoint.
        extra: JSON-ready, saved beside the numbers.
        rows: rows of `metrics.csv` so far.
        best: whether the epoch was the best so far.
        sync: whether to wait until all of it is on the disk: five fsyncs.

    Raises:
        WriteError: when it cannot be written; earlier checkpoints are untouched.
    """
    final = place(folder, snapshot)
    draft = folder / f".{final.name}.tmp"
    shutil.rmtree(draft, ignore_errors=True)
    with writing(draft):
        draft.mkdir()
    try:
        # NaN and infinity have to come back (a best loss of infinity): Python's own JSON words.
        state = {"format": FORMAT, "numbers": snapshot.numbers, "extra": extra}
        text = json.dumps(plain(state, strict=False)).encode()
        written = {
            ARRAYS: write_new(draft / ARRAYS, tensor_chunks(snapshot.arrays), sync=sync),
            STATE: write_new(draft / STATE, [text], sync=sync),
        }
        manifest = {
            "format": FORMAT,
            "step": int(snapshot.numbers["step"]),
            "rows": rows,
            "best": best,
            "files": {
                name: {"size": size, "sha256": digest} for name, (size, digest) in written.items()
            },
        }
        write_new(draft / MANIFEST, [to_json(manifest).encode()], sync=sync)
        with writing(final):
            if sync:
                sync_path(draft)
            remove(final)
            draft.rename(final)
            if sync:
                sync_path(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return final


def place(folder: Path, snapshot: Snapshot) -> Path:
    """Return where the checkpoint of a snapshot belongs."""
    return folder / f"step-{int(snapshot.numbers['step']):06d}"


def load(folder: Path) -> Checkpoint:
    """Read one checkpoint after comparing its files with the manifest.

    Raises:
        CheckpointError: names the file that is missing, cut short, altered or of another version.
    """
    manifest = _read_manifest(folder)
    for name, wanted in manifest["files"].items():
        path = folder / name
        try:
            size, digest = path.stat().st_size, sha256(path)
        except OSError as error:
            raise CheckpointError(f"{path}: cannot be read: {error.strerror}. {_REMEDY}") from error
        if size != wanted["size"]:
            raise CheckpointError(
                f"{path}: must have {wanted['size']} bytes, got {size}. {_REMEDY}"
            )
        if digest != wanted["sha256"]:
            raise CheckpointError(
                f"{path}: must have the SHA-256 of its manifest, {wanted['sha256'][:12]}..., "
                f"got {digest[:12]}.... {_REMEDY}"
            )
    state = json.loads((folder / STATE).read_bytes())
    return Checkpoint(
        folder=folder,
        snapshot=Snapshot(arrays=_read_arrays(folder / ARRAYS), numbers=state["numbers"]),
        extra=state["extra"],
        rows=int(manifest["rows"]),
        best=bool(manifest["best"]),
    )


def latest(folder: Path, *, rows: int | None = None) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """Return the newest checkpoint that verifies, and a warning for each newer one that does not.

    Args:
        folder: the run's `checkpoints` folder.
        rows: rows that `metrics.csv` has; a checkpoint that counted more cannot be gone on from.

    Returns:
        The checkpoint, or None when none was ever written; and the warnings.

    Raises:
        CheckpointError: when there are checkpoints and none can be used.
    """
    faults: list[str] = []
    for path in reversed(steps(folder)):
        try:
            found = load(path)
        except CheckpointError as error:
            faults.append(str(error))
            continue
        if rows is None or found.rows <= rows:
            return found, tuple(f"{fault} An earlier checkpoint is used." for fault in faults)
        faults.append(
            f"{path}: metrics.csv must have the {found.rows} rows of this checkpoint, got {rows}."
        )
    if faults:
        raise CheckpointError(
            "\n".join(faults)
            + f"\nNo checkpoint can be used. Remove {folder} to begin again, or start a new run."
        )
    return None, ()


def steps(folder: Path) -> list[Path]:
    """Return the checkpoints of a folder, the oldest first."""
    found = [path for path in folder.glob("step-*") if path.name[5:].isdigit()]
    return sorted(found, key=lambda path: int(path.name[5:]))


def is_best(folder: Path) -> bool:
    """Tell whether a checkpoint's epoch was the best so far; False when that cannot be read."""
    try:
        return bool(_read_manifest(folder)["best"])
    except CheckpointError:
        return False


def remove(folder: Path) -> None:
    """Remove a checkpoint, hidden first so that no reader meets half of it."""
    if folder.exists():
        hidden = folder.with_name(f".{folder.name}.old.tmp")
        shutil.rmtree(hidden, ignore_errors=True)
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


_REMEDY = "Restore it, or remove its checkpoint's folder to go on from the one before."


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return a manifest that has all that `load` needs."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        form = manifest["format"]
        files = manifest["files"]
        complete = {"rows", "best", "step"} <= set(manifest) and set(files) == {ARRAYS, STATE}
        complete = complete and all({"size", "sha256"} <= set(files[name]) for name in files)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}. {_REMEDY}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path}: must be a checkpoint's manifest. {_REMEDY}") from error
    if form != FORMAT:
        raise CheckpointError(
            f"{path}: must be of format {FORMAT}, got {form!r}. "
            "Use the version of cnnopt that wrote it (see meta.json)."
        )
    if not complete:
        raise CheckpointError(f"{path}: must name {ARRAYS}, {STATE}, step, rows, best. {_REMEDY}")
    return dict(manifest)


def _read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of a verified safetensors file, writable and of this process."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(path))
    except SafetensorError as error:
        raise CheckpointError(f"{path}: must be a safetensors file: {error}. {_REMEDY}") from error
