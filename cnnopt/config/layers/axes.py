"""Types of settings with one number for each spatial axis, in one, two and three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from cnnopt.config.rule import Rule, broken
from cnnopt.config.values import LARGEST, is_whole, whole

Json = dict[str, Any]
Validator = Callable[[Any], Any]
Sides = tuple[int, int]
"""Cells before and after."""

_NAMES = {1: "[width]", 2: "[height, width]", 3: "[depth, height, width]"}
_SIDE_NAMES = {
    1: "[[left, right]]",
    2: "[[top, bottom], [left, right]]",
    3: "[[front, back], [top, bottom], [left, right]]",
}
_COUNTED = {1: "one in a list", 2: "two of them", 3: "three of them"}


def _extents_rule(rank: int) -> Rule:
    return Rule(f"must be a whole number, at least 1, or {_COUNTED[rank]}: {_NAMES[rank]}")


def _padding_rule(rank: int) -> Rule:
    return Rule(
        f"must be valid, same, a whole number (at least 0), {_NAMES[rank]} or {_SIDE_NAMES[rank]}"
    )


def _numbers(value: Any, count: int, least: int) -> tuple[int, ...] | None:
    """Return `count` whole numbers from a list of them or from one; None where it is neither."""
    single = not isinstance(value, list | tuple)
    items = [whole(value)] * count if single else [whole(item) for item in value]
    sound = len(items) == count and all(is_whole(item, least) for item in items)
    return tuple(items) if sound else None


def _extents(rank: int) -> Validator:
    def validate(value: Any) -> tuple[int, ...]:
        if (found := _numbers(value, rank, 1)) is None:
            raise broken(_extents_rule(rank).text)
        return found

    return validate


def _padding(rank: int) -> Validator:
    def validate(value: Any) -> Any:
        if isinstance(value, str) and value in ("valid", "same"):
            return value
        sides: list[tuple[int, ...] | None]
        if isinstance(value, list | tuple) and all(isinstance(v, list | tuple) for v in value):
            sides = [_numbers(pair, 2, 0) for pair in value]
        else:
            each = _numbers(value, rank, 0) or (None,)
            sides = [None if cells is None else (cells, cells) for cells in each]
        if len(sides) != rank or None in sides:
            raise broken(_padding_rule(rank).text)
        return tuple(sides)

    return validate


def _list(item: Json, count: int) -> Json:
    return {"type": "array", "items": item, "minItems": count, "maxItems": count}


def _extents_schema(rank: int) -> WithJsonSchema:
    one: Json = {"type": "integer", "minimum": 1, "maximum": LARGEST}
    return WithJsonSchema({"anyOf": [one, _list(one, rank)]})


def _padding_schema(rank: int) -> WithJsonSchema:
    cells: Json = {"type": "integer", "minimum": 0, "maximum": LARGEST}
    forms = [cells, _list(cells, rank), _list(_list(cells, 2), rank)]
    return WithJsonSchema({"anyOf": [{"enum": ["valid", "same"]}, *forms]})


Extents1d = Annotated[tuple[int], PlainValidator(_extents(1)), _extents_rule(1), _extents_schema(1)]
"""(width,), at least 1; written as one number."""

Extents2d = Annotated[
    tuple[int, int], PlainValidator(_extents(2)), _extents_rule(2), _extents_schema(2)
]
"""(height, width), each at least 1; written as one number when both are the same."""

Extents3d = Annotated[
    tuple[int, int, int], PlainValidator(_extents(3)), _extents_rule(3), _extents_schema(3)
]
"""(depth, height, width), each at least 1; written as one number when all are the same."""

Padding1d = Annotated[
    Literal["valid", "same"] | tuple[Sides],
    PlainValidator(_padding(1)),
    _padding_rule(1),
    _padding_schema(1),
]
"""valid, same, or ((left, right),) in cells."""

Padding2d = Annotated[
    Literal["valid", "same"] | tuple[Sides, Sides],
    PlainValidator(_padding(2)),
    _padding_rule(2),
    _padding_schema(2),
]
"""valid, same, or ((top, bottom), (left, right)) in cells."""

Padding3d = Annotated[
    Literal["valid", "same"] | tuple[Sides, Sides, Sides],
    PlainValidator(_padding(3)),
    _padding_rule(3),
    _padding_schema(3),
]
"""valid, same, or ((front, back), (top, bottom), (left, right)) in cells."""
