"""`--refit`: a final model on all rows of the study, for `predict`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_problems import OFFICIAL, after, blobs, cross_validate, final_bits, problem, write_npz

from cnnopt import api
from cnnopt.errors import CheckpointError, Interrupted
from cnnopt.records import load_run


def log_of(folder: Path) -> dict[str, int]:
    return dict(load_run(folder / "refit").summary["rows"])


def test_it_trains_on_all_rows_and_predict_works_on_the_study(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz")
    study = cross_validate(problem(data), folds=3, refit=True, runs_dir=tmp_path / "runs")
    rows = log_of(study.folder)
    assert rows == {"train": 81, "validation": 9}, "all of 90; validation remains for selection"
    x, labels = blobs(90)
    np.savez(tmp_path / "all.npz", x=x)
    said = api.predict("latest", [tmp_path / "all.npz"], runs_dir=tmp_path / "runs")
    assert said.values.shape == (90, 3)
    right = np.mean(said.values.argmax(axis=1) == labels)
    assert right > 0.6, "far above the third that guessing has"


@pytest.mark.parametrize("test", ["official", 0.2])
def test_an_official_test_part_stays_apart(tmp_path: Path, test: object) -> None:
    """As in the folds, whatever `dataset.test` says: it is in none of them."""
    data = write_npz(tmp_path / "data.npz", rows=60, test_rows=30)
    config = problem(data, dataset={**OFFICIAL, "test": test})
    study = cross_validate(config, folds=3, refit=True, runs_dir=tmp_path / "runs")
    rows = log_of(study.folder)
    assert rows["train"] + rows["validation"] == 60
    assert study.summary["pooled"]["n"] == 60


def test_interrupted_in_the_final_training_it_goes_on_there(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz")
    config = problem(data)
    options = {"folds": 2, "refit": True}
    unbroken = cross_validate(config, runs_dir=tmp_path / "unbroken", **options)
    calls = 0

    def in_the_refit() -> bool:
        nonlocal calls
        calls += any((tmp_path / "runs").glob("*/refit/metrics.csv"))
        return calls > 6

    with pytest.raises(Interrupted, match="cnnopt resume"):
        cross_validate(config, runs_dir=tmp_path / "runs", stop=in_the_refit, **options)
    (folder,) = (tmp_path / "runs").iterdir()
    assert load_run(folder).status == "interrupted"
    stop = after(4)
    with pytest.raises(Interrupted):
        cross_validate(config, runs_dir=tmp_path / "runs", stop=stop, **options)
    done = cross_validate(config, runs_dir=tmp_path / "runs", **options)
    assert done.folder == folder
    assert final_bits(folder) == final_bits(unbroken.folder)
    assert len(load_run(folder / "refit").meta["resumed"]) == 2, "it was not begun anew"


def test_without_it_predict_says_how_to_get_a_model(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz")
    study = cross_validate(problem(data), folds=2, runs_dir=tmp_path / "runs")
    with pytest.raises(CheckpointError, match="cnnopt cv --refit"):
        api.predict(study.folder, [data])
