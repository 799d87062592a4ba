"""Sweeps along one strength: chosen on validation, sides told by gap and training error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import ablate, problem, rows_of, write_npz

from cnnopt.api import Run
from cnnopt.plots.sweep import APART, positions
from cnnopt.studies.ablation_arms import Options, sweep_of
from cnnopt.studies.ablation_summary import _side

STRENGTHS = ["0", "1e-3", "10"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=150)


@pytest.fixture(scope="module")
def swept(data: Path) -> Run:
    config = problem(data, dataset={"test": 0.3, "validation": 0.3},
                     training={"epochs": 6, "batch_size": 16})  # fmt: skip
    return ablate(config, sweep={"l2": ["10", "0", "1e-3"]}, seeds=3, runs_dir=data.parent / "runs")


def mean(study: Run, arm: str, column: str) -> float:
    rows = [row for row in rows_of(study.folder, "results.csv") if row["arm"] == arm]
    return float(np.mean([row[column] for row in rows]))


def test_strengths_are_arms_from_weak_to_strong(swept: Run) -> None:
    arms = swept.summary["arms"]
    assert [arm["name"] for arm in arms] == [f"l2={strength}" for strength in STRENGTHS]
    assert [arm["strength"] for arm in arms] == [0.0, 1e-3, 10.0]
    stated = [(effect["arm"], effect["against"]) for effect in swept.summary["effects"]]
    assert stated == [("l2=1e-3", "l2=0"), ("l2=10", "l2=0")]
    trial = rows_of(swept.folder, "results.csv")[-1]["trial"]
    config = (swept.folder / "trials" / trial / "config.yaml").read_text()
    assert "l2: {strength: 10.0}" in config


def test_the_best_is_chosen_on_validation_alone(swept: Run) -> None:
    told = swept.summary["sweep"]
    names = [arm["name"] for arm in swept.summary["arms"]]
    best = max(names, key=lambda name: mean(swept, name, "validation_accuracy"))
    assert told["best"] == best
    assert told["edge"] == (best in (names[0], names[-1]))
    assert told["path"] == "regularizers.l2"
    assert swept.summary["verdict"].startswith(f"{best} is best on validation accuracy")


def test_far_too_strong_is_under_fitting(swept: Run) -> None:
    assert swept.summary["sweep"]["stronger"] == "under-fitting"
    assert "l2=10 is under-fitting: gap " in swept.summary["verdict"]


@pytest.mark.parametrize(
    ("end", "best", "sign", "side"),
    [
        ({"gap": 0.2, "train": 1.0}, {"gap": 0.1, "train": 0.95}, 1, "over-fitting"),
        ({"gap": 0.01, "train": 0.6}, {"gap": 0.1, "train": 0.95}, 1, "under-fitting"),
        # The gap grew as well, but most of the error is training error.
        ({"gap": 0.12, "train": 0.6}, {"gap": 0.1, "train": 0.95}, 1, "under-fitting"),
        ({"gap": 0.3, "train": 0.1}, {"gap": 0.1, "train": 0.2}, -1, "over-fitting"),
        ({"gap": 0.1, "train": 0.9}, {"gap": 0.1, "train": 0.2}, -1, "under-fitting"),
        ({"gap": 0.1, "train": 0.95}, {"gap": 0.1, "train": 0.95}, 1, None),
        ({"gap": 0.05, "train": 0.94}, {"gap": 0.1, "train": 0.95}, 1, None),
    ],
)
def test_sides_by_hand(
    end: dict[str, Any], best: dict[str, Any], sign: int, side: str | None
) -> None:
    assert _side([end, best], 0, 1, sign) == side
    assert _side([end, best], 1, 1, sign) is None


@pytest.mark.parametrize(
    ("given", "path", "name"),
    [
        ("l2", "regularizers.l2", "l2"),
        ("dropout", "model.dropout", "dropout"),
        ("optimizer.adam.learning_rate", "optimizer.adam.learning_rate", "learning_rate"),
        ("epochs", "epochs", "epochs"),
    ],
)
def test_short_names(given: str, path: str, name: str) -> None:
    sweep = sweep_of(Options(sweep={given: ["1", "0.5"]}))
    assert (sweep.path, sweep.name) == (path, name)
    assert dict(sweep.strengths) == {f"{name}=0.5": 0.5, f"{name}=1": 1.0}


def test_zero_stands_left_of_all_others() -> None:
    assert positions([0, 1e-3, 1e-1]) == pytest.approx([-3 - APART, -3, -1])
    assert positions([1e-2, 1]) == pytest.approx([-2, 0])
