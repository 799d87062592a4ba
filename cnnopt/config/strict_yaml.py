"""YAML text to nodes, by parser events: places kept, nothing constructed, everything capped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from cnnopt.config.node import Node, join
from cnnopt.config.scalars import LONGEST_NUMBER, NumberTooLong, meaning
from cnnopt.errors import ConfigError, Fault

LONGEST = 256 * 1024
"""Bytes of one file."""
TOO_LONG = f"must have at most {LONGEST // 1024} kB"
LONGEST_KEY = 100
"""Characters; a column's name may be long, and messages show it."""
DEEPEST = 50
"""Brackets within brackets."""
MOST_NODES = 20_000
"""Values in one file, those that aliases repeat counted each time."""


def parse_yaml(text: str, file: str) -> Node:
    """Return the one document in `text`.

    Args:
        text: YAML without tags and merge keys; anchors and aliases are allowed.
        file: what messages call it.

    Raises:
        ConfigError: not YAML, duplicate keys, or beyond a cap. All duplicate keys are told at
            once; what makes the rest unreadable is told alone.
    """
    composer = _Composer(file)
    if len(text) > LONGEST:
        composer.stop(-1, TOO_LONG)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        composer.stop(mark.line if mark else -1, f"is not valid YAML: {problem}")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        composer.stop(line, "is not valid YAML: a control character", repr(text[error.position]))
    if composer.faults:
        raise ConfigError(*composer.faults)
    if composer.root is None:
        composer.stop(-1, "is empty", remedy="`cnnopt init` writes a config to start from")
    return composer.root


@dataclass
class _Open:
    """A collection whose end has not come yet."""

    node: Node
    anchor: str | None
    nodes_before: int
    keys: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    key_line: int = 0


class _Composer:
    """Builds nodes from events, without recursion, so that depth is a number and not a crash."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.nodes = 0
        self.documents = 0

    def stop(self, line: int, rule: str, given: str = "", remedy: str = "") -> NoReturn:
        """Give up: what is wrong in `line` (from 0, -1 = none) makes the rest unreadable."""
        fault = Fault(self.path(), rule, given, remedy, self.file, line + 1)
        raise ConfigError(*self.faults, fault)

    def path(self) -> str:
        path = ""
        for opened in self.stack:
            inside = opened.node.value
            path = join(path, len(inside) if isinstance(inside, list) else opened.key or "")
        return path

    def take(self, event: Event) -> None:
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop(line, "must hold one document", "---", "Remove the line ---")
        elif isinstance(event, AliasEvent):
            self.alias(event.anchor or "", line)
        elif isinstance(event, ScalarEvent):
            self.scalar(event, line)
        elif isinstance(event, CollectionStartEvent):
            self.open(event, line)
        elif isinstance(event, SequenceEndEvent | MappingEndEvent):
            opened = self.stack.pop()
            self.add(opened.node, opened.anchor, self.nodes - opened.nodes_before)

    def open(self, event: CollectionStartEvent, line: int) -> None:
        self.refuse_tag(event, line)
        self.count(1, line)
        if len(self.stack) >= DEEPEST:
            # Its path would be as deep: the line says where.
            rule = f"must not be nested deeper than {DEEPEST} levels"
            raise ConfigError(*self.faults, Fault("", rule, file=self.file, line=line + 1))
        if self.expects_key():
            self.stop(line, "must have names for keys", "a list or mapping as a key")
        mapping = isinstance(event, MappingStartEvent)
        node = Node({} if mapping else [], self.file, line + 1)
        self.stack.append(_Open(node, event.anchor, self.nodes - 1))

    def scalar(self, event: ScalarEvent, line: int) -> None:
        self.refuse_tag(event, line)
        self.count(1, line)
        if self.expects_key():
            self.key(event.value, line)
            return
        plain = event.style is None
        try:
            value = meaning(event.value) if plain else event.value
        except NumberTooLong:
            given = f"one of {len(event.value):,}"
            self.stop(line, f"must be a number of at most {LONGEST_NUMBER} characters", given)
        text = "" if isinstance(value, str) else event.value
        self.add(Node(value, self.file, line + 1, text), event.anchor, 1)

    def key(self, key: str, line: int) -> None:
        opened = self.stack[-1]
        opened.key, opened.key_line = key, line
        if len(key) > LONGEST_KEY or not key.isprintable():
            opened.key = None
            rule = f"must have keys of at most {LONGEST_KEY} printable characters"
            self.stop(line, rule, repr(key[:20]))
        if key == "<<":
            self.stop(line, "merge keys are not supported", remedy="Use extends")
        if key in opened.keys:
            rule = f"duplicate key, first in line {opened.keys[key] + 1}"
            fault = Fault(self.path(), rule, "", "Remove one", self.file, line + 1)
            self.faults.append(fault)
        opened.keys.setdefault(key, line)

    def alias(self, anchor: str, line: int) -> None:
        if self.expects_key():
            self.stop(line, "must have names for keys", f"*{anchor}")
        if anchor not in self.anchors:
            self.stop(line, "must refer to an anchor that stands before it", f"*{anchor}")
        node, size = self.anchors[anchor]
        self.count(size, line)
        copy = node.copy()
        copy.line = line + 1
        self.add(copy, None, size)

    def add(self, node: Node, anchor: str | None, size: int) -> None:
        if anchor:
            self.anchors[anchor] = node, size
        if not self.stack:
            self.root = node
            return
        opened = self.stack[-1]
        if isinstance(opened.node.value, list):
            opened.node.value.append(node)
        elif isinstance(opened.node.value, dict) and opened.key is not None:
            node.line = opened.key_line + 1
            opened.node.value.setdefault(opened.key, node)
            opened.key = None

    def expects_key(self) -> bool:
        return (
            bool(self.stack)
            and isinstance(self.stack[-1].node.value, dict)
            and (self.stack[-1].key is None)
        )

    def count(self, nodes: int, line: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            rule = f"must have at most {MOST_NODES:,} values, aliases counted each time"
            self.stop(line, rule, remedy="Remove aliases (*name)")

    def refuse_tag(self, event: CollectionStartEvent | ScalarEvent, line: int) -> None:
        if event.tag is not None:
            self.stop(line, "tags are not supported", event.tag, "Remove the tag")
