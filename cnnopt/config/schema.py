"""The JSON Schema of configs, short forms and long, generated from the tables of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo

from cnnopt.config.check import rule_in_words
from cnnopt.config.config import Config
from cnnopt.config.datasets import DATASETS_NAMED
from cnnopt.config.rule import Named, named_by
from cnnopt.config.settings import Settings, fields_of
from cnnopt.config.short_forms import nested

Json = dict[str, Any]

VARIABLE: Json = {
    "description": "A variable, or a product with one.",
    "type": "string",
    "pattern": r"^\$[A-Za-z_][A-Za-z0-9_]*(\s*\*\s*\$?[^\s*$]+)?$",
}
_REQUIRED = ["dataset", "model", "loss", "optimizer"]


def config_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that editors check and complete configs with.

    It tells whatever one value or one mapping can tell; what lies between keys (such as early
    stopping without a validation part) is the loader's alone, and so is `null` over `extends`.
    """
    writer = _Writer()
    schema = writer.record(Config)
    schema["properties"]["extends"] = {
        "type": "string",
        "minLength": 1,
        "description": "A config that this one is laid over; relative to this file.",
    }
    schema["properties"]["variables"] = {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": {"type": "number"},
        "description": "Numbers that stand as $name in the rest of the file.",
    }
    schema["properties"]["study"] = {
        "type": "object",
        "required": ["command"],
        "properties": {"command": {"type": "string"}},
        "description": "Which study `cnnopt run` makes of this file, and its options.",
    }
    partial = writer.define("partial_dataset", lambda: _partial_dataset(writer))
    whole = schema["properties"]["dataset"]
    schema["properties"]["dataset"] = {"anyOf": [whole, partial]}
    del schema["required"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnnopt config",
        **schema,
        # a config that extends another need not be whole
        "if": {"required": ["extends"]},
        "else": {
            "required": _REQUIRED,
            "properties": {
                "dataset": whole,
                "training": {"dependentRequired": {"evaluate_every": ["steps"]}},
            },
        },
        "$defs": dict(sorted(writer.defs.items())) | {"variable": VARIABLE},
    }


