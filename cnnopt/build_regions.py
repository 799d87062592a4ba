"""Parameter groups become regions of the vector of weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from cnnopt.build_regularizers import decays_of
from cnnopt.config import Config
from cnnopt.errors import ConfigError, Fault
from cnnopt.network.layout import Layout, Slot
from cnnopt.optimizers import Optimizer, Region

GROUPS = "training.parameter_groups"


def build_regions(config: Config, layout: Layout, optimizer: Optimizer) -> tuple[Region, ...]:
    """Return the regions that the optimizer updates alike, in order, as few as may be.

    The optimizer's weight decay is for weights; biases and norms have none unless a group says so.
    So is that of the regularizer `weight_decay`, which stands in its place.

    Raises:
        ConfigError: a pattern that no parameter's, or layer's, name matches.
    """
    groups = config.training.parameter_groups or {}
    trained = [slot for slot in layout.slots if slot.parameter.trains]
    faults = [
        Fault(GROUPS, "must match a parameter's name", pattern, f"Names: {_some(trained)}")
        for pattern in groups
        if not any(fnmatchcase(slot.name, pattern) for slot in trained)
    ]
    if faults:
        raise ConfigError(*map(config.located, faults))
    usual = float(getattr(optimizer, "weight_decay", 0.0))
    decays = decays_of(config, layout)
    regions: list[Region] = []
    for slot in trained:
        own = next(
            (each for pattern, each in groups.items() if fnmatchcase(slot.name, pattern)), {}
        )
        decay = decays.get(slot.name, usual if slot.parameter.decays else 0.0)
        shape = slot.parameter.shape if optimizer.shaped else None
        regions.append(
            Region(
                slot.start, slot.stop, own.get("rate", 1.0), own.get("weight_decay", decay), shape
            )
        )
    return tuple(_joined(regions))


def _joined(regions: list[Region]) -> Iterator[Region]:
    """Yield the regions, neighbours that are alike as one."""
    last: Region | None = None
    for region in regions:
        if last is None:
            last = region
        elif region.shape is None and replace(region, start=last.start) == replace(
            last, stop=region.stop
        ):
            last = replace(last, stop=region.stop)
        else:
            yield last
            last = region
    if last is not None:
        yield last


def _some(slots: list[Slot]) -> str:
    names = [slot.name for slot in slots]
    return ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")
