"""The parts that an ablation takes out: entries of `regularizers`, and layers of some kinds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from cnnopt.config.names import suggestion
from cnnopt.errors import ConfigError, Fault, UsageError

REMOVABLE = (
    "dropout",
    "spatial_dropout",
    "drop_connect",
    "batch_norm",
    "group_norm",
    "layer_norm",
)
"""Kinds of layers that keep the shape, so that a model stands without them."""

UNNAMED = "unnamed_"
"""How the names begin that `with_names` gives."""

Entry = Mapping[str, Any]
Resolved = Mapping[str, Any]


def parts_of(config: Resolved) -> tuple[str, ...]:
    """Return the names of the parts of a resolved config: regularizers first, then layers.

    All layers of one kind are one part, by their kind; those with a `name:` are parts by it.

    Raises:
        ConfigError: two parts have the same name.
    """
    regularizers = [kind for entry in config.get("regularizers", ()) for kind in entry]
    inside = list(dict.fromkeys(_part_of(*each) for each in _removable(config["model"])))
    if twice := set(regularizers) & set(inside):
        rule = "is the name of a regularizer too: which part is meant?"
        raise ConfigError(Fault("model", rule, min(twice), "Rename the layer"))
    return (*regularizers, *inside)


def chosen_parts(config: Resolved, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the parts that are taken out, in the config's order.

    Args:
        config: resolved.
        wanted: some of its parts by name; None: all.

    Raises:
        ConfigError: it has no part.
        UsageError: one that it has not, or one twice.
    """
    known = parts_of(config)
    if not known:
        remedy = f"Add `regularizers: [l2: 1e-4]`, or a layer such as {', '.join(REMOVABLE[:2])}"
        raise ConfigError(Fault("regularizers", "there is nothing to ablate", "", remedy))
    if wanted is None:
        return known
    for name in wanted:
        if name not in known:
            near = suggestion(name, known)
            end = "" if near.endswith("?") else "."
            raise UsageError(f"--parts: {name} is no part of this config. {near}{end}")
    if not wanted or len(set(wanted)) < len(wanted):
        given = ", ".join(wanted) or "nothing"
        raise UsageError(f"--parts: must be different parts, got {given}.")
    return tuple(name for name in known if name in wanted)


def with_names(config: Resolved) -> dict[str, Any]:
    """Return the config with names on the layers whose own would move when others leave.

    A layer without a name draws by its kind and its number among it. Only where layers of a kind
    are apart by name can some leave and others stay: those that stay get a name of their own.
    """

    def named(entries: Sequence[Entry]) -> list[dict[str, Any]]:
        kinds = [kind for kind, settings in entries_of(entries) if "name" in settings]
        found, count = [], dict.fromkeys(REMOVABLE, 0)
        for kind, given in entries_of(entries):
            settings = with_lists(kind, given, named)
            if kind in count:
                count[kind] += 1
                if kind in kinds and "name" not in settings:
                    settings = {"name": f"{UNNAMED}{kind}_{count[kind]}"} | settings
            found.append({kind: settings})
        return found

    return dict(config) | {"model": named(config["model"])}


def without(config: Resolved, parts: Collection[str]) -> dict[str, Any]:
    """Return the config without some of its parts; of `drop_connect` the layer inside stays."""

    def left(entries: Sequence[Entry]) -> list[dict[str, Any]]:
        found = []
        for kind, settings in entries_of(entries):
            if kind not in REMOVABLE or _part_of(kind, settings) not in parts:
                found.append({kind: with_lists(kind, settings, left)})
            elif kind == "drop_connect":
                ((inner, own),) = settings["layer"].items()
                name = {"name": settings["name"]} if "name" in settings else {}
                found.append({inner: name | own})
        return found

    regularizers = [
        entry for entry in config.get("regularizers", ()) if not set(entry) & set(parts)
    ]
    return dict(config) | {"model": left(config["model"]), "regularizers": regularizers}


def _part_of(kind: str, settings: Entry) -> str:
    """Return the part that a removable layer belongs to."""
    name = str(settings.get("name") or kind)
    return kind if name.startswith(f"{UNNAMED}{kind}_") else name


def _removable(entries: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    for kind, settings in entries_of(entries):
        if kind in REMOVABLE:
            yield kind, settings
        for inside in _lists(kind, settings):
            yield from _removable(inside)


def entries_of(entries: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield kind and settings of the entries of a resolved list."""
    return (pair for entry in entries for pair in entry.items())


def _lists(kind: str, settings: Entry) -> list[Sequence[Entry]]:
    """Return the lists of layers inside a layer."""
    if kind == "residual":
        return [settings["layers"]]
    return list(settings["branches"]) if kind == "parallel" else []


def with_lists(
    kind: str, settings: Entry, change: Callable[[Sequence[Entry]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """Return the settings with every list of layers in them changed."""
    lists = [change(inside) for inside in _lists(kind, settings)]
    if kind == "residual":
        return dict(settings) | {"layers": lists[0]}
    return dict(settings) | ({"branches": lists} if kind == "parallel" else {})
