"""Settings of activations."""

from __future__ import annotations

from typing import ClassVar, Literal

from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, LayerName, PositiveReal


class Relu(Settings):
    """max(x, 0)."""

    kind: Literal["relu"] = "relu"
    name: LayerName | None = None


class Tanh(Settings):
    """The hyperbolic tangent."""

    kind: Literal["tanh"] = "tanh"
    name: LayerName | None = None


class LeakyRelu(Settings):
    """x where it is positive, else slope·x."""

    main: ClassVar[str] = "slope"
    kind: Literal["leaky_relu"] = "leaky_relu"
    name: LayerName | None = None
    slope: Below1 = 0.01


class Elu(Settings):
    """x where it is positive, else alpha·(exp(x) - 1)."""

    main: ClassVar[str] = "alpha"
    kind: Literal["elu"] = "elu"
    name: LayerName | None = None
    alpha: PositiveReal = 1.0


class Gelu(Settings):
    """x times the share of a normal distribution that lies below it; tanh: nearly, and faster."""

    main: ClassVar[str] = "approximate"
    kind: Literal["gelu"] = "gelu"
    name: LayerName | None = None
    approximate: Literal["none", "tanh"] = "none"


class Silu(Settings):
    """x times its sigmoid."""

    kind: Literal["silu"] = "silu"
    name: LayerName | None = None


class Sigmoid(Settings):
    """1 / (1 + exp(-x))."""

    kind: Literal["sigmoid"] = "sigmoid"
    name: LayerName | None = None


class Softmax(Settings):
    """Shares of the channels that sum to 1; the loss cross_entropy takes it itself."""

    kind: Literal["softmax"] = "softmax"
    name: LayerName | None = None


ActivationSettings = Relu | LeakyRelu | Elu | Gelu | Silu | Tanh | Sigmoid | Softmax
