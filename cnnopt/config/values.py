"""Types of single settings: each checks its range and says its rule in one sentence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from cnnopt.config.rule import Rule, broken

LARGEST = 2**63 - 1
"""Whole numbers end here: what int64 arrays and the random streams can hold."""

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
LAYER_NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"

_PAIR_RULE = Rule("must be a whole number, at least 1, or two of them: [height, width]")
_SHARE_RULE = Rule("must be a share between 0 and 1, or a count of rows (0 = none)")
_TEST_RULE = Rule("must be official, a share between 0 and 1, or a count of rows (0 = none)")
_COLUMNS_RULE = Rule("must be a column's name or a list of different ones")
_BATCH_RULE = Rule("must be full or a whole number, at least 1")
_UNITS_RULE = Rule("must be classes or a whole number, at least 1")

Json = dict[str, Any]
_SIDE: Json = {"type": "integer", "minimum": 1, "maximum": LARGEST}
_COUNT: Json = {"type": "integer", "minimum": 0, "maximum": LARGEST}


def _pair_of(item: Json) -> Json:
    return {"type": "array", "items": item, "minItems": 2, "maxItems": 2}


def whole(value: Any) -> Any:
    """Return `value` as an int where it is a float without fraction, such as `1e4`."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST:
        return int(value)
    return value


def is_whole(value: Any, least: int) -> bool:
    """Return whether `value` is an int from `least` up to `LARGEST`; true and false are none."""
    return type(value) is int and least <= value <= LARGEST


def _pair(value: Any) -> tuple[int, int]:
    items = (
        [whole(item) for item in value] if isinstance(value, list | tuple) else [whole(value)] * 2
    )
    if len(items) != 2 or not all(is_whole(item, 1) for item in items):
        raise broken(_PAIR_RULE.text)
    return items[0], items[1]


def _share(value: Any) -> float | int:
    if isinstance(value, float) and 0 < value < 1:
        return value
    # 1.0 could be meant as the share of all rows or as one row: neither is guessed
    count = value if value == 1 else whole(value)
    if is_whole(count, 0):
        return int(count)
    raise broken(_SHARE_RULE.text)


def _test_share(value: Any) -> Any:
    if value == "official":
        return value
    try:
        return _share(value)
    except PydanticCustomError:
        raise broken(_TEST_RULE.text) from None


def _columns(value: Any) -> tuple[str, ...]:
    items = list(value) if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, str) and item for item in items) or len(set(items)) < len(items):
        raise broken(_COLUMNS_RULE.text, 'Quote a number: "0"')
    return tuple(items)


def _some_columns(value: Any) -> tuple[str, ...]:
    if not (columns := _columns(value)):
        raise broken("must name at least one column")
    return columns


def _batch(value: Any) -> Any:
    value = whole(value)
    if value == "full" or is_whole(value, 1):
        return value
    raise broken(_BATCH_RULE.text)


def _units(value: Any) -> Any:
    value = whole(value)
    if value == "classes" or is_whole(value, 1):
        return value
    raise broken(_UNITS_RULE.text)


_SHARE_SCHEMA: list[Json] = [
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    _COUNT,
]
_COLUMN: Json = {"type": "string", "minLength": 1}
_COLUMNS: Json = {"type": "array", "items": _COLUMN, "uniqueItems": True}

Positive = Annotated[
    int,
    Field(strict=True, ge=1, le=LARGEST),
    BeforeValidator(whole),
    Rule("must be a whole number, at least 1"),
]
"""A whole number from 1 up; `1e4` is one."""

Count = Annotated[
    int,
    Field(strict=True, ge=0, le=LARGEST),
    BeforeValidator(whole),
    Rule("must be a whole number, at least 0"),
]
"""A whole number from 0 up: a seed, for instance."""

Flag = Annotated[bool, Field(strict=True), Rule("must be true or false")]
"""true or false; `yes` and 1 are neither."""

