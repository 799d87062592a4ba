"""Settings of the dense layer and of flatten."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from cnnopt.config.initial import LAYER_BIAS_NAMED, WEIGHTS_NAMED, LayerBias, WeightsInitial
from cnnopt.config.settings import Settings
from cnnopt.config.values import LayerName, Units


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
