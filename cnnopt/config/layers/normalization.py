"""Settings of normalizations that take each example by itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from cnnopt.config.settings import Settings
from cnnopt.config.values import LayerName, Positive, PositiveReal


class GroupNorm(Settings):
    """Mean 0 and variance 1 over each group of channels of an example, then scale and shift."""

    main: ClassVar[str] = "groups"
    kind: Literal["group_norm"] = "group_norm"
    name: LayerName | None = None
    groups: Positive
    epsilon: PositiveReal = 1e-5


class LayerNorm(Settings):
    """Mean 0 and variance 1 over an example (all) or each position of it (channels)."""

    main: ClassVar[str] = "axes"
    kind: Literal["layer_norm"] = "layer_norm"
    name: LayerName | None = None
    axes: Literal["all", "channels"] = "all"
    epsilon: PositiveReal = 1e-5
