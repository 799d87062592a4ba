"""Plain dicts, lists and scalars to YAML that people can read and this project reads back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from cnnopt.config.scalars import is_plain_text

WIDTH = 100


def dump_yaml(data: Mapping[str, Any]) -> str:
    """Return `data` as YAML: short collections in one line, longer ones in a block.

    Numbers keep their shortest exact form; text is quoted where any YAML version would read it as
    something else. `parse_yaml` gives the same values again.

    Args:
        data: keys are text; values dicts, lists, tuples, text, numbers, truth values or None.
    """
    return "".join(f"{line}\n" for line in _mapping(data, 0)) if data else "{}\n"


def _mapping(data: Mapping[str, Any], indent: int) -> Iterator[str]:
    head = " " * indent
    for key, value in data.items():
        line = f"{head}{_text(key)}: {_flow(value)}"
        if not _is_long(value, line):
            yield line
        elif isinstance(value, Mapping):
            yield f"{head}{_text(key)}:"
            yield from _mapping(value, indent + 2)
        else:
            yield f"{head}{_text(key)}:"
            yield from _list(value, indent + 2)


def _list(items: list[Any] | tuple[Any, ...], indent: int) -> Iterator[str]:
    head = " " * indent
    for item in items:
        line = f"{head}- {_flow(item)}"
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item, indent + 2)
            yield f"{head}- {first.lstrip()}"
            yield from rest
        elif _is_long(item, line):
            first, *rest = _list(item, indent + 2)
            yield f"{head}- {first.lstrip()}"
            yield from rest
        else:
            yield line


def _is_long(value: Any, line: str) -> bool:
    """Whether the collection goes into a block: too wide, or a list of named entries."""
    if not value or not isinstance(value, Mapping | list | tuple):
        return False
    entries = not isinstance(value, Mapping) and any(isinstance(item, Mapping) for item in value)
    return entries or len(line) > WIDTH


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _number(value)
    return str(value) if isinstance(value, int) else _text(str(value))


def _number(value: float) -> str:
    """Return the shortest exact form; YAML 1.1 wants a point before the exponent."""
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    digits, e, exponent = repr(value).partition("e")
    return f"{digits}.0e{exponent}" if e and "." not in digits else f"{digits}{e}{exponent}"


def _text(text: str) -> str:
    return text if is_plain_text(text) else f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
