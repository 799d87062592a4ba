"""Settings of layers that set values to 0 at random."""

from __future__ import annotations

from typing import ClassVar, Literal

from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, LayerName


class Dropout(Settings):
    """Sets a share of the values to 0 while training and scales the others up."""

    main: ClassVar[str] = "rate"
    kind: Literal["dropout"] = "dropout"
    name: LayerName | None = None
    rate: Below1


class SpatialDropout(Settings):
    """Sets a share of the channels to 0 while training, each whole, and scales the others up."""

    main: ClassVar[str] = "rate"
    kind: Literal["spatial_dropout"] = "spatial_dropout"
    name: LayerName | None = None
    rate: Below1
