"""Settings of regularizers that soften targets and mix or cut examples."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import PlainValidator, WithJsonSchema

from cnnopt.config.rule import Rule, broken
from cnnopt.config.settings import Settings
from cnnopt.config.values import LARGEST, Below1, Size, is_whole, whole

_RULE = Rule("must be a share between 0 and 1, or a number of cells (0 = off)")


def _side(value: Any) -> float | int:
    if isinstance(value, float) and 0 < value < 1:
        return value
    # 1.0 could be meant as a whole side or as one cell: neither is guessed
    cells = value if value == 1 else whole(value)
    if is_whole(cells, 0):
        return int(cells)
    raise broken(_RULE.text)


Side = Annotated[
    float | int,
    PlainValidator(_side),
    _RULE,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                {"type": "integer", "minimum": 0, "maximum": LARGEST},
            ]
        }
    ),
]
"""A float is a share of each extent, an int a number of cells; 0 is off."""


class LabelSmoothing(Settings):
    """Trains on (1 - epsilon) · target + epsilon / classes; 0 is off."""

    main: ClassVar[str] = "epsilon"
    kind: Literal["label_smoothing"] = "label_smoothing"
    epsilon: Below1 = 0.1


class Mixup(Settings):
    """Blends the examples of a batch in pairs, by a share drawn from Beta(alpha, alpha)."""

    main: ClassVar[str] = "alpha"
    kind: Literal["mixup"] = "mixup"
    alpha: Size = 0.2


class CutMix(Settings):
    """Puts a box of another example into each, of a share drawn from Beta(alpha, alpha)."""

    main: ClassVar[str] = "alpha"
    kind: Literal["cutmix"] = "cutmix"
    alpha: Size = 1.0


class Cutout(Settings):
    """Paints a square of each example black; `side` in cells, or as a share of each extent."""

    main: ClassVar[str] = "side"
    kind: Literal["cutout"] = "cutout"
    side: Side = 0.5
