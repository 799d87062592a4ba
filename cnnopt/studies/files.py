"""Study files: which study a file asks for, and its options, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnnopt.config.names import suggestion
from cnnopt.errors import ConfigError, Fault
from cnnopt.studies.values import values_as_texts

COMMANDS: dict[str, tuple[str, ...]] = {
    "ablate": ("parts", "seeds", "sweep"),
    "compare": ("arms", "seeds", "tune"),
    "compare-optimizers": ("optimizers", "trials", "seeds", "epochs", "budget"),
    "compare-schemes": ("schemes", "draws"),
    "cv": ("folds", "scheme", "repeats", "refit", "tune", "inner_folds"),
    "momentum-why": ("learning_rate", "momentum", "steps", "seeds"),
    "normalization": ("batch_sizes", "rates", "groups", "seeds"),
    "search": ("space", "method", "trials", "epochs", "seconds", "seeds"),
}
"""The studies that a file may ask for, with their options: those of the command."""

_NEEDED: dict[str, dict[str, str]] = {
    "compare": {"arms": "Write arms: {small: [], large: [model.0.dense=64]}, for instance"},
    "search": {"space": "Write space: {optimizer.adam: log(1e-4, 1e-1)}, for instance"},
    "compare-schemes": {"schemes": "Write schemes: {five: [cv.folds=5]}, for instance"},
}

COUNTS = (
    *("seeds", "trials", "epochs", "budget", "steps"),
    "groups",
    *("folds", "repeats", "inner_folds", "draws"),
)


def study_options(study: Mapping[str, Any], file: str) -> tuple[str, dict[str, Any]]:
    """Return the command and the options of a study file.

    Args:
        study: what stands under `study`.
        file: whose it is, for messages.

    Raises:
        ConfigError: no such command or option, or an option of another kind; all at once.
    """
    given = dict(study)
    command = given.pop("command", None)
    if not isinstance(command, str) or command not in COMMANDS:
        shown = "nothing" if command is None else str(command)[:60]
        known = f"Known: {', '.join(COMMANDS)}"
        near = suggestion(shown, COMMANDS) if isinstance(command, str) else known
        raise ConfigError(Fault("study.command", "must name a study", shown, near, file))
    faults = []
    for name, value in given.items():
        path = f"study.{name}"
        if name not in COMMANDS[command]:
            near = suggestion(name, COMMANDS[command])
            faults.append(Fault(path, f"{command} has no such option", "", near, file))
        elif (rule := _broken(name, value)) is not None:
            faults.append(Fault(path, rule, str(value)[:60], "", file))
    for name, remedy in _NEEDED.get(command, {}).items():
        if name not in given:
            faults.append(Fault(f"study.{name}", "must be given", "", remedy, file))
    if faults:
        raise ConfigError(*faults)
    return command, {name: _READ.get(name, _same)(value) for name, value in given.items()}


def _broken(name: str, value: Any) -> str | None:
    """Return the rule that an option breaks."""
    if name in COUNTS and (type(value) is not int or value < 1):
        return "must be a whole number, at least 1"
    if name in ("learning_rate", "seconds") and not (_number(value) and 0 < value < float("inf")):
        return "must be a number above 0"
    if name == "momentum" and not (_number(value) and 0 < value < 1):
        return "must be a number above 0 and below 1"
    if name == "refit" and type(value) is not bool:
        return "must be true or false"
    if name in ("scheme", "method") and not isinstance(value, str):
        return f"must be the name of a {name}"
    if name == "space" and not _axes(value):
        return "must be paths of settings, each with a range such as log(1e-4, 1e-1) or values"
    if name == "optimizers" and not _texts(value):
        return "must be a list of names"
    if name == "schemes" and not _lists(value, _texts):
        return "must name one or more schemes, each with a list of changes such as cv.folds=5"
    if name == "arms" and not _lists(value, _texts):
        return "must name two or more arms, each with a list of changes such as training.epochs=5"
    if name == "parts" and not (_texts(value) and value):
        return "must be a list of names of parts, such as [l2, dropout]"
    if name == "batch_sizes" and not _numbers(value, int):
        return "must be a list of whole numbers, such as [2, 8, 32, 128]"
    if name == "rates" and not _numbers(value, int, float):
        return "must be a list of numbers, such as [0.01, 0.1, 1]"
    if name == "sweep" and not (_lists(value, bool) and len(value) == 1):
        return "must be one path with a list of values, such as {l2: [0, 1e-4, 1e-3]}"
    if name == "tune" and not _lists(value, bool):
        return "must be paths of settings, each with a list of values"
    return None


def _number(value: Any) -> bool:
    return type(value) in (int, float)


def _numbers(value: Any, *kinds: type) -> bool:
    return isinstance(value, list) and all(type(item) in kinds and item > 0 for item in value)


def _texts(value: Any) -> bool:
    """Return whether it is a list of texts; it may be empty: an arm without changes."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _lists(value: Any, check: Callable[[Any], Any]) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(items, list) and check(items) for items in value.values())


def _axes(value: Any) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(axis, str | list) and axis for axis in value.values())


def _same(value: Any) -> Any:
    return value


def _as_texts(tune: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the values as `--set` takes them: YAML, of which JSON is a part."""
    return {path: values_as_texts(values) for path, values in tune.items()}


_READ: dict[str, Callable[[Any], Any]] = {"tune": _as_texts, "sweep": _as_texts}
