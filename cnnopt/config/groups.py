"""Parameter groups: a rate and a decay of their own for parameters whose names match."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from cnnopt.config.names import suggestion
from cnnopt.config.rule import Rule, broken

KEYS = ("rate", "weight_decay")

_RULE = Rule("must be patterns of parameters' names, each with `rate` or `weight_decay`")
_NUMBER: dict[str, Any] = {"type": "number", "minimum": 0}


class Groups(dict[str, dict[str, float]]):
    """Settings by pattern, in order; never changed, so that a config with them can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self))


def _groups(value: Any) -> Groups:
    if not isinstance(value, dict) or not value:
        raise broken(_RULE.text, 'Write {"*.bias": {rate: 0.1}}, for instance')
    return Groups({str(each): _group(str(each), settings) for each, settings in value.items()})


def _group(pattern: str, settings: Any) -> dict[str, float]:
    if not isinstance(settings, dict) or not settings:
        raise broken(_RULE.text, f'Write {{"{pattern}": {{rate: 0.1}}}}, for instance')
    for key, number in settings.items():
        if key not in KEYS:
            raise broken(f"{pattern} has the unknown key {key}", suggestion(str(key), KEYS))
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise broken(f"{key} of {pattern} must be a finite number, at least 0")
        if not (isfinite(number) and number >= 0):
            raise broken(f"{key} of {pattern} must be a finite number, at least 0")
    return {key: float(number) for key, number in settings.items()}


ParameterGroups = Annotated[
    dict[str, dict[str, float]],
    PlainValidator(_groups),
    _RULE,
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "minProperties": 1,
                "properties": dict.fromkeys(KEYS, _NUMBER),
                "additionalProperties": False,
            },
        }
    ),
]
"""By pattern (`*` and `?`, as of file names): `rate`, a factor on the learning rate, 0 freezes;
`weight_decay`, decoupled, in place of the optimizer's. The first pattern that matches counts."""
