"""`variables: {width: 16}` and `$width`, `$width*2` as values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnnopt.config.names import suggestion
from cnnopt.config.node import Node, join
from cnnopt.errors import Fault

Number = int | float

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PRODUCT = re.compile(rf"\$({_NAME})(?:\s*\*\s*(\$?[^\s*]+))?")
_FACTOR = re.compile(r"[0-9]+|[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_LONGEST = 100
HOW = "Write $name, $name*2 or $name*$other; $$ stands for a $ that is meant"


def fill_variables(root: Node, faults: list[Fault]) -> Node:
    """Return the config without `variables`, every `$name` replaced by its number.

    Args:
        root: the config in long form; it is changed.
        faults: what is wrong is added here: unknown names, values that are no numbers, variables
            that no value uses.
    """
    if not isinstance(root.value, dict):
        return root
    block = root.value.pop("variables", None)
    known = _numbers(block, faults) if block is not None else {}
    used: set[str] = set()
    for path, node in root.walk():
        if isinstance(node.value, str) and node.value.startswith("$"):
            _fill(node, path, known, used, faults)
    if block is not None and isinstance(block.value, dict):
        for name in known.keys() - used:
            fault = block.value[name].fault(
                f"variables.{name}", "has no effect", "", f"Use ${name} as a value, or remove it"
            )
            faults.append(fault)
    return root


def _numbers(block: Node, faults: list[Fault]) -> dict[str, Number]:
    if not isinstance(block.value, dict):
        faults.append(block.fault("variables", "must be a mapping of names to numbers"))
        return {}
    numbers: dict[str, Number] = {}
    for name, node in block.value.items():
        path = join("variables", name)
        if not re.fullmatch(_NAME, name):
            faults.append(node.fault(path, "must have a name of letters, digits and _", name))
        elif isinstance(node.value, bool) or not isinstance(node.value, int | float):
            faults.append(node.fault(path, "must be a number"))
        else:
            numbers[name] = node.value
    return numbers


def _fill(
    node: Node, path: str, known: Mapping[str, Number], used: set[str], faults: list[Fault]
) -> None:
    text = str(node.value)
    if text.startswith("$$"):
        node.value = text[1:]
        return
    match = _PRODUCT.fullmatch(text)
    if match is None or len(text) > _LONGEST:
        node.told = True
        faults.append(node.fault(path, "must be a variable or a product with one", None, HOW))
        return
    name, factor = match.groups()
    value = known.get(name, 0)
    names = [name]
    if factor and factor.startswith("$"):
        names.append(factor[1:])
        value *= known.get(factor[1:], 0)
    elif factor and _FACTOR.fullmatch(factor):
        value *= int(factor) if factor.isdecimal() else float(factor)
    elif factor:
        node.told = True
        faults.append(node.fault(path, "must be multiplied by a number", None, HOW))
    for each in names:
        if each not in known:
            node.told = True
            remedy = suggestion(each, known) or "Define it under variables"
            faults.append(node.fault(path, f"unknown variable ${each}", "", remedy))
    used.update(names)
    node.value, node.text = value, f"{value} ({text})"
