"""Where a config comes from: a file with those that it extends, or a mapping."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnopt.config.config import Config
from cnnopt.config.merge import lay_over
from cnnopt.config.node import Node, join
from cnnopt.config.short_forms import lengthen
from cnnopt.config.strict_yaml import DEEPEST, LONGEST, MOST_NODES, TOO_LONG, parse_yaml
from cnnopt.errors import ConfigError, Fault

LONGEST_CHAIN = 10
"""Files that extend one another."""


def read_source(source: str | Path | Mapping[str, Any]) -> Node:
    """Return the config in long form, laid over those that it extends.

    Args:
        source: a file, or a mapping of plain values. `extends` is relative to the file that says
            it (of a mapping: to the working directory).

    Raises:
        ConfigError: a file is missing, unreadable, no mapping, or extends itself.
    """
    if isinstance(source, Mapping):
        return _extended(_from_mapping(source), Path(), ())
    return _from_file(Path(source), str(source), (), None)


def _from_file(file: Path, shown: str, chain: tuple[Path, ...], asked: Node | None) -> Node:
    """Read `file`; `asked` is the `extends` that named it."""
    path, line, by = ("extends", asked.line, asked.file) if asked else ("", 0, shown)
    given = asked.shown() if asked else ""
    try:
        where = file.resolve()
        if where in chain:
            raise ConfigError(
                Fault(path, "must not lead back to the same file", given, "", by, line)
            )
        if len(chain) == LONGEST_CHAIN:
            rule = f"must not go through more than {LONGEST_CHAIN} files"
            raise ConfigError(Fault(path, rule, given, "", by, line))
        with file.open("rb") as stream:
            raw = stream.read(LONGEST + 1)
        if len(raw) > LONGEST:
            raise ConfigError(Fault("", TOO_LONG, "", "", shown))
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(Fault("", "must be UTF-8 text", "", "", shown, at)) from None
    except (OSError, ValueError) as error:
        raise ConfigError(_unreadable(file, error, Fault(path, "", given, "", by, line))) from None
    return _extended(_mapping(parse_yaml(text, shown)), file.parent, (*chain, where))


def _unreadable(file: Path, error: Exception, place: Fault) -> Fault:
    if isinstance(error, FileNotFoundError):
        rule, remedy = "no such file", "`cnnopt init` writes a config to start from"
    elif isinstance(error, IsADirectoryError):
        rule, remedy = "must be a file, not a folder", "Name the config in it"
    else:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        rule, remedy = f"cannot be read ({reason})", ""
    if place.path:
        rule, remedy = f"{rule}: {file}", "The path is relative to the file that extends"
    return Fault(place.path, rule, place.given, remedy, place.file, place.line)


def _mapping(node: Node) -> Node:
    if not isinstance(node.value, dict):
        rule = "must be a mapping of keys such as dataset, model, optimizer"
        raise ConfigError(Fault("", rule, node.shown(), "", node.file, node.line))
    return node


def _extended(node: Node, folder: Path, chain: tuple[Path, ...]) -> Node:
    """Return the config in long form over the one that it extends, if it does."""
    assert isinstance(node.value, dict)
    asked = node.value.pop("extends", None)
    node = lengthen(node, Config)
    if asked is None:
        return node
    if not isinstance(asked.value, str) or not asked.value:
        raise ConfigError(asked.fault("extends", "must be the path of a config"))
    file = folder / asked.value
    return lay_over(_from_file(file, str(file), chain, asked), node)


def _from_mapping(source: Mapping[str, Any]) -> Node:
    count = 0

    def convert(value: Any, path: str, depth: int) -> Node:
        nonlocal count
        count += 1
        if depth > DEEPEST or count > MOST_NODES:
            rule = f"must have at most {DEEPEST} levels and {MOST_NODES:,} values"
            raise ConfigError(Fault(path[:60], rule))
        if isinstance(value, Mapping):
            if bad := next((key for key in value if not isinstance(key, str)), None):
                raise ConfigError(Fault(path, "must have names for keys", repr(bad)[:60]))
            pairs = value.items()
            return Node({key: convert(each, join(path, key), depth + 1) for key, each in pairs})
        if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
            return Node([convert(each, join(path, i), depth + 1) for i, each in enumerate(value)])
        return _scalar(value, path)

    return convert(source, "", 0)


def _scalar(value: Any, path: str) -> Node:
    if value is None or isinstance(value, bool):
        return Node(value, text={None: "null", True: "true", False: "false"}[value])
    if isinstance(value, str | Path):
        return Node(str(value))
    if isinstance(value, numbers.Integral):
        whole = int(value)
        return Node(whole, text=str(whole) if abs(whole) < 10**100 else "a huge number")
    if isinstance(value, numbers.Real):
        number = float(value)
        return Node(number, text=repr(number) if math.isfinite(number) else f"{number}")
    raise ConfigError(Fault(path, "must be a plain value", type(value).__name__))
