"""Settings of activations."""

from __future__ import annotations

from typing import Literal

from cnnopt.config.settings import Settings
from cnnopt.config.values import LayerName


class Relu(Settings):
    """max(x, 0)."""

    kind: Literal["relu"] = "relu"
    name: LayerName | None = None


class Tanh(Settings):
    """The hyperbolic tangent."""

    kind: Literal["tanh"] = "tanh"
    name: LayerName | None = None
