"""Optimizers of the user's own: handed over as classes, or installed as entry points."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import keyword
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

from cnnopt.errors import UsageError
from cnnopt.optimizers.base import Optimizer
from cnnopt.optimizers.table import CLASSES

GROUP = "cnnopt.optimizers"
"""The group of entry points: `mine = "package.module:Mine"`."""

FIELDS = (bool, int, float)
"""Types that a setting may have."""

_ours = frozenset(CLASSES)


def add_optimizer(name: str, found: Any) -> None:
    """Let `name` mean a class of the user's.

    Args:
        name: what a config calls it: lower case letters, digits and underscores.
        found: a frozen dataclass with what `Optimizer` asks for; its fields are its settings, each
            a float, int or bool with a default.

    Raises:
        UsageError: the name is taken or no name, or the class is no optimizer.

    Example:
        >>> from dataclasses import dataclass
        >>> from cnnopt.optimizers import Sgd
        >>> @dataclass(frozen=True)
        ... class Half(Sgd):
        ...     def update(self, w, g, slots, scratch, step):
        ...         super().update(w, g / 2, slots, scratch, step)
        >>> add_optimizer("half", Half)
        >>> CLASSES.pop("half")(0.1)
        Half(learning_rate=0.1)
    """
    if name in _ours or not (name.isidentifier() and name.islower()) or keyword.iskeyword(name):
        raise UsageError(
            f"optimizer {name!r}: must be a new name of lower case letters, digits and underscores."
        )
    if why := _lacks(found):
        raise UsageError(f"optimizer {name!r}: {why}; see cnnopt.optimizers.Optimizer.")
    CLASSES[name] = found


def _lacks(found: Any) -> str:
    """Return what keeps a class from being an optimizer."""
    if not isinstance(found, type) or not is_dataclass(found):
        return "must be a dataclass"
    lacking = [
        n for n in ("update", "slots", "scratch", "shaped", "decays") if not hasattr(found, n)
    ]
    if lacking:
        return f"lacks {', '.join(lacking)}"
    hints = get_type_hints(found)
    for field in fields(found):
        if hints[field.name] not in FIELDS or not isinstance(field.default, FIELDS):
            return f"its field {field.name} must be a float, int or bool with a default"
    if "learning_rate" not in {field.name for field in fields(found)}:
        return "must have a field learning_rate"
    return ""


def installed() -> dict[str, type[Optimizer]]:
    """Return the optimizers of installed packages, by the names of their entry points.

    Raises:
        UsageError: one cannot be loaded.
    """
    from importlib.metadata import entry_points

    found = {}
    for entry in entry_points(group=GROUP):
        try:
            found[entry.name] = entry.load()
        except Exception as error:
            raise UsageError(
                f"optimizer {entry.name!r}: {entry.value} cannot be loaded ({error}). "
                f"Mend or remove the package that offers it."
            ) from error
    return found


def reference(found: type[Optimizer]) -> str:
    """Return where a class can be found again, and a digest of its text: `module:Mine#1a2b3c`."""
    try:
        text = inspect.getsource(found)
    except (OSError, TypeError):
        text = ""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{found.__module__}:{found.__qualname__}#{digest}"


def add_references(references: Mapping[str, str]) -> None:
    """Let names mean the classes that `reference` told of, in whatever process.

    Raises:
        UsageError: one is not there.
    """
    for name, text in references.items():
        place = text.partition("#")[0]
        module, _, qualname = place.partition(":")
        known = CLASSES.get(name)
        if known is not None and f"{known.__module__}:{known.__qualname__}" == place:
            continue
        try:
            found: Any = importlib.import_module(module)
            for part in qualname.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError) as error:
            raise UsageError(
                f"optimizer {name!r}: {place} cannot be imported by a worker ({error}). Define it "
                f"in a module, outside functions, or use one job."
            ) from error
        add_optimizer(name, found)
