"""Laying one config over another, as `extends` does."""

from __future__ import annotations

from cnnopt.config.node import Node


def lay_over(base: Node, child: Node, path: str = "") -> Node:
    """Return `base` with what `child` says instead; both in long form.

    Mappings are merged key by key, and so are the settings of the same entry of a table. Anything
    else replaces: lists, scalars, another optimizer, another data set. null takes a key away.

    Args:
        base: the config that is extended; not used again by the caller.
        child: the config that extends it.
        path: where the two stand; the data set is the one mapping that bears its own name.
    """
    if not isinstance(base.value, dict) or not isinstance(child.value, dict):
        return child
    if base.kind != child.kind or (path == "dataset" and _renamed(base.value, child.value)):
        return child
    merged = dict(base.value)
    for key, value in child.value.items():
        if key in merged and _is_null(value):
            del merged[key]
        elif key in merged:
            merged[key] = lay_over(merged[key], value, f"{path}.{key}" if path else key)
        else:
            merged[key] = value
    return child.like(merged, child.kind)


def _is_null(node: Node) -> bool:
    return node.value is None and not node.kind


def _renamed(base: dict[str, Node], child: dict[str, Node]) -> bool:
    return "name" in child and "name" in base and child["name"].value != base["name"].value
