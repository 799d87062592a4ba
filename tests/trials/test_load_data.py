"""The data set that is kept in memory is the one that is on disk."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_problems import cross_validate, problem, write_npz

from cnnopt.config import load_config
from cnnopt.data.idx import read_idx
from cnnopt.errors import TrialsCrashed
from cnnopt.trials.events import TrialDone
from cnnopt.trials.trial import load_data

IDX = Path(__file__).parents[1] / "data"


def test_an_untouched_file_is_read_once(tmp_path: Path) -> None:
    config = load_config(problem(write_npz(tmp_path / "data.npz")))
    assert load_data(config) is load_data(config)


def test_a_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    config = load_config(problem(write_npz(tmp_path / "data.npz")))
    before = load_data(config)
    write_npz(tmp_path / "data.npz", rows=60)
    assert load_data(config).rows == 60 != before.rows


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    file = write_npz(tmp_path / "data.npz")
    config = load_config(problem(file))
    before, status = load_data(config), file.stat()
    other = write_npz(tmp_path / "other.npz", seed=1)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert load_data(config).fingerprint != before.fingerprint


def test_an_image_that_comes_into_a_folder_is_seen(tmp_path: Path) -> None:
    def add(place: str) -> None:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        Image.fromarray(np.zeros((6, 6), np.uint8)).save(tmp_path / place)

    for place in ("a/1.png", "b/1.png"):
        add(place)
    dataset = {"name": "images", "path": str(tmp_path)}
    config = load_config({**problem(tmp_path), "dataset": dataset})
    assert load_data(config).rows == 2
    add("b/2.png")
    assert load_data(config).rows == 3


def test_a_named_set_that_was_changed_is_seen(tmp_path: Path) -> None:
    for file in IDX.glob("mnist500-*"):
        (tmp_path / file.name.replace("mnist500", "train")).write_bytes(file.read_bytes())
    dataset = {"name": "mnist", "path": str(tmp_path), "test": 0.2}
    config = load_config({**problem(tmp_path), "dataset": dataset})
    before = load_data(config)
    labels = tmp_path / "train-labels-idx1-ubyte.gz"
    values = read_idx(labels)
    content = gzip.decompress(labels.read_bytes())
    changed = content[: -len(values)] + bytes((9 - values).tolist())
    labels.unlink()
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(changed)
    assert (load_data(config).y == 9 - before.y).all()


def test_a_study_on_data_that_change_ends_and_mixes_nothing(tmp_path: Path) -> None:
    file = write_npz(tmp_path / "data.npz")

    def spoil(event: Any) -> None:
        if isinstance(event, TrialDone) and event.index == 1:
            write_npz(file, rows=60)

    with pytest.raises(TrialsCrashed, match=r"2 of 3 .*data\.npz: was changed while the study"):
        cross_validate(problem(file), folds=3, runs_dir=tmp_path / "runs", listener=spoil)
