"""Settings of convolutions."""

from __future__ import annotations

from typing import Annotated, Literal

from cnnopt.config.initial import LAYER_BIAS_NAMED, WEIGHTS_NAMED, LayerBias, WeightsInitial
from cnnopt.config.settings import Settings
from cnnopt.config.values import LayerName, Padding, Pair, Positive


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
