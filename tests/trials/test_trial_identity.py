"""A trial's id depends on all that its result depends on, and on nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_problems import problem

from cnnopt.config import load_config
from cnnopt.splits import Place
from cnnopt.trials import trial as module
from cnnopt.trials.trial import Trial

DATA = "0123abcd"


def identity(overrides: tuple[str, ...] = (), fold: Place | None = None, **changes: Any) -> str:
    config = load_config(problem(Path("data.npz"), **changes), overrides)
    return Trial(config.resolved(), fold).identity(DATA)


@pytest.mark.parametrize(
    "override",
    [
        "seed=1",
        "dataset.split_seed=1",
        "dataset.scale=none",
        "optimizer.adam.learning_rate=0.02",
        "optimizer.adam.beta2=0.99",
        "training.epochs=5",
        "training.select=last",
        "model.1.dense.units=9",
        "cv.folds=7",
    ],
)
def test_every_setting_counts(override: str) -> None:
    assert identity((override,)) != identity()


def test_the_name_of_the_config_does_not() -> None:
    assert identity(name="other") == identity()


def test_the_place_of_the_data_does_not() -> None:
    assert identity(("dataset.path=elsewhere/data.npz",)) == identity()


def test_short_and_long_forms_are_the_same_trial() -> None:
    assert identity(optimizer={"adam": 0.01}) == identity()
    assert identity(loss={"cross_entropy": {}}) == identity()


def test_the_order_of_keys_does_not_count() -> None:
    resolved = load_config(problem(Path("data.npz"))).resolved()
    turned = dict(reversed(resolved.items()))
    assert list(turned) != list(resolved)
    assert Trial(turned).identity(DATA) == Trial(resolved).identity(DATA)


def test_data_fold_and_numerics_count(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = load_config(problem(Path("data.npz"))).resolved()
    folds = [None, *(Place(repeat, index) for repeat in (0, 1) for index in (0, 1))]
    found = {Trial(resolved, fold).identity(DATA) for fold in folds}
    found.add(Trial(resolved).identity("another fingerprint"))
    found.add(Trial(resolved, Place(0, 0, inner=0, inner_folds=3)).identity(DATA))
    found.add(Trial(resolved, Place(0, 0, inner=0, inner_folds=4)).identity(DATA))
    monkeypatch.setattr(module, "numerics", lambda: ("numpy 3",))
    found.add(Trial(resolved).identity(DATA))
    assert len(found) == 9


def test_numerics_name_versions_and_the_kernel_of_the_blas() -> None:
    text = " ".join(module.numerics())
    assert "cnnopt " in text
    assert "numpy " in text
    assert len(module.numerics()) > 2, "NumPy's BLAS, with its kernel"
