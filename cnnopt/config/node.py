"""A config as a tree that remembers where each value was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cnnopt.errors import Fault

Scalar = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """One value of the config.

    Attributes:
        value: a scalar, a list of nodes, or nodes by key.
        file: the file as the user named it, `--set`, or `` for a dict.
        line: line of the value's key (in a list: of the value), from 1; 0 where there is none.
        text: how a scalar was written; empty for text and for collections.
        kind: the name of a table's entry in long form; `value` then holds its settings.
        told: whether a fault of this value has been told, so that no second one follows from it.
        bare: a list that is the main setting of its record: its entries are counted right below
            the record, as in `model.3.residual.1`, without the setting's own key.
    """

    value: Scalar | list[Node] | dict[str, Node]
    file: str = ""
    line: int = 0
    text: str = ""
    kind: str = ""
    told: bool = False
    bare: bool = False

    def like(self, value: Scalar | list[Node] | dict[str, Node], kind: str = "") -> Node:
        """Return a node with another value that stands in the same place."""
        return Node(value, self.file, self.line, kind=kind)

    def fault(self, path: str, rule: str, given: str | None = None, remedy: str = "") -> Fault:
        """Return the fault that this value breaks `rule`; `given` defaults to the value."""
        shown = self.shown() if given is None else given
        return Fault(path, rule, shown, remedy, self.file, self.line)

    def shown(self, width: int = 60) -> str:
        """Return the value as YAML in one line, cut at `width` characters."""
        text = _flow(self)
        return text if len(text) <= width else f"{text[: width - 4]} ..."

    def plain(self) -> Any:
        """Return the value without places; an entry of a table as `{name: {settings}}`."""
        if isinstance(self.value, dict):
            form: Any = {key: child.plain() for key, child in self.value.items()}
        elif isinstance(self.value, list):
            form = [child.plain() for child in self.value]
        else:
            form = self.value
        return {self.kind: form} if self.kind else form

    def copy(self) -> Node:
        """Return the node with copies of all nodes below it."""
        value = self.value
        if isinstance(value, dict):
            return replace(self, value={key: child.copy() for key, child in value.items()})
        if isinstance(value, list):
            return replace(self, value=[child.copy() for child in value])
        return replace(self)

    def walk(self, path: str = "") -> Iterator[tuple[str, Node]]:
        """Yield every node from here down with the path that messages and `--set` use."""
        yield path, self
        inner = join(path, self.kind)
        if self.kind:
            yield inner, self
        if isinstance(self.value, dict):
            for key, child in self.value.items():
                yield from child.walk(inner if child.bare else join(inner, key))
        elif isinstance(self.value, list):
            for index, child in enumerate(self.value):
                yield from child.walk(join(inner, index))


def join(path: str, step: str | int) -> str:
    """Return `path` one step longer; a step of `` changes nothing."""
    return f"{path}.{step}" if path and step != "" else f"{path}{step}"


def _flow(node: Node) -> str:
    if node.kind:
        return f"{node.kind}: {_flow(replace(node, kind=''))}" if node.value else node.kind
    if isinstance(node.value, dict):
        pairs = [f"{key}: {_flow(child)}" for key, child in list(node.value.items())[:9]]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(map(_flow, node.value[:9])) + "]"
    if isinstance(node.value, str):
        return f"'{node.value}'" if node.value.isprintable() else repr(node.value)
    return node.text or "null"
