"""Pictures of studies: the same from one process and from several workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_problems import CONV_NET, ablate, compare, cross_validate, problem, write_npz

from cnnopt.config import Config, load_config
from cnnopt.errors import WriteError
from cnnopt.pictures import draw_study
from cnnopt.trials.executor import Workforce

SHORT = {"epochs": 2, "batch_size": 16}
RUNS: dict[str, Any] = {
    "cv": (cross_validate, {"folds": 2}),
    "compare-optimizers": (compare, {"trials": 1}),
    "ablate": (ablate, {"sweep": {"dropout": [0, 0.2]}}),
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    data = write_npz(tmp_path_factory.mktemp("data") / "data.npz")
    return load_config(problem(data, model=CONV_NET, training=SHORT))


def drawn(folder: Path, command: str, config: Config, workers: int) -> dict[str, bytes]:
    """Draw, and take the pictures away."""
    with Workforce(workers) as force:
        draw_study(folder, command, config, force)
    found = {path.name: path.read_bytes() for path in sorted((folder / "plots").iterdir())}
    for name in found:
        (folder / "plots" / name).unlink()
    return found


@pytest.mark.parametrize("command", RUNS)
def test_workers_draw_the_same_pictures(command: str, config: Config, tmp_path: Path) -> None:
    run, options = RUNS[command]
    folder = run(config, runs_dir=tmp_path, **options).folder
    alone = drawn(folder, command, config, 1)
    assert len(alone) >= 3
    assert drawn(folder, command, config, 2) == alone


@pytest.mark.parametrize("workers", [1, 2])
def test_a_picture_that_cannot_be_written_is_told_as_ever(
    config: Config, tmp_path: Path, workers: int
) -> None:
    folder = cross_validate(config, folds=2, runs_dir=tmp_path).folder
    (folder / "plots").write_text("in the way")
    with pytest.raises(WriteError, match="plots: could not be written"):
        drawn(folder, "cv", config, workers)