class _Writer:
    """Collects the definitions that the schema refers to, each once."""

    def __init__(self) -> None:
        self.defs: dict[str, Json] = {}

    def define(self, name: str, make: Any) -> Json:
        key = name.replace(" ", "_")
        if key not in self.defs:
            self.defs[key] = {}  # stands there before it is made: a repeat holds repeats
            self.defs[key] = make()
        return {"$ref": f"#/$defs/{key}"}

    def record(self, model: type[Settings]) -> Json:
        """Return the schema of a mapping of settings."""
        leaves = model.model_json_schema(mode="validation").get("properties", {})
        fields = fields_of(model)
        schema: Json = {"type": "object"}
        if model.__doc__:
            schema["description"] = model.__doc__.split("\n\n")[0].replace("\n", " ")
        schema["properties"] = {
            key: self.field(field, leaves[key]) for key, field in fields.items()
        }
        if required := [key for key, field in fields.items() if field.is_required()]:
            schema["required"] = required
        schema["additionalProperties"] = False
        if {"epochs", "steps"} <= fields.keys():
            schema["not"] = {"required": ["epochs", "steps"]}
        pairs = [("x_test", "y_test"), ("x_validation", "y_validation")]
        if {each for pair in pairs for each in pair} <= fields.keys():
            both = [*pairs, *(pair[::-1] for pair in pairs)]
            schema["dependentRequired"] = {one: [other] for one, other in both}
        return schema

    def field(self, field: FieldInfo, leaf: Json) -> Json:
        """Return the schema of one setting; `leaf` is what pydantic makes of its type."""
        if (record := nested(field)) is not None:
            return self.define(record.__name__, lambda: self.nested(record))
        if (named := named_by(field)) is None:
            return _leaf(field, leaf)
        entry = self.define(named.word, lambda: self.entry(named))
        if named.many:
            least: Json = {"minItems": 1} if field.is_required() else {}
            items = {"type": "array", "items": entry} if named.rows else entry
            return {"type": "array", "items": items, **least}
        return {"oneOf": [{"type": "boolean"}, entry]} if named.switch else entry

    def nested(self, record: type[Settings]) -> Json:
        if not record.main:
            return self.record(record)
        written = self.record(record)
        return {"oneOf": [written, written["properties"][record.main]]}

    def entry(self, named: Named) -> Json:
        """Return the schema of one entry of a table: its name alone, or with settings."""
        alone = [name for name, model in named.kinds.items() if _stands_alone(model, named)]
        forms: list[Json] = [{"enum": alone}] if alone else []
        if named.inside:
            models: Mapping[str, Any] = {each.__name__: each for each in named.kinds.values()}
            forms += [
                self.define(
                    f"{named.word}_{name}", lambda each=each: self.inside(each, named.inside)
                )
                for name, each in models.items()
            ]
            return {"oneOf": forms}
        for name, model in named.kinds.items():
            settings = self.define(f"{named.word}_{name}", lambda each=model: self.settings(each))
            forms.append(
                {
                    "type": "object",
                    "properties": {name: settings},
                    "required": [name],
                    "additionalProperties": False,
                }
            )
        return {"oneOf": forms}

    def settings(self, model: type[Settings]) -> Json:
        """Return the schema of an entry's settings: the mapping, or the main one alone."""
        record = self.record(model)
        return {"oneOf": [record, record["properties"][model.main]]} if model.main else record

    def inside(self, model: type[Settings], key: str) -> Json:
        record = self.record(model)
        return record | {"required": list(dict.fromkeys([key, *record.get("required", [])]))}


def _stands_alone(model: type[Settings], named: Named) -> bool:
    fields = fields_of(model).items()
    return not any(field.is_required() for key, field in fields if key != named.inside)


def _partial_dataset(writer: _Writer) -> Json:
    """Return the schema of data settings without a name, to be laid over another config's."""
    properties: dict[str, list[Json]] = {}
    for model in dict.fromkeys(DATASETS_NAMED.kinds.values()):
        for key, schema in writer.record(model)["properties"].items():
            if key != "name" and schema not in (known := properties.setdefault(key, [])):
                known.append(schema)
    return {
        "type": "object",
        "properties": {
            key: each[0] if len(each) == 1 else {"anyOf": each} for key, each in properties.items()
        },
        "additionalProperties": False,
    }


def _leaf(field: FieldInfo, leaf: Json) -> Json:
    """Return pydantic's schema without its titles and nulls, open to variables."""
    kept = {key: value for key, value in leaf.items() if key not in ("title", "default")}
    if "anyOf" in kept:
        forms = [form for form in kept["anyOf"] if form != {"type": "null"}]
        kept = kept | {"anyOf": forms} if len(forms) > 1 else forms[0]
    schema: Json = _open_to_variables(kept)
    if (rule := rule_in_words(field)) != "must be a value":
        schema = {"description": rule[0].upper() + rule[1:] + ".", **schema}
    if field.default_factory is None and not field.is_required() and field.default is not None:
        schema = {**schema, "default": _plain(field.default)}
    return schema


def _open_to_variables(schema: Json) -> Json:
    if schema.get("type") in ("integer", "number"):
        return {"anyOf": [schema, {"$ref": "#/$defs/variable"}]}
    open_forms = dict(schema)
    if "anyOf" in schema:
        open_forms["anyOf"] = [_open_to_variables(form) for form in schema["anyOf"]]
    if "items" in schema:
        open_forms["items"] = _open_to_variables(schema["items"])
    return open_forms


def _plain(default: Any) -> Any:
    return [_plain(each) for each in default] if isinstance(default, tuple) else default
