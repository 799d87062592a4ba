"""Long form to settings: every fault of every value, told in this project's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from cnnopt.config.names import nearest, suggestion
from cnnopt.config.node import Node, join
from cnnopt.config.rule import Named, named_by, rule_of
from cnnopt.config.settings import Settings, fields_of
from cnnopt.config.short_forms import nested
from cnnopt.errors import Fault

BROKEN = object()
"""Stands for a value whose fault has been told."""

LEAVE_OUT = "Leave the key out for the default"


def check(node: Node, model: type[Settings], path: str, faults: list[Fault]) -> Any:
    """Return the checked record, or `BROKEN`.

    Args:
        node: the record's settings in long form.
        model: the record.
        path: where it stands, as messages show it.
        faults: what is wrong is added here.
    """
    given = check_parts(node, model, path, faults)
    if given is BROKEN:
        return BROKEN
    return build(node, model, path, given, faults)


def build(
    node: Node, model: type[Settings], path: str, given: Mapping[str, Any], faults: list[Fault]
) -> Any:
    """Return the record made of `given`, or `BROKEN`; arguments as of `check`."""
    broken = {key for key, value in given.items() if value is BROKEN}
    sound = {key: value for key, value in given.items() if value is not BROKEN}
    try:
        record = model.model_validate(sound)
    except ValidationError as error:
        faults.extend(_translated(error, node, model, path, broken))
        return BROKEN
    return BROKEN if broken else record


def check_parts(node: Node, model: type[Settings], path: str, faults: list[Fault]) -> Any:
    """Return the record's known settings by key, each checked or plain or `BROKEN`."""
    if node.told:
        return BROKEN
    if not isinstance(node.value, dict):
        faults.append(_no_mapping(node, model, path))
        return BROKEN
    fields = fields_of(model)
    given: dict[str, Any] = {}
    for key, child in node.value.items():
        if key in fields:
            where = path if child.bare else join(path, key)
            given[key] = _field(child, fields[key], where, faults)
        else:
            faults.append(_unknown_key(child, key, node.kind, fields, path))
    return given


def _no_mapping(node: Node, model: type[Settings], path: str) -> Fault:
    known = ", ".join(fields_of(model))
    if node.kind and node.value is None:
        remedy = f"Write {node.kind} alone, or indent its settings below it: {known}"
        return node.fault(path, "must be a mapping of settings", "null", remedy)
    shown = replace(node, kind="").shown()
    return node.fault(path, "must be a mapping of settings", shown, f"Known: {known}")


def _unknown_key(
    child: Node, key: str, kind: str, fields: Mapping[str, FieldInfo], path: str
) -> Fault:
    remedy = suggestion(key, fields)
    if key == "study" and not path:
        remedy = "Run a study file with `cnnopt run FILE`"
    elif section := next((name for name, each in fields.items() if _holds(each, key)), ""):
        remedy = f"Put it under {section}"
    elif kind and not nearest(key, fields):
        remedy = f"{kind} has: {', '.join(fields)}" if fields else f"{kind} has no settings"
    return child.fault(join(path, key), "unknown key", "", remedy)


def _holds(field: FieldInfo, key: str) -> bool:
    record = nested(field)
    return record is not None and key in fields_of(record)


def _field(node: Node, field: FieldInfo, path: str, faults: list[Fault]) -> Any:
    if node.told:
        return BROKEN
    named = named_by(field)
    if node.value is None and not node.kind:
        rule = f"must name a {named.word}" if named else rule_in_words(field)
        faults.append(node.fault(path, rule, None, "" if field.is_required() else LEAVE_OUT))
        return BROKEN
    if (record := nested(field)) is not None:
        return check(node, record, path, faults)
    if named is None:
        return _untyped(node)
    if not named.many:
        return _entry(node, named, path, faults)
    return _list(node, named, path, faults, rows=named.rows, least=int(field.is_required()))


def _list(
    node: Node, named: Named, path: str, faults: list[Fault], *, rows: bool, least: int
) -> Any:
    """Return the checked entries of a list, or with `rows` those of a list of lists."""
    what = f"list of {named.word}s" if rows else named.word
    if node.told:
        return BROKEN
    if not isinstance(node.value, list):
        shown = None if node.kind or node.value is not None else "null"
        faults.append(node.fault(path, f"must be a list of {what}s", shown))
        return BROKEN
    if len(node.value) < least:
        faults.append(node.fault(path, f"must have at least one {what}"))
        return BROKEN
    entries = [
        _list(each, named, join(path, index), faults, rows=False, least=0)
        if rows
        else _entry(each, named, join(path, index), faults)
        for index, each in enumerate(node.value)
    ]
    return BROKEN if BROKEN in entries else tuple(entries)


