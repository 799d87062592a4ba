"""Settings of pooling."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnopt.config.layers.axes import (
    Extents1d,
    Extents2d,
    Extents3d,
    Padding1d,
    Padding2d,
    Padding3d,
)
from cnnopt.config.settings import Settings
from cnnopt.config.values import Flag, LayerName


def _kernel(given: dict[str, Any]) -> Any:
    return given.get("kernel")


class MaxPool1d(Settings):
    """The largest value of each window along a line; see `MaxPool2d`."""

    main: ClassVar[str] = "kernel"
    kind: Literal["max_pool1d"] = "max_pool1d"
    name: LayerName | None = None
    kernel: Extents1d
    stride: Extents1d = Field(default_factory=_kernel)
    padding: Padding1d = "valid"
    ceil: Flag = False


class MaxPool2d(Settings):
    """The largest value of each window; windows that do not fit in are left out.

    `ceil` keeps a last one that stands over the end.
    """

    main: ClassVar[str] = "kernel"
    kind: Literal["max_pool2d"] = "max_pool2d"
    name: LayerName | None = None
    kernel: Extents2d
    stride: Extents2d = Field(default_factory=_kernel)
    padding: Padding2d = "valid"
    ceil: Flag = False


class MaxPool3d(Settings):
    """The largest value of each window in space; see `MaxPool2d`."""

    main: ClassVar[str] = "kernel"
    kind: Literal["max_pool3d"] = "max_pool3d"
    name: LayerName | None = None
    kernel: Extents3d
    stride: Extents3d = Field(default_factory=_kernel)
    padding: Padding3d = "valid"
    ceil: Flag = False


class AvgPool1d(Settings):
    """The mean of each window along a line; see `AvgPool2d`."""

    main: ClassVar[str] = "kernel"
    kind: Literal["avg_pool1d"] = "avg_pool1d"
    name: LayerName | None = None
    kernel: Extents1d
    stride: Extents1d = Field(default_factory=_kernel)
    padding: Padding1d = "valid"
    ceil: Flag = False
    count_padding: Flag = False


class AvgPool2d(Settings):
    """The mean of each window; windows that do not fit in are left out.

    `ceil` keeps a last one that stands over the end; `count_padding` takes padded cells for zeros.
    """

    main: ClassVar[str] = "kernel"
    kind: Literal["avg_pool2d"] = "avg_pool2d"
    name: LayerName | None = None
    kernel: Extents2d
    stride: Extents2d = Field(default_factory=_kernel)
    padding: Padding2d = "valid"
    ceil: Flag = False
    count_padding: Flag = False


class AvgPool3d(Settings):
    """The mean of each window in space; see `AvgPool2d`."""

    main: ClassVar[str] = "kernel"
    kind: Literal["avg_pool3d"] = "avg_pool3d"
    name: LayerName | None = None
    kernel: Extents3d
    stride: Extents3d = Field(default_factory=_kernel)
    padding: Padding3d = "valid"
    ceil: Flag = False
    count_padding: Flag = False


class GlobalAvgPool(Settings):
    """The mean of each channel over all cells, in any dimension."""

    kind: Literal["global_avg_pool"] = "global_avg_pool"
    name: LayerName | None = None


class GlobalMaxPool(Settings):
    """The largest value of each channel over all cells, in any dimension."""

    kind: Literal["global_max_pool"] = "global_max_pool"
    name: LayerName | None = None


MaxPoolSettings = MaxPool1d | MaxPool2d | MaxPool3d
AvgPoolSettings = AvgPool1d | AvgPool2d | AvgPool3d
