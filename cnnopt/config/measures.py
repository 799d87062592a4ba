"""Types of settings that weigh classes and choose metrics; as those in `values`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from cnnopt.config.names import nearest
from cnnopt.config.rule import Rule, broken
from cnnopt.metrics.direction import OF_CLASSES, OF_NUMBERS

METRICS = (*OF_CLASSES, *OF_NUMBERS)
"""All metrics besides the loss."""

_METRICS_RULE = Rule(f"must be a list of different metrics among {', '.join(METRICS)}")
_WEIGHTS_RULE = Rule("must be balanced or a list of finite numbers greater than 0, one a class")


def _class_weights(value: Any) -> Any:
    if value == "balanced":
        return value
    if isinstance(value, list | tuple) and len(value) >= 2:
        numbers = [item for item in value if isinstance(item, int | float) and item is not True]
        if len(numbers) == len(value) and all(0 < number < float("inf") for number in numbers):
            return tuple(map(float, numbers))
    raise broken(_WEIGHTS_RULE.text)


def _metrics(value: Any) -> tuple[str, ...]:
    items = list(value) if isinstance(value, list | tuple) else [value]
    unknown = [item for item in items if not isinstance(item, str) or item not in METRICS]
    if items and not unknown and len(set(items)) == len(items):
        return tuple(items)
    near = nearest(unknown[0], METRICS) if unknown and isinstance(unknown[0], str) else ""
    raise broken(_METRICS_RULE.text, f"Did you mean {near}?" if near else "")


_METRIC_SCHEMA: dict[str, Any] = {"enum": list(METRICS)}
_WEIGHT_SCHEMA: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0}

ClassWeights = Annotated[
    Literal["balanced"] | tuple[float, ...],
    PlainValidator(_class_weights),
    _WEIGHTS_RULE,
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "balanced"},
                {"type": "array", "items": _WEIGHT_SCHEMA, "minItems": 2},
            ]
        }
    ),
]
"""One positive weight a class, or such that all classes weigh the same in sum."""

Metrics = Annotated[
    tuple[str, ...],
    PlainValidator(_metrics),
    _METRICS_RULE,
    WithJsonSchema(
        {
            "anyOf": [
                _METRIC_SCHEMA,
                {"type": "array", "items": _METRIC_SCHEMA, "minItems": 1, "uniqueItems": True},
            ]
        }
    ),
]
"""Names of metrics, none of them twice."""
