"""Settings of regularizers that keep weights small."""

from __future__ import annotations

from typing import ClassVar, Literal

from cnnopt.config.layer_patterns import LayerPatterns
from cnnopt.config.settings import Settings
from cnnopt.config.values import Size


class L1(Settings):
    """Adds strength · Σ |w| over the weights, not the biases, to the loss; 0 is off."""

    main: ClassVar[str] = "strength"
    kind: Literal["l1"] = "l1"
    strength: Size
    layers: LayerPatterns | None = None


class L2(Settings):
    """Adds strength / 2 · Σ w² over the weights, not the biases, to the loss; 0 is off."""

    main: ClassVar[str] = "strength"
    kind: Literal["l2"] = "l2"
    strength: Size
    layers: LayerPatterns | None = None


class ElasticNet(Settings):
    """Adds l1 · Σ |w| + l2 / 2 · Σ w² over the weights, not the biases, to the loss."""

    kind: Literal["elastic_net"] = "elastic_net"
    l1: Size
    l2: Size
    layers: LayerPatterns | None = None


class WeightDecay(Settings):
    """Makes the weights smaller by rate · decay before each step, apart from the gradient."""

    main: ClassVar[str] = "decay"
    kind: Literal["weight_decay"] = "weight_decay"
    decay: Size
    layers: LayerPatterns | None = None


class MaxNorm(Settings):
    """Shortens the weights into each unit or filter to `limit` after each step; 0 is off."""

    main: ClassVar[str] = "limit"
    kind: Literal["max_norm"] = "max_norm"
    limit: Size = 3.0
    layers: LayerPatterns | None = None
