"""Convolution and pooling as ONNX describes them, run with our layers."""

from typing import Any, Literal

import numpy as np
from onnx_node import Case, Unsupported, channels_last, channels_second, run

from cnnopt.kernels.windows import Pads, same_pads
from cnnopt.layers import AvgPool, Bias, Conv, GlobalAvgPool, GlobalMaxPool, Layer, MaxPool


def _padding(
    case: Case, kernel: tuple[int, ...], stride: tuple[int, ...]
) -> Literal["valid", "same"] | Pads:
    automatic = case.get("auto_pad", "NOTSET")
    if automatic == "SAME_UPPER":
        return "same"
    if automatic == "SAME_LOWER":  # the extra cell at the beginning
        pads = same_pads(case.input(0).shape[2:], kernel, stride)
        return tuple((after, before) for before, after in pads)
    if automatic == "VALID" or "pads" not in case.attributes:
        return "valid"
    pads, rank = case.attributes["pads"], len(kernel)
    return tuple(zip(pads[:rank], pads[rank:], strict=True))


def convolution(case: Case) -> list[np.ndarray]:
    x, weight = case.input(0), case.input(1)
    kernel = tuple(case.get("kernel_shape", weight.shape[2:]))
    ones = [1] * len(kernel)
    stride, dilation = tuple(case.get("strides", ones)), tuple(case.get("dilations", ones))
    layer = Conv(
        len(weight),
        kernel,
        stride,
        _padding(case, kernel, stride),
        dilation=dilation,
        groups=case.get("group", 1),
    )
    layers: list[tuple[Layer, tuple[np.ndarray, ...]]] = [
        (layer, (np.ascontiguousarray(np.moveaxis(weight, (0, 1), (-1, -2))),))
    ]
    if len(case.inputs) == 3:
        layers.append((Bias(), (case.input(2),)))
    return [channels_second(run(layers, channels_last(x)).y)]


def _window(case: Case) -> dict[str, Any]:
    kernel = tuple(case.attributes["kernel_shape"])
    stride = tuple(case.get("strides", [1] * len(kernel)))
    if set(case.get("dilations", [1])) != {1}:
        raise Unsupported("no pooling layer has a dilation")
    return {
        "kernel": kernel,
        "stride": stride,
        "padding": _padding(case, kernel, stride),
        "ceil": bool(case.get("ceil_mode", 0)),
    }


def max_pool(case: Case) -> list[np.ndarray]:
    """The indices are the cells that a gradient goes to, asked for one output after another."""
    layer = MaxPool(**_window(case))
    x = channels_last(case.input(0))
    y = run([(layer, ())], x).y
    if len(case.outputs) == 1:
        return [channels_second(y)]
    indices = np.zeros(y.shape, np.int64)
    for place in np.ndindex(*y.shape):
        dy = np.zeros_like(y)
        dy[place] = 1
        dx = run([(layer, ())], x, dy).dx
        assert dx is not None
        dx = channels_second(dx)
        if case.get("storage_order", 0):  # counts along columns
            dx = dx.swapaxes(-1, -2)
        (indices[place],) = np.flatnonzero(dx)
    return [channels_second(y), channels_second(indices)]


def average_pool(case: Case) -> list[np.ndarray]:
    layer = AvgPool(**_window(case), count_padding=bool(case.get("count_include_pad", 0)))
    return [channels_second(run([(layer, ())], channels_last(case.input(0))).y)]


def _global(layer: Layer, case: Case) -> list[np.ndarray]:
    y = run([(layer, ())], channels_last(case.input(0))).y
    return [y.reshape(*y.shape, *[1] * (case.input(0).ndim - 2))]


def global_average_pool(case: Case) -> list[np.ndarray]:
    return _global(GlobalAvgPool(), case)


def global_max_pool(case: Case) -> list[np.ndarray]:
    return _global(GlobalMaxPool(), case)