Real = Annotated[float, Field(allow_inf_nan=False), Rule("must be a finite number")]
"""Any finite number."""

PositiveReal = Annotated[
    float, Field(gt=0, allow_inf_nan=False), Rule("must be a finite number greater than 0")
]
"""A finite number above 0."""

Size = Annotated[
    float, Field(ge=0, allow_inf_nan=False), Rule("must be a finite number, at least 0")
]
"""A finite number from 0 up."""

AtLeast4 = Annotated[
    float, Field(ge=4, allow_inf_nan=False), Rule("must be a finite number, at least 4")
]
"""A finite number from 4 up: below it RAdam's rectification is not defined."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), Rule("must be a number in [0, 1]")]
"""A number in [0, 1]."""

ShareInside = Annotated[
    float, Field(gt=0, lt=1, allow_inf_nan=False), Rule("must be a number in (0, 1)")
]
"""A number in (0, 1): what something is multiplied by to become less."""

AtLeast1 = Annotated[
    float, Field(ge=1, allow_inf_nan=False), Rule("must be a finite number, at least 1")
]
"""A finite number from 1 up."""

Below1 = Annotated[
    float, Field(ge=0, lt=1, allow_inf_nan=False), Rule("must be a number in [0, 1)")
]
"""A number in [0, 1): a decay rate or the share that is dropped."""

Folds = Annotated[
    int,
    Field(strict=True, ge=2, le=LARGEST),
    BeforeValidator(whole),
    Rule("must be a whole number, at least 2"),
]
"""Number of folds."""

Text = Annotated[str, Field(min_length=1), Rule("must be text that is not empty")]

RunName = Annotated[
    str,
    Field(pattern=NAME_PATTERN),
    Rule("must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit"),
]
"""A name that can stand in a folder's name on any system."""

LayerName = Annotated[
    str,
    Field(pattern=LAYER_NAME_PATTERN),
    Rule("must be 1 to 64 letters, digits or '_', the first a letter"),
]
"""A layer's name; never a number, so that paths can tell the two apart."""

Pair = Annotated[
    tuple[int, int],
    PlainValidator(_pair),
    _PAIR_RULE,
    WithJsonSchema({"anyOf": [_SIDE, _pair_of(_SIDE)]}),
]
"""(height, width), each at least 1; written as one number when both are the same."""

PartSize = Annotated[
    float | int, PlainValidator(_share), _SHARE_RULE, WithJsonSchema({"anyOf": _SHARE_SCHEMA})
]
"""A float is a share in (0, 1), an int a count of rows; 0 is none."""

TestSize = Annotated[
    float | int | Literal["official"],
    PlainValidator(_test_share),
    _TEST_RULE,
    WithJsonSchema({"anyOf": [{"const": "official"}, *_SHARE_SCHEMA]}),
]
"""As `PartSize`, or the part that the data set's makers fixed."""

Columns = Annotated[
    tuple[str, ...],
    PlainValidator(_columns),
    _COLUMNS_RULE,
    WithJsonSchema({"anyOf": [_COLUMN, _COLUMNS]}),
]
"""Names of columns, none of them twice."""

SomeColumns = Annotated[
    tuple[str, ...],
    PlainValidator(_some_columns),
    _COLUMNS_RULE,
    WithJsonSchema({"anyOf": [_COLUMN, _COLUMNS | {"minItems": 1}]}),
]
"""As `Columns`, at least one."""

BatchSize = Annotated[
    int | Literal["full"],
    PlainValidator(_batch),
    _BATCH_RULE,
    WithJsonSchema({"anyOf": [{"const": "full"}, _SIDE]}),
]
"""Rows per batch, or all of them."""

Units = Annotated[
    int | Literal["classes"],
    PlainValidator(_units),
    _UNITS_RULE,
    WithJsonSchema({"anyOf": [{"const": "classes"}, _SIDE]}),
]
"""Outputs of a dense layer, or as many as the data has classes (targets)."""
