"""Settings of layers, and the table of their names."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from cnnopt.config.initial import LAYER_BIAS_NAMED, WEIGHTS_NAMED, LayerBias, WeightsInitial
from cnnopt.config.rule import Named, Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, LayerName, Padding, Pair, Positive, Units, whole


def _kernel(given: dict[str, Any]) -> Any:
    return given.get("kernel")


class Conv2d(Settings):
    """Convolution over height and width.

    `padding: same` gives ceil(n / stride) outputs; a cell that cannot be split stands at the end.
    """

    kind: Literal["conv2d"] = "conv2d"
    name: LayerName | None = None
    filters: Positive
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = "valid"
    initial: Annotated[WeightsInitial | None, WEIGHTS_NAMED] = None
    bias: Annotated[LayerBias, LAYER_BIAS_NAMED] = True


class MaxPool2d(Settings):
    """The largest value of each window; windows that do not fit in are left out."""

    main: ClassVar[str] = "kernel"
    kind: Literal["max_pool2d"] = "max_pool2d"
    name: LayerName | None = None
    kernel: Pair
    stride: Pair = Field(default_factory=_kernel)


class AvgPool2d(Settings):
    """The mean of each window; windows that do not fit in are left out."""

    main: ClassVar[str] = "kernel"
    kind: Literal["avg_pool2d"] = "avg_pool2d"
    name: LayerName | None = None
    kernel: Pair
    stride: Pair = Field(default_factory=_kernel)


class Dense(Settings):
    """Every output from every input; `units: classes` fits the data."""

    main: ClassVar[str] = "units"
    kind: Literal["dense"] = "dense"
    name: LayerName | None = None
    units: Units
    initial: Annotated[WeightsInitial | None, WEIGHTS_NAMED] = None
    bias: Annotated[LayerBias, LAYER_BIAS_NAMED] = True


class Flatten(Settings):
    """All values of an example in one row."""

    kind: Literal["flatten"] = "flatten"
    name: LayerName | None = None


class Relu(Settings):
    """max(x, 0)."""

    kind: Literal["relu"] = "relu"
    name: LayerName | None = None


class Tanh(Settings):
    """The hyperbolic tangent."""

    kind: Literal["tanh"] = "tanh"
    name: LayerName | None = None


class Dropout(Settings):
    """Sets a share of the values to 0 while training and scales the others up."""

    main: ClassVar[str] = "rate"
    kind: Literal["dropout"] = "dropout"
    name: LayerName | None = None
    rate: Below1


LayerSettings = Conv2d | MaxPool2d | AvgPool2d | Dense | Flatten | Relu | Tanh | Dropout
Layer = Annotated[LayerSettings, Field(discriminator="kind")]

MOST_REPEATS = 1000
Times = Annotated[
    int,
    Field(strict=True, ge=0, le=MOST_REPEATS),
    BeforeValidator(whole),
    Rule(f"must be a whole number from 0 to {MOST_REPEATS}"),
]

LAYERS: dict[str, type[Settings]] = {
    "conv2d": Conv2d,
    "max_pool2d": MaxPool2d,
    "avg_pool2d": AvgPool2d,
    "dense": Dense,
    "flatten": Flatten,
    "relu": Relu,
    "tanh": Tanh,
    "dropout": Dropout,
}
ENTRIES: dict[str, type[Settings]] = dict(LAYERS)
"""What may stand in `model`: the layers, and `repeat`, which is gone once the config is read."""

LAYERS_NAMED = Named("layer", ENTRIES, many=True)


class Repeat(Settings):
    """The same layers several times over, each time with weights of their own."""

    kind: Literal["repeat"] = "repeat"
    times: Times
    layers: Annotated[tuple[Settings, ...], Field(min_length=1), LAYERS_NAMED]


ENTRIES["repeat"] = Repeat
