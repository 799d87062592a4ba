"""Problems that train in a blink, the public functions without their pictures, and final bits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from safetensors.numpy import load_file

from cnnopt import api, api_ablate, api_search, api_studies
from cnnopt.api import Run
from cnnopt.files import sha256
from cnnopt.records.checkpoint import ARRAYS, STATE, steps
from cnnopt.records.tables import read_table

SIDE = 6
TIMES = ("seconds", "folder")
"""The keys of `summary.json` that may differ between two runs of the same trial."""
NET = ["flatten", {"dense": 8}, "relu", {"dropout": 0.2}, {"dense": "classes"}]
CONV_NET = [
    {"conv2d": {"filters": 4, "kernel": 3}},
    "relu",
    {"max_pool2d": 2},
    "flatten",
    {"dropout": 0.2},
    {"dense": "classes"},
]


def blobs(rows: int, *, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy images of one pattern per class, and the labels; no two images are equal."""
    generator = np.random.default_rng(seed)
    patterns = np.random.default_rng(99).normal(size=(classes, SIDE, SIDE))
    labels = generator.permutation(np.arange(rows) % classes)
    return patterns[labels] + generator.normal(scale=1.5, size=(rows, SIDE, SIDE)), labels


def write_npz(path: Path, *, rows: int = 90, test_rows: int = 0, **settings: Any) -> Path:
    """Write a data set of blobs; with `test_rows`, also an official test part."""
    x, y = blobs(rows + test_rows, **settings)
    arrays = {"x": x[:rows], "y": y[:rows]}
    if test_rows:
        arrays |= {"x_test": x[rows:], "y_test": y[rows:]}
    np.savez(path, **arrays)
    return path


def problem(data: Path, **changes: Any) -> dict[str, Any]:
    """Return a config on an .npz file; `changes` replace whole keys, those of `dataset` join."""
    dataset = {"name": "npz", "path": str(data)} | changes.pop("dataset", {})
    return {
        "name": "small",
        "dataset": dataset,
        "model": NET,
        "loss": "cross_entropy",
        "optimizer": {"adam": {"learning_rate": 0.01}},
        "training": {"epochs": 4, "batch_size": 16},
    } | changes


OFFICIAL = {"x_test": "x_test", "y_test": "y_test"}


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Draw nothing and wait for no disk: both cost more than a small training.

    Pictures have tests of their own, and no test here cuts the power.
    """

    def nothing(*_: Any) -> None: ...

    with (
        patch("cnnopt.api.draw_study", nothing),
        patch("cnnopt.api_folds.draw_study", nothing),
        patch("cnnopt.api_studies.draw_study", nothing),
        patch("cnnopt.api_folds.draw_study", nothing),
        patch("cnnopt.api_search.draw_study", nothing),
        patch("cnnopt.api_ablate.draw_study", nothing),
        patch("cnnopt.pictures.draw_runs", nothing),
        patch("os.fsync", nothing),
    ):
        yield


def train(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api.train(*arguments, **{"threads": 1} | options)


def cross_validate(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api_studies.cross_validate(*arguments, **{"jobs": 1} | options)


def compare(*arguments: Any, **options: Any) -> Run:
    few = {"optimizers": ("sgd", "adam"), "trials": 2, "seeds": 2, "jobs": 1}
    with in_a_hurry():
        return api_studies.compare_optimizers(*arguments, **few | options)


def compare_arms(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api_studies.compare(*arguments, **{"seeds": 2, "jobs": 1} | options)


def ablate(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api_ablate.ablate(*arguments, **{"seeds": 2, "jobs": 1} | options)


def search(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api_search.search(*arguments, **{"jobs": 1, "seeds": 1} | options)


def run_study(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api_studies.run_study(*arguments, **{"jobs": 1} | options)


def resume(*arguments: Any, **options: Any) -> Run:
    with in_a_hurry():
        return api.resume(*arguments, **options)


def after(calls: int) -> Callable[[], bool]:
    """Return a `stop` that says so from its `calls`-th question on."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= calls

    return stop


def without_times(value: Any) -> Any:
    """Return a summary without the keys that tell times and places, at any depth."""
    if isinstance(value, Mapping):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_times(item) for item in value]
    return value


def final_bits(folder: Path) -> dict[str, Any]:
    """Return all that has to be the same in two runs of the same command, by file.

    The last checkpoint holds the last and the best weights and the optimizer's state.
    """
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.csv")):
        if path.name != "timings.csv":
            found[str(path.relative_to(folder))] = path.read_bytes()
    for path in sorted(folder.rglob("summary.json")):
        content = without_times(json.loads(path.read_text()))
        found[str(path.relative_to(folder))] = json.dumps(content)  # keeps the order of keys
    for path in sorted(folder.rglob("checkpoints")):
        last = steps(path)[-1:]
        for step in last:
            for name in (ARRAYS, STATE):
                found[str((step / name).relative_to(folder))] = sha256(step / name)
    return found


def arrays_of(folder: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a run's last checkpoint."""
    return dict(load_file(steps(folder / "checkpoints")[-1] / ARRAYS))


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return a table, its numbers as numbers; ids stay text, also where they are all digits."""
    return [
        {key: value if key in ("trial", "label") else number(value) for key, value in row.items()}
        for row in read_table(folder / name)
    ]


def number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def all_files(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder, but those of the lock: to see that nothing was touched."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".lock", ".owner")
    }
