"""Annotations that settings carry besides their type: the rule in words, the table of names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError


@dataclass(frozen=True)
class Rule:
    """What a value has to be, in the words of a message: `must be a number in [0, 1)`."""

    text: str


@dataclass(frozen=True)
class Named:
    """The value is chosen by name from a table, with settings of its own.

    Attributes:
        word: what one entry is called in messages: `layer`.
        kinds: name in the config -> its settings model.
        many: whether the value is a list of such entries.
        rows: whether the value is a list of such lists; `many` holds, too.
        inside: the key that holds the name among the settings; empty when the name is itself the
            key of its settings, as in `{adam: {learning_rate: 1e-3}}`.
        switch: whether true and false may stand instead of an entry.
    """

    word: str
    kinds: Mapping[str, Any]
    many: bool = False
    inside: str = ""
    switch: bool = False
    rows: bool = False


def broken(rule: str, remedy: str = "") -> PydanticCustomError:
    """Return the error that a validator raises when `rule` does not hold."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "remedy": remedy})


def named_by(field: FieldInfo) -> Named | None:
    """Return the table that the field's value is chosen from, or None."""
    return next((mark for mark in field.metadata if isinstance(mark, Named)), None)


def rule_of(field: FieldInfo) -> str:
    """Return the rule in words that the field's type carries; empty when it carries none."""
    return next((mark.text for mark in _marks(field) if isinstance(mark, Rule)), "")


def _marks(field: FieldInfo) -> Iterator[Any]:
    """Walk the metadata of the field and of the types it is made of, as in `Positive | None`."""
    yield from field.metadata
    waiting = [field.annotation]
    while waiting:
        annotation = waiting.pop()
        yield from getattr(annotation, "__metadata__", ())
        waiting.extend(get_args(annotation))
