"""Optimizers of the user's own: added by class, found by entry point, compared beside others."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_problems import in_a_hurry, problem, write_npz

import cnnopt
from cnnopt.config import load_config
from cnnopt.config.optimizers import OPTIMIZERS
from cnnopt.errors import ConfigError, UsageError
from cnnopt.optimizers import Sgd
from cnnopt.optimizers.plugins import add_optimizer, add_references, reference
from cnnopt.optimizers.table import CLASSES


@dataclass(frozen=True)
class Halved(Sgd):
    """SGD at half the rate."""

    share: float = 0.5

    def update(self, w: Any, g: Any, slots: Any, scratch: Any, step: Any) -> None:
        super().update(w, g * self.share, slots, scratch, step)


@pytest.fixture(autouse=True)
def forget() -> Any:
    yield
    for name in ("halved", "mine"):
        CLASSES.pop(name, None)
        dict.pop(OPTIMIZERS, name, None)


def base(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    return problem(write_npz(tmp_path / "blobs.npz"), **changes)


def test_an_added_class_has_settings_of_its_own(tmp_path: Path) -> None:
    add_optimizer("halved", Halved)
    config = load_config(base(tmp_path, optimizer={"halved": {"share": 0.25}}))
    assert config.resolved()["optimizer"] == {"halved": {"learning_rate": 1e-2, "share": 0.25}}
    assert load_config(base(tmp_path, optimizer={"halved": 0.3})).optimizer.learning_rate == 0.3
    with pytest.raises(ConfigError, match="shares"):
        load_config(base(tmp_path, optimizer={"halved": {"shares": 1}}))


def test_an_unknown_name_is_still_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown optimizer"):
        load_config(base(tmp_path, optimizer="halved"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_is_compared_beside_the_others(tmp_path: Path, jobs: int) -> None:
    """Half the rate, twice the share: the same numbers as SGD's, bit by bit."""
    with in_a_hurry():
        run = cnnopt.compare_optimizers(
            base(tmp_path, dataset={"test": 0.2, "validation": 0.2}),
            optimizers=["sgd", "adam"], extra={"halved": Halved},
            trials=1, seeds=2, epochs=1, jobs=jobs, runs_dir=tmp_path / "runs",
        )  # fmt: skip
    names = {entry["name"] for entry in run.summary["optimizers"]}
    assert names == {"sgd", "adam", "halved"}
    meta = json.loads((run.folder / "meta.json").read_text())
    assert meta["options"]["extra"]["halved"].endswith(reference(Halved).partition(":")[2])


def test_an_entry_point_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnopt.optimizers.plugins.installed", lambda: {"mine": Halved})
    monkeypatch.setattr("cnnopt.config.own_optimizers.Table.loaded", False)
    assert load_config(base(tmp_path, optimizer="mine")).optimizer.kind == "mine"


@pytest.mark.parametrize(
    ("name", "found", "said"),
    [
        ("adam", Halved, "must be a new name"),
        ("Half", Halved, "must be a new name"),
        ("half", object, "must be a dataclass"),
        ("half", dataclass(type("Empty", (), {})), "lacks update"),
    ],
)
def test_what_is_no_optimizer_is_refused(name: str, found: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        add_optimizer(name, found)


def test_a_reference_that_leads_nowhere_is_told() -> None:
    with pytest.raises(UsageError, match="cannot be imported by a worker"):
        add_references({"mine": "no_such_module:Mine#0"})