def _entry(node: Node, named: Named, path: str, faults: list[Fault]) -> Any:
    if node.told:
        return BROKEN
    if named.switch and isinstance(node.value, bool):
        return node.value
    if named.inside:
        return _entry_inside(node, named, path, faults)
    if node.kind:
        return check(node, named.kinds[node.kind], join(path, node.kind), faults)
    faults.append(_no_entry(node, named, path))
    return BROKEN


def _no_entry(node: Node, named: Named, path: str) -> Fault:
    rule = f"unknown {named.word}"
    if isinstance(node.value, str):
        return node.fault(path, rule, None, suggestion(node.value, named.kinds))
    if isinstance(node.value, dict) and len(node.value) == 1:
        [name] = node.value
        return node.fault(path, rule, name, suggestion(name, named.kinds))
    also = "true, false or " if named.switch else ""
    rule = f"must be {also}one {named.word}: its name, or its name with settings"
    remedy = f"Known: {', '.join(named.kinds)}"
    if isinstance(node.value, dict) and (
        names := [key for key in node.value if key in named.kinds]
    ):
        remedy = f"Indent the settings below {names[0]}, or start a new entry"
    return node.fault(path, rule, None, remedy)


def _entry_inside(node: Node, named: Named, path: str, faults: list[Fault]) -> Any:
    if not isinstance(node.value, dict):
        rule = f"must be the name of a {named.word} or a mapping with its {named.inside}"
        faults.append(node.fault(path, rule, None, f"Known: {', '.join(named.kinds)}"))
        return BROKEN
    where = join(path, named.inside)
    name = node.value.get(named.inside)
    if name is None:
        faults.append(node.fault(where, "must be given", "", f"Known: {', '.join(named.kinds)}"))
        return BROKEN
    if not isinstance(name.value, str) or name.value not in named.kinds:
        if not name.told:
            remedy = suggestion(str(name.value), named.kinds)
            faults.append(name.fault(where, f"unknown {named.word}", None, remedy))
        return BROKEN
    return check(node, named.kinds[name.value], path, faults)


def _untyped(node: Node) -> Any:
    """Return the plain value, or `BROKEN` where something in it has been told."""
    return BROKEN if any(each.told for _, each in node.walk()) else node.plain()


def _translated(
    error: ValidationError, node: Node, model: type[Settings], path: str, broken: set[str]
) -> list[Fault]:
    """Return the faults of single settings, one per setting, in this project's words."""
    faults: dict[str, Fault] = {}
    for each in error.errors(include_url=False, include_input=False):
        key = str(each["loc"][0]) if each["loc"] else ""
        if key in broken or each["type"] == "default_factory_not_called":
            continue
        where, field = join(path, key), fields_of(model)[key]
        child = node.value.get(key) if isinstance(node.value, dict) else None
        if child is None:
            faults[key] = node.fault(where, "must be given", "", _how_to_give(key, field))
            continue
        context = each.get("ctx", {})
        rule = context.get("rule") or rule_in_words(field)
        remedy = context.get("remedy", "")
        if (choices := _choices(field)) and isinstance(child.value, str):
            near = nearest(child.value, choices)
            remedy = f"Did you mean {near}?" if near else ""
        faults[key] = child.fault(where, rule, None, remedy)
    return list(faults.values())


def _how_to_give(key: str, field: FieldInfo) -> str:
    if named := named_by(field):
        return f"Known: {', '.join(named.kinds)}"
    rule = rule_in_words(field)
    return f"{key} {rule}" if rule else ""


def rule_in_words(field: FieldInfo) -> str:
    """Return the rule of a single setting: its type's words, or the names that it may be."""
    if choices := _choices(field):
        return f"must be one of {', '.join(choices)}"
    if rule := rule_of(field):
        return rule
    record = nested(field)
    return "must be a mapping of settings" if record is not None else "must be a value"


def _choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the texts that a setting of fixed choices may be; empty for other settings."""
    if rule_of(field):
        return ()
    for kind in (field.annotation, *get_args(field.annotation)):
        if get_origin(kind) is Literal:
            return tuple(map(str, get_args(kind)))
    return ()
