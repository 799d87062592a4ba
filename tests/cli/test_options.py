"""Every option reaches the API, under the name that it has there."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cnnopt import api, api_ablate, api_folds, api_search, api_studies
from cnnopt.cli import main

SHARED = {"--set": "seed=3", "--seed": 7, "--runs-dir": "elsewhere", "--threads": 3}
STUDY = SHARED | {"--jobs": 2, "--fresh": True}

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("train", "train", SHARED),
    (
        "cv",
        "cross_validate",
        STUDY | {"--folds": 4, "--scheme": "k_fold", "--repeats": 2, "--refit": True},
    ),
    (
        "compare-optimizers",
        "compare_optimizers",
        STUDY | {"--optimizers": "adam, sgd", "--trials": 3, "--seeds": 4, "--epochs": 5},
    ),
    (
        "search",
        "search",
        STUDY
        | {"--method": "halving", "--trials": 9, "--epochs": 99, "--seconds": 60.5, "--seeds": 3},
    ),
    ("ablate", "ablate", STUDY | {"--parts": "l2, sam", "--seeds": 3}),
    ("range-test", "range_test", SHARED | {"--low": 1e-5, "--high": 2.0, "--steps": 50}),
    ("resume", "resume", {"--epochs": 9, "--runs-dir": "elsewhere", "--jobs": 2, "--threads": 3}),
]

EXPECTED = {
    "--set": ["seed=3"],
    "--runs-dir": Path("elsewhere"),
    "--optimizers": ("adam", "sgd"),
    "--parts": ("l2", "sam"),
}
NAMES = {"--set": "overrides", "--runs-dir": "runs_dir"}

Recorded = dict[str, Any]


def home(name: str) -> Any:
    """Return the module that has a function of the API."""
    return next(
        each
        for each in (api, api_folds, api_studies, api_search, api_ablate)
        if hasattr(each, name)
    )


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Recorded]:
    """Replace a function of the API by one that takes the same and only remembers it."""

    def replace(name: str) -> Recorded:
        given: Recorded = {}
        signature = inspect.signature(getattr(home(name), name))

        def fake(*arguments: Any, **named: Any) -> Any:
            given.update(signature.bind(*arguments, **named).arguments)
            return SimpleNamespace(summary={"status": "completed"}, folder=Path("runs/one"))

        monkeypatch.setattr(home(name), name, fake)
        return given

    return replace


def words(options: dict[str, Any]) -> list[str]:
    return [
        word
        for name, value in options.items()
        for word in ([name] if value is True else [name, str(value)])
    ]


@pytest.mark.parametrize(("command", "function", "options"), CASES, ids=lambda case: str(case)[:20])
def test_every_option_arrives(
    command: str, function: str, options: dict[str, Any], record: Callable[[str], Recorded]
) -> None:
    given = record(function)
    assert main.run([command, "given.yaml", *words(options), "-q"]) == 0
    first = given["run" if command == "resume" else "config"]
    assert str(first) == "given.yaml"
    for name, value in options.items():
        there = NAMES.get(name, name.removeprefix("--"))
        assert given[there] == EXPECTED.get(name, value), name
    assert not given["stop"]()


@pytest.mark.parametrize(("command", "function", "options"), CASES, ids=lambda case: str(case)[:20])
def test_what_is_not_given_is_left_to_the_api(
    command: str, function: str, options: dict[str, Any], record: Callable[[str], Recorded]
) -> None:
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(
            getattr(home(function), function)
        ).parameters.items()
    }
    given = record(function)
    assert main.run([command, *(["latest"] if command == "resume" else []), "-q"]) == 0
    for name in options:
        there = NAMES.get(name, name.removeprefix("--"))
        default = Path(defaults[there]) if there == "runs_dir" else defaults[there]
        assert given[there] == default, name


@pytest.mark.parametrize(("command", "function", "_"), CASES, ids=lambda case: str(case)[:20])
def test_json_is_the_summary_and_nothing_else(
    command: str,
    function: str,
    _: dict[str, Any],
    record: Callable[[str], Recorded],
    capsys: pytest.CaptureFixture[str],
) -> None:
    record(function)
    assert main.run([command, "given.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"status": "completed"}
