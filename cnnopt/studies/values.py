"""Values as `--tune` and `--space` take them: YAML, with commas in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cnnopt.config.strict_yaml import parse_yaml

OPENING, CLOSING = "([{", ")]}"


def split_values(text: str) -> tuple[str, ...]:
    """Return the values of a text, cut at the commas outside brackets and quotes.

    A list alone stands for its entries.

    Example:
        >>> split_values("{step: {every: 2, factor: 0.5}}, constant")
        ('{step: {every: 2, factor: 0.5}}', 'constant')
        >>> split_values("[16, 32]")
        ('16', '32')
    """
    values = _cut(text)
    if len(values) == 1 and values[0].startswith("[") and values[0].endswith("]"):
        return _cut(values[0][1:-1])
    return values


def values_as_texts(values: Sequence[Any]) -> list[str]:
    """Return values as `--set` takes them: YAML, of which JSON is a part."""
    return [value if isinstance(value, str) else json.dumps(value) for value in values]


def plain_value(text: str) -> Any:
    """Return what a value means: a number, a text, null, a list, a mapping."""
    return parse_yaml(text, "").plain() if text.strip() else None


def _cut(text: str) -> tuple[str, ...]:
    pieces, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in OPENING) - (letter in CLOSING)
        if letter == "," and depth == 0 and not quote:
            pieces.append("")
        else:
            pieces[-1] += letter
    return tuple(piece.strip() for piece in pieces if piece.strip())
