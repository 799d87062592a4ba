"""Settings of convolutions."""

from __future__ import annotations

from typing import Annotated, Literal

from cnnopt.config.initial import LAYER_BIAS_NAMED, WEIGHTS_NAMED, LayerBias, WeightsInitial
from cnnopt.config.layers.axes import (
    Extents1d,
    Extents2d,
    Extents3d,
    Padding1d,
    Padding2d,
    Padding3d,
)
from cnnopt.config.settings import Settings
from cnnopt.config.values import Flag, LayerName, Positive


class Conv1d(Settings):
    """Convolution over a line; see `Conv2d`."""

    kind: Literal["conv1d"] = "conv1d"
    name: LayerName | None = None
    filters: Positive
    kernel: Extents1d
    stride: Extents1d = (1,)
    padding: Padding1d = "valid"
    dilation: Extents1d = (1,)
    groups: Positive = 1
    flip: Flag = False
    initial: Annotated[WeightsInitial | None, WEIGHTS_NAMED] = None
    bias: Annotated[LayerBias, LAYER_BIAS_NAMED] = True


class Conv2d(Settings):
    """Convolution over height and width.

    `padding: same` gives ceil(n / stride) outputs; a cell that cannot be split stands at the end.
    `groups` as many as channels make it depthwise. `flip` turns the kernel round: the mathematical
    convolution instead of the cross-correlation.
    """

    kind: Literal["conv2d"] = "conv2d"
    name: LayerName | None = None
    filters: Positive
    kernel: Extents2d
    stride: Extents2d = (1, 1)
    padding: Padding2d = "valid"
    dilation: Extents2d = (1, 1)
    groups: Positive = 1
    flip: Flag = False
    initial: Annotated[WeightsInitial | None, WEIGHTS_NAMED] = None
    bias: Annotated[LayerBias, LAYER_BIAS_NAMED] = True


class Conv3d(Settings):
    """Convolution over depth, height and width; see `Conv2d`."""

    kind: Literal["conv3d"] = "conv3d"
    name: LayerName | None = None
    filters: Positive
    kernel: Extents3d
    stride: Extents3d = (1, 1, 1)
    padding: Padding3d = "valid"
    dilation: Extents3d = (1, 1, 1)
    groups: Positive = 1
    flip: Flag = False
    initial: Annotated[WeightsInitial | None, WEIGHTS_NAMED] = None
    bias: Annotated[LayerBias, LAYER_BIAS_NAMED] = True


ConvSettings = Conv1d | Conv2d | Conv3d
