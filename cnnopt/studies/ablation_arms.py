"""The arms of an ablation, and those along the strength of one setting."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnopt.config import Config, load_config
from cnnopt.config.layers.table import LAYERS
from cnnopt.config.objectives import REGULARIZERS
from cnnopt.errors import UsageError
from cnnopt.studies.ablation_parts import with_names, without
from cnnopt.studies.effects import Wanted
from cnnopt.studies.values import plain_value
from cnnopt.studies.variants import placed, variant

BASELINE, ALL = "baseline", "all"


@dataclass(frozen=True)
class Options:
    """What the study's own options say.

    Attributes:
        parts: that are taken out, the others stay; None: all of the config.
        seeds: runs of each arm, at least 2.
        sweep: in place of parts: one path, and the values that it takes.
    """

    parts: Sequence[str] | None = None
    seeds: int = 10
    sweep: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return {
            "parts": None if self.parts is None else list(self.parts),
            "seeds": self.seeds,
            "sweep": {path: list(values) for path, values in self.sweep.items()},
        }


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that make no ablation."""
    if options.seeds < 2:
        rule = "must be at least 2: one seed shows no effect"
        raise UsageError(f"--seeds: {rule}, got {options.seeds}. Use 10.")
    if not options.sweep:
        return
    if options.parts is not None:
        raise UsageError("--parts and --sweep cannot both be given. Choose one.")
    if len(options.sweep) > 1:
        raise UsageError(f"--sweep: takes one path, got {', '.join(options.sweep)}.")
    for path, values in options.sweep.items():
        strengths = [_strength(path, value) for value in values]
        if len(set(strengths)) < 2 or len(set(strengths)) < len(values):
            given = ", ".join(values) or "nothing"
            rule = "must have two or more different values"
            raise UsageError(f"--sweep: {path} {rule}, got {given}.")


def arms_of(config: Config, parts: Sequence[str]) -> dict[str, Config]:
    """Return the arms: baseline, each part alone, all, all but each.

    Names are resolved before anything is taken out: what stays draws the same in every arm.

    Args:
        config: with all of its parts.
        parts: those that are taken out, at least one.

    Raises:
        ConfigError: an arm that is no config, such as one with an empty `residual`.
    """
    base = with_names(config.resolved())
    kept = {BASELINE: (), **{f"{part} alone": (part,) for part in parts}}
    if len(parts) > 1:
        kept |= {ALL: tuple(parts)}
        kept |= {f"all but {out}": tuple(p for p in parts if p != out) for out in parts}
    arms = {}
    for name, those in kept.items():
        with placed(f"arm {name}"):
            arms[name] = load_config(without(base, set(parts) - set(those)))
    return arms


def wanted_of(parts: Sequence[str]) -> list[Wanted]:
    """Return the effects of an ablation: all that is stated, and so Holm's family."""
    alone = [Wanted(part, "alone", f"{part} alone", BASELINE) for part in parts]
    if len(parts) == 1:
        return alone
    left_out = [Wanted(part, "all but", f"all but {part}", ALL) for part in parts]
    return [*alone, Wanted(ALL, "all", ALL, BASELINE), *left_out]


@dataclass(frozen=True)
class Sweep:
    """The values of one setting, from the weakest to the strongest.

    Attributes:
        path: as of `--set`.
        name: as it was given, such as `l2`.
        strengths: by arm.
    """

    path: str
    name: str
    strengths: Mapping[str, float]


def sweep_of(options: Options) -> Sweep:
    """Return what `--sweep` asks for; a name alone is a regularizer's, else a layer's."""
    ((given, values),) = options.sweep.items()
    path = given
    if "." not in given and given in REGULARIZERS:
        path = f"regularizers.{given}"
    elif "." not in given and given in LAYERS:
        path = f"model.{given}"
    ordered = sorted(values, key=lambda value: _strength(given, value))
    name = given.split(".")[-1]
    return Sweep(path, name, {f"{name}={value}": _strength(given, value) for value in ordered})


def sweep_arms(config: Config, sweep: Sweep) -> dict[str, Config]:
    """Return the arms of a sweep.

    Raises:
        ConfigError: the path or a value is none of the config's.
    """
    return {
        arm: variant(config, [f"{sweep.path}={arm.partition('=')[2]}"], f"arm {arm}")
        for arm in sweep.strengths
    }


def _strength(path: str, text: str) -> float:
    value = plain_value(text)
    if type(value) not in (int, float) or not 0 <= value < math.inf:
        raise UsageError(f"--sweep: {path} must have numbers of at least 0, got {text}.")
    return float(value)
