"""Short forms to long ones: a name alone, one value for the main setting, or a mapping.

Nothing is judged here: what cannot be read stays as it is, for `check` to tell. So this can run
again after every change of the tree.
"""

from __future__ import annotations

from pydantic.fields import FieldInfo

from cnnopt.config.node import Node
from cnnopt.config.rule import Named, named_by
from cnnopt.config.settings import Settings, fields_of


def lengthen(node: Node, model: type[Settings]) -> Node:
    """Return `node` with its settings, and those below, in long form.

    Args:
        node: what stands for a record of settings: a mapping, or its main setting alone.
        model: the record; its fields say where names of tables stand.
    """
    fields = fields_of(model)
    if model.main and _is_main(node, fields, model.main):
        node = node.like({model.main: node})
    if not isinstance(node.value, dict):
        return node
    for key, child in node.value.items():
        if key in fields:
            longer = node.value[key] = _lengthen_field(child, fields[key])
            longer.bare = key == model.main and _is_many(fields[key])
    return node


def nested(field: FieldInfo) -> type[Settings] | None:
    """Return the record that the field holds where it is one that no name chooses."""
    kind = None if named_by(field) else field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Settings) else None


def _is_many(field: FieldInfo) -> bool:
    table = named_by(field)
    return table is not None and table.many


def _is_main(node: Node, fields: dict[str, FieldInfo], main: str) -> bool:
    """Whether the value is not the record but its main setting alone."""
    if not isinstance(node.value, dict) or node.kind:
        return True
    table = named_by(fields[main])
    return (
        table is not None and len(node.value) == 1 and not node.value.keys().isdisjoint(table.kinds)
    )


def _lengthen_field(node: Node, field: FieldInfo) -> Node:
    if (record := nested(field)) is not None:
        return lengthen(node, record)
    if (named := named_by(field)) is None:
        return node
    if not named.many:
        return _lengthen_entry(node, named)
    for row in node.value if named.rows and isinstance(node.value, list) else [node]:
        if isinstance(row.value, list):
            row.value[:] = [_lengthen_entry(child, named) for child in row.value]
    return node


def _lengthen_entry(node: Node, named: Named) -> Node:
    if named.inside:
        return _lengthen_inside(node, named)
    if node.kind:
        return _settings_of(node, named, node.kind)
    if isinstance(node.value, str) and node.value in named.kinds:
        return node.like({}, node.value)
    if isinstance(node.value, dict) and len(node.value) == 1:
        [(name, child)] = node.value.items()
        if name in named.kinds:
            child.kind = name
            return _settings_of(child, named, name)
    return node


def _settings_of(node: Node, named: Named, name: str) -> Node:
    """Lengthen the settings of the entry `name`; the node bears the name while that is done."""
    node.kind = ""
    longer = lengthen(node, named.kinds[name])
    longer.kind = name
    return longer


def _lengthen_inside(node: Node, named: Named) -> Node:
    if isinstance(node.value, str):
        name = Node(node.value, node.file, node.line)
        node = node.like({named.inside: name})
    if isinstance(node.value, dict):
        name_node = node.value.get(named.inside)
        if name_node and isinstance(name_node.value, str) and name_node.value in named.kinds:
            return lengthen(node, named.kinds[name_node.value])
    return node
