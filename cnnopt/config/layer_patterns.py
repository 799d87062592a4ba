"""The type of the setting that says to which layers a regularizer applies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from cnnopt.config.rule import Rule, broken

_RULE = Rule("must be a pattern of layers' names, or a list of different ones")
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}


def _patterns(value: Any) -> tuple[str, ...]:
    items = list(value) if isinstance(value, list | tuple) else [value]
    texts = [item for item in items if isinstance(item, str) and item]
    if not items or len(set(texts)) < len(items):
        raise broken(_RULE.text, "Write [conv2d_*, dense_1], for instance")
    return tuple(texts)


LayerPatterns = Annotated[
    tuple[str, ...],
    PlainValidator(_patterns),
    _RULE,
    WithJsonSchema(
        {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}]}
    ),
]
"""Names of layers, as `describe` shows them, with `*` and `?` as of file names."""
