"""`load_config`: from a file or mapping to a checked config, or to all its faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnopt.config.check import BROKEN, build, check_parts
from cnnopt.config.config import Config
from cnnopt.config.data_place import anchor_data
from cnnopt.config.node import Node
from cnnopt.config.overrides import apply_overrides
from cnnopt.config.repeat import MOST_LAYERS, Placed, TooManyLayers, Unrolled, unroll
from cnnopt.config.rules import Parts, breaches
from cnnopt.config.settings import Settings, fields_of
from cnnopt.config.sources import read_source
from cnnopt.config.stopping import kept_by
from cnnopt.config.variables import fill_variables
from cnnopt.errors import ConfigError, Fault

NAMELESS = "untitled"
"""The name of a config that comes from no file and bears none."""


def load_config(
    source: str | Path | Mapping[str, Any] | Config,
    overrides: Sequence[str] = (),
    *,
    seed: int | None = None,
) -> Config:
    """Return the checked config in long form, all defaults filled.

    Args:
        source: path of a YAML file, a mapping of plain values, or a config.
        overrides: changes as of `--set`: `optimizer.adam.learning_rate=3e-4`. The value is YAML;
            null takes a key away. They come before variables are filled and repeats unrolled.
        seed: replaces the config's seed.

    Returns:
        The config; a relative `dataset.path` is absolute in it: see `data_place`.

    Raises:
        ConfigError: everything that is wrong, in the order of the file.

    Example:
        >>> config = load_config({
        ...     "dataset": "digits", "model": ["flatten", {"dense": "classes"}],
        ...     "loss": "cross_entropy", "optimizer": "adam"}, ["optimizer.adam=3e-4"])
        >>> config.optimizer.learning_rate
        0.0003
    """
    if isinstance(source, Config):
        source = source.resolved()
    return load_root(read_source(source), default_name(source), overrides, seed)


def load_study(
    path: str | Path, overrides: Sequence[str] = (), *, seed: int | None = None
) -> tuple[Config, dict[str, Any]]:
    """Return the config of a study file, and what stands under its key `study`.

    Args, Raises: see `load_config`; a `ConfigError` also where `study` is no mapping.
    """
    root = read_source(path)
    study = root.value.pop("study", None) if isinstance(root.value, dict) else None
    if study is None or not isinstance(study.value, dict):
        given = "nothing" if study is None else study.shown()
        rule = "must say which study to run, in a mapping with its command"
        remedy = "Write study: {command: compare-optimizers}, for instance"
        raise ConfigError(Fault("study", rule, given, remedy, str(path)))
    return load_root(root, default_name(path), overrides, seed), study.plain()


def load_root(root: Node, name: str, overrides: Sequence[str], seed: int | None) -> Config:
    """Return the checked config of a tree of values; arguments and errors as of `load_config`.

    Args:
        name: what it is called where it has no name.
    """
    faults: list[Fault] = []
    root = apply_overrides(root, overrides, faults)
    if isinstance(root.value, dict):
        if seed is not None:
            root.value["seed"] = Node(seed, "--seed", text=str(seed))
        root.value.setdefault("name", Node(name))
    root = fill_variables(root, faults)
    anchor_data(root, faults)
    config = _checked(root, faults)
    if faults or config is None:
        raise ConfigError(*sorted(faults, key=_order))
    return config


def set_values(resolved: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Return a resolved config with `overrides` applied, resolved again.

    Args:
        resolved: what `Config.resolved()` gave.
        overrides: as of `load_config`.

    Raises:
        ConfigError: a path or value is wrong, or the result is.
    """
    return load_config(resolved, overrides).resolved()


def default_name(source: str | Path | Mapping[str, Any]) -> str:
    """Return what a config without a `name` is called: after its file."""
    if isinstance(source, Mapping):
        return NAMELESS
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(source).stem)[:64].lstrip("._-")
    return name or NAMELESS


def _checked(root: Node, faults: list[Fault]) -> Config | None:
    given = check_parts(root, Config, "", faults)
    if given is BROKEN:
        return None
    written = dict(root.walk())
    layers = None
    if given.get("model", BROKEN) is not BROKEN:
        layers = _unrolled(written, given["model"], faults)
        given["model"] = BROKEN if layers is None else layers.layers
    placed = None if layers is None else layers.placed
    for breach in breaches(_parts(given, placed)):
        where = next(path for path in _above(breach.path) if path in written)
        node = written[where]
        scalar = not isinstance(node.value, dict | list)
        shown = None if where == breach.path and scalar else ""
        faults.append(node.fault(breach.path, breach.rule, shown, breach.remedy))
    config = build(root, Config, "", given, faults)
    if config is BROKEN:
        return None
    training = kept_by(config.regularizers, config.training)
    settled: Config = config.model_copy(update={"training": training})
    return settled.with_origins(_origins(written, placed or ()))


def _unrolled(
    written: Mapping[str, Node], entries: Sequence[Settings], faults: list[Fault]
) -> Unrolled | None:
    node = written["model"]
    try:
        layers = unroll(entries, "model")
    except TooManyLayers:
        faults.append(node.fault("model", f"must have at most {MOST_LAYERS:,} layers", ""))
        return None
    if not layers.layers:
        faults.append(node.fault("model", "must have at least one layer"))
        return None
    rule = "must have at least one layer"
    faults.extend(written[path].fault(path, rule, "") for path in layers.empty)
    return None if layers.empty else layers


def _parts(given: Mapping[str, Any], layers: Sequence[Placed] | None) -> Parts:
    fields = fields_of(Config)

    def part(name: str) -> Any:
        value = given.get(name, BROKEN)
        if name not in given and not fields[name].is_required():
            return fields[name].get_default()
        return None if value is BROKEN else value

    names = ("dataset", "loss", "optimizer", "schedule", "regularizers", "training", "cv")
    return Parts(layers=layers, **{name: part(name) for name in names})


def _above(path: str) -> Iterator[str]:
    """Yield `path` and the paths above it, the nearest first."""
    yield path
    while "." in path:
        path = path.rpartition(".")[0]
        yield path
    yield ""


def _origins(written: Mapping[str, Node], layers: Sequence[Placed]) -> dict[str, Fault]:
    """Return where each setting was written, by its path in the config with repeats unrolled."""
    origins: dict[str, Fault] = {}
    of_layer: dict[str, dict[str, Fault]] = {layer.written: {} for layer in layers}
    for path, node in written.items():
        fault = Fault(path, "", file=node.file, line=node.line)
        if place := next((each for each in _above(path) if each in of_layer), ""):
            of_layer[place][path[len(place) :]] = fault
        elif path and not path.startswith("model."):
            origins[path] = fault
    for layer in layers:
        tails = of_layer[layer.written].items()
        origins.update({f"{layer.path}{tail}": fault for tail, fault in tails})
    return origins


def _order(fault: Fault) -> tuple[str, int]:
    return (fault.file, fault.line)
