"""Convolutions with inputs and their oracle."""

from typing import Any

import numpy as np
from harness import Case
from oracles import convolution

from cnnopt.arrays import Shape
from cnnopt.layers import Conv


def conv(name: str, x: Shape, filters: int, kernel: Shape, **settings: Any) -> Case:
    layer = Conv(filters, kernel, **settings)
    form: dict[str, Any] = {
        "stride": layer.stride,
        "pads": layer.pads(x),
        "dilation": layer.dilation,
        "groups": layer.groups,
        "flip": layer.flip,
    }

    def forward(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        return convolution.convolve(x, w, **form)

    def backward(x: np.ndarray, w: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, ...]:
        return convolution.gradients(x, w, dy, **form)

    return Case(f"conv {name}", layer, x, forward, backward)


CONVOLUTIONS = (
    conv("same", (5, 6, 3), 4, (3, 3), padding="same"),
    conv("valid, strides apart", (6, 7, 3), 2, (3, 2), stride=(2, 1)),
    conv("one channel", (6, 5, 1), 3, (3, 3), padding="same"),
    conv("one channel, same by two", (6, 5, 1), 2, (3, 3), stride=(2, 2), padding="same"),
    conv("one filter", (4, 4, 2), 1, (3, 3), padding="same"),
    conv("wide kernel", (7, 6, 2), 3, (5, 5), padding="same"),
    conv("wide kernel, one channel", (6, 6, 1), 2, (5, 4)),
    conv("even kernel", (5, 4, 2), 2, (2, 4), padding="same"),
    conv("one cell", (3, 4, 3), 2, (1, 1)),
    conv("one cell, one channel", (3, 4, 1), 2, (1, 1)),
    conv("one cell by two", (5, 4, 3), 2, (1, 1), stride=(2, 2)),
    conv("one cell, padded", (3, 2, 2), 3, (1, 1), padding=((1, 1), (0, 2))),
    conv("one cell, one channel, padded", (3, 2, 1), 3, (1, 1), padding=((1, 1), (0, 2))),
    conv("padded unevenly", (4, 5, 2), 2, (3, 3), padding=((0, 2), (1, 0))),
    conv("padded beyond the kernel", (3, 3, 2), 2, (2, 2), padding=((3, 2), (2, 3))),
    conv("stride beyond the kernel", (7, 8, 2), 2, (2, 2), stride=(3, 4)),
    conv("kernel of the input's size", (4, 3, 2), 3, (4, 3)),
    conv("in one dimension", (9, 3), 2, (5,), stride=(2,), padding=((1, 1),)),
    conv("in one dimension, same", (6, 2), 3, (3,), padding="same"),
    conv("in three dimensions", (4, 3, 4, 2), 2, (2, 3, 2), padding="same"),
    conv("in three dimensions, strided", (5, 4, 4, 1), 2, (3, 2, 2), stride=(2, 1, 2)),
    conv("dilated", (7, 6, 2), 3, (3, 2), dilation=(2, 3)),
    conv("dilated, same", (5, 6, 2), 2, (3, 3), dilation=(2, 2), padding="same"),
    conv("dilated, strided, one channel", (8, 7, 1), 2, (2, 3), dilation=(3, 2), stride=(2, 1)),
    conv("dilated, wide kernel", (9, 3), 2, (4,), dilation=(2,), padding=((2, 3),)),
    conv("dilated, one cell", (3, 3, 2), 2, (1, 1), dilation=(4, 4)),
    conv("dilated in three dimensions", (5, 3, 4, 2), 2, (3, 1, 2), dilation=(2, 1, 2)),
    conv("in groups", (5, 4, 4), 6, (3, 3), groups=2, padding="same"),
    conv("in groups, wide kernel", (6, 5, 4), 4, (4, 4), groups=2, padding="same"),
    conv("in groups, strided", (6, 5, 6), 3, (3, 2), groups=3, stride=(2, 2)),
    conv("in groups, one filter each", (4, 4, 6), 2, (2, 2), groups=2),
    conv("in groups, one cell", (3, 4, 4), 6, (1, 1), groups=2),
    conv("in groups, one cell by two", (3, 4, 4), 6, (1, 1), groups=2, stride=(2, 2)),
    conv("in groups, one cell, padded", (2, 3, 4), 2, (1, 1), groups=2, padding=((1, 0), (0, 2))),
    conv("in groups in one dimension", (7, 4), 4, (3,), groups=2, dilation=(2,)),
    conv("in groups in three dimensions", (3, 3, 4, 4), 2, (2, 2, 2), groups=2, padding="same"),
    conv("depthwise", (5, 4, 3), 3, (3, 3), groups=3),
    conv("depthwise, same", (5, 6, 3), 3, (3, 3), groups=3, padding="same"),
    conv("depthwise, three filters each", (4, 5, 2), 6, (3, 2), groups=2),
    conv(
        "depthwise, strided, dilated",
        (8, 7, 2),
        4,
        (3, 2),
        groups=2,
        stride=(2, 1),
        dilation=(1, 3),
    ),
    conv("depthwise, one cell", (3, 4, 3), 3, (1, 1), groups=3),
    conv("depthwise in one dimension", (6, 3), 3, (4,), groups=3, padding=((3, 1),)),
    conv("depthwise in three dimensions", (3, 4, 3, 2), 2, (2, 2, 2), groups=2, padding="same"),
    conv("flipped", (5, 4, 2), 3, (3, 2), flip=True, padding="same"),
    conv("flipped, wide kernel, strided", (7, 8, 2), 2, (4, 5), flip=True, stride=(2, 1)),
    conv("flipped, one channel, dilated", (7, 6, 1), 2, (3, 2), flip=True, dilation=(2, 2)),
    conv("flipped, in groups", (5, 4, 4), 4, (3, 3), flip=True, groups=2, padding="same"),
    conv("flipped, depthwise", (5, 4, 3), 6, (2, 3), flip=True, groups=3),
    conv("flipped in three dimensions", (4, 3, 4, 2), 2, (2, 3, 2), flip=True),
)
