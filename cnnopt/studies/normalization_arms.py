"""The arms of a study of normalization: no, batch, group or layer norm by batch size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from cnnopt.config import Config, load_config
from cnnopt.errors import ConfigError, Fault, UsageError
from cnnopt.studies.ablation_parts import Entry, entries_of, with_lists
from cnnopt.studies.variants import placed

NONE = "none"
KINDS = (NONE, "batch_norm", "group_norm", "layer_norm")
NORMS = KINDS[1:]


@dataclass(frozen=True)
class Options:
    """What the study's own options say.

    Attributes:
        batch_sizes: each with every kind of normalization.
        rates: the lattice of learning rates that every arm tries.
        groups: of group norm.
        seeds: runs of each arm, and of each rate while tuning, at least 2.
    """

    batch_sizes: Sequence[int] = (2, 8, 32, 128)
    rates: Sequence[float] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    groups: int = 4
    seeds: int = 5

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return asdict(self) | {"batch_sizes": list(self.batch_sizes), "rates": list(self.rates)}


@dataclass(frozen=True)
class Arm:
    """A kind of normalization with a batch size.

    Attributes:
        kind: one of `KINDS`.
        batch: examples of a step.
        config: the base config with these.
    """

    kind: str
    batch: int
    config: Config

    @property
    def name(self) -> str:
        """What tables call it."""
        return arm_name(self.kind, self.batch)


def arm_name(kind: str, batch: int) -> str:
    """Return what tables call an arm."""
    return f"{kind}, batch {batch}"


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that answer nothing."""
    if options.seeds < 2:
        raise UsageError(f"seeds: must be at least 2, got {options.seeds}. Use 5.")
    if options.groups < 1:
        raise UsageError(f"groups: must be at least 1, got {options.groups}. Use 4.")
    for name, values in (("batch_sizes", options.batch_sizes), ("rates", options.rates)):
        if not values or len(set(values)) < len(values) or min(values) <= 0:
            given = ", ".join(map(str, values)) or "nothing"
            raise UsageError(f"{name}: must be different numbers above 0, got {given}.")
    if len(options.rates) < 2:
        raise UsageError("rates: must be two or more, or no rate is the largest stable one.")


def arms_of(config: Config, options: Options) -> list[Arm]:
    """Return the arms; whatever normalization the config has stands for all kinds of it.

    Layers keep their names, so that weights, batches and masks are the same in all arms of a seed.

    Raises:
        ConfigError: no normalization layer in the model's own list, or an arm that is no config.
    """
    resolved = config.resolved()
    if not any(kind in NORMS for kind, _ in entries_of(resolved["model"])):
        remedy = "Put batch_norm where one is wanted"
        raise ConfigError(Fault("model", "has no normalization layer to vary", "", remedy))
    found = []
    for kind, size in product(KINDS, options.batch_sizes):
        model = normalized(resolved["model"], kind, options.groups)
        training = resolved["training"] | {"batch_size": size}
        with placed(f"arm {arm_name(kind, size)}"):
            arm = load_config(resolved | {"model": model, "training": training})
        found.append(Arm(kind, size, arm))
    return found


def normalized(entries: Sequence[Entry], kind: str, groups: int) -> list[dict[str, Any]]:
    """Return a list of layers with every normalization of this kind; `none` leaves it out."""
    settings: Mapping[str, Any] = {"group_norm": {"groups": groups}}.get(kind, {})
    found: list[dict[str, Any]] = []
    for each, given in entries_of(entries):
        if each not in NORMS:
            inside = with_lists(each, given, lambda row: normalized(row, kind, groups))
            found.append({each: inside})
        elif kind != NONE:
            name = {"name": given["name"]} if "name" in given else {}
            found.append({kind: name | dict(settings)})
    return found
