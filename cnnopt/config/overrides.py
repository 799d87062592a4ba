"""`--set path=value`: changes of single values by the paths that messages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cnnopt.config.config import Config
from cnnopt.config.names import nearest, suggestion
from cnnopt.config.node import Node, join
from cnnopt.config.short_forms import lengthen
from cnnopt.config.strict_yaml import parse_yaml
from cnnopt.errors import ConfigError, Fault

SET = "--set"


def apply_overrides(root: Node, overrides: Sequence[str], faults: list[Fault]) -> Node:
    """Return the config with every `path=value` applied, the later ones last.

    Args:
        root: the config in long form; it is changed.
        overrides: `optimizer.adam.learning_rate=3e-4`; the value is YAML, null takes a key away.
            A list's entry is named by its number, its kind or its `name:`.
        faults: what is wrong is added here.
    """
    for override in overrides:
        path, equals, text = override.partition("=")
        if not equals or not path.strip():
            rule = "must read path=value"
            remedy = "Write optimizer.adam.learning_rate=3e-4, for instance"
            faults.append(Fault("", rule, f"'{override}'", remedy, SET))
            continue
        steps = path.strip().split(".")
        try:
            _put(root, steps, "", _parse(text, path.strip()))
        except ConfigError as error:
            faults.extend(error.faults)
        root = lengthen(root, Config)
    return root


def _parse(text: str, path: str) -> Node:
    """Return the value's node; its places say `--set` and no line."""
    if not text.strip():
        return Node(None, SET, 0, "null")
    try:
        node = parse_yaml(text, SET)
    except ConfigError as error:
        told = [replace(each, path=join(path, each.path), line=0) for each in error.faults]
        raise ConfigError(*told) from None
    for _, each in node.walk():
        each.line = 0
    return node


def _put(node: Node, steps: Sequence[str], path: str, value: Node) -> None:
    """Write `value` at `steps` below `node`, making the mappings that are missing on the way."""
    step, rest = steps[0], steps[1:]
    if path == "" and step == "extends":
        raise ConfigError(Fault(step, "cannot be set", "", "Write it into the file", SET))
    if node.kind:
        _put_into_entry(node, steps, path, value)
    elif isinstance(node.value, list):
        _put_into_list(node.value, steps, path, value)
    elif not isinstance(node.value, dict):
        rule = f"has no settings, so that {step} cannot be set"
        raise ConfigError(Fault(path, rule, node.shown(), f"Set {path} itself", SET))
    elif (row := _bare(node.value)) is not None and _stands_in(row, step):
        _put(row, steps, path, value)
    elif not rest and value.value is None:
        node.value.pop(step, None)
    elif not rest:
        node.value[step] = value
    else:
        empty = Node([] if path == "" and step == "regularizers" else {}, SET)
        _put(node.value.setdefault(step, empty), rest, join(path, step), value)


def _bare(settings: Mapping[str, Node]) -> Node | None:
    """Return the list of layers whose entries are counted as the record's own."""
    return next((child for child in settings.values() if child.bare), None)


def _stands_in(row: Node, step: str) -> bool:
    entries = row.value if isinstance(row.value, list) else []
    return step.isdecimal() or any(step in (each.kind, _name(each)) for each in entries)


def _put_into_entry(node: Node, steps: Sequence[str], path: str, value: Node) -> None:
    step, rest = steps[0], steps[1:]
    if step != node.kind:
        rule = f"is {node.kind}, so that {step} cannot be set"
        remedy = f"Use {path}.{node.kind}, or set {path}={step} before it"
        if near := nearest(step, [node.kind]):
            remedy = f"Did you mean {near}?"
        raise ConfigError(Fault(path, rule, "", remedy, SET))
    if rest:
        settings = Node(node.value, node.file, node.line)
        _put(settings, rest, join(path, step), value)
        node.value = settings.value
    else:
        _replace(node, Node({step: value}, SET))


def _put_into_list(entries: list[Node], steps: Sequence[str], path: str, value: Node) -> None:
    step, rest = steps[0], steps[1:]
    index, by_kind = _entry(entries, step, path)
    if not rest and value.value is None:
        del entries[index : index + 1]
        return
    if index == len(entries):
        entries.append(Node({}, SET))
    if by_kind:
        rest = [step, *rest]
    if rest:
        _put(entries[index], rest, join(path, index), value)
    else:
        _replace(entries[index], value)


def _entry(entries: Sequence[Node], step: str, path: str) -> tuple[int, bool]:
    """Return the entry's index, and whether `step` is its kind and so a step of its own.

    A regularizer that is not there yet is one past the end: each stands there at most once.
    """
    if step.isdecimal():
        if len(step) < 9 and int(step) < len(entries):
            return int(step), False
        rule = f"has {len(entries)} entries, counted from 0"
        raise ConfigError(Fault(path, rule, step[:20], "", SET))
    kinds = [entry.kind for entry in entries]
    names = [_name(entry) for entry in entries]
    if step in names:
        return names.index(step), False
    if kinds.count(step) == 1:
        return kinds.index(step), True
    if kinds.count(step) > 1:
        found = ", ".join(f"{path}.{index}" for index, kind in enumerate(kinds) if kind == step)
        raise ConfigError(
            Fault(path, f"has several entries {step}", "", f"Use one of {found}", SET)
        )
    if path == "regularizers":
        return len(entries), True
    known = dict.fromkeys(name for name in [*names, *kinds] if name)
    raise ConfigError(Fault(path, "has no such entry", step, suggestion(step, known), SET))


def _name(entry: Node) -> str:
    name = entry.value.get("name") if isinstance(entry.value, dict) else None
    return name.value if name is not None and isinstance(name.value, str) else ""


def _replace(node: Node, other: Node) -> None:
    node.value, node.file, node.line = other.value, other.file, other.line
    node.text, node.kind = other.text, other.kind
