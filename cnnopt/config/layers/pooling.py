"""Settings of pooling."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnopt.config.settings import Settings
from cnnopt.config.values import LayerName, Pair


def _kernel(given: dict[str, Any]) -> Any:
    return given.get("kernel")


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
