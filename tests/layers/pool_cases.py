"""Pooling with inputs and its oracle."""

from typing import Any

import numpy as np
from harness import Case, all_apart
from oracles import pooling

from cnnopt.arrays import Shape
from cnnopt.layers import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool


def max_pool(name: str, x: Shape, kernel: Shape, stride: Shape = (), **settings: Any) -> Case:
    layer = MaxPool(kernel, stride, **settings)
    form = (kernel, stride or kernel, layer.windows.pads(x), layer.ceil)
    return Case(
        f"max pool {name}",
        layer,
        x,
        lambda x: pooling.max_pool(x, *form),
        lambda x, dy: (pooling.max_pool_gradient(x, dy, *form),),
        all_apart,
    )


def avg_pool(name: str, x: Shape, kernel: Shape, stride: Shape = (), **settings: Any) -> Case:
    layer = AvgPool(kernel, stride, **settings)
    form = (kernel, stride or kernel, layer.windows.pads(x), layer.ceil, layer.count_padding)
    return Case(
        f"avg pool {name}",
        layer,
        x,
        lambda x: pooling.mean_pool(x, *form),
        lambda x, dy: (pooling.mean_pool_gradient(x, dy, *form),),
    )


def global_max_pool(x: Shape) -> Case:
    """Return the case; the oracle looks for the first largest cell one after another."""

    def winners(x: np.ndarray) -> np.ndarray:
        cells = x.reshape(len(x), -1, x.shape[-1])
        best = np.zeros((len(x), x.shape[-1]), int)
        for b, c in np.ndindex(*best.shape):
            for n in range(cells.shape[1]):
                if cells[b, n, c] > cells[b, best[b, c], c]:
                    best[b, c] = n
        return best

    def forward(x: np.ndarray) -> np.ndarray:
        best, cells = winners(x), x.reshape(len(x), -1, x.shape[-1])
        return np.array(
            [[row[n, c] for c, n in enumerate(b)] for row, b in zip(cells, best, strict=True)]
        )

    def backward(x: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray]:
        best = winners(x)
        dx = np.zeros((len(x), int(np.prod(x.shape[1:-1])), x.shape[-1]))
        for b, c in np.ndindex(*best.shape):
            dx[b, best[b, c], c] = dy[b, c]
        return (dx.reshape(x.shape),)

    return Case(f"global max pool {x}", GlobalMaxPool(), x, forward, backward, all_apart)


def global_avg_pool(x: Shape) -> Case:
    cells = int(np.prod(x[:-1]))

    def forward(x: np.ndarray) -> np.ndarray:
        y = np.zeros((len(x), x.shape[-1]))
        for index in np.ndindex(*x.shape):
            y[index[0], index[-1]] += x[index] / cells
        return y

    def backward(x: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray]:
        dx = np.empty(x.shape)
        for index in np.ndindex(*x.shape):
            dx[index] = dy[index[0], index[-1]] / cells
        return (dx,)

    return Case(f"global avg pool {x}", GlobalAvgPool(), x, forward, backward)


_PADDINGS: dict[str, dict[str, Any]] = {
    "padded": {"padding": ((1, 1), (1, 0))},
    "padded unevenly, ceil": {"padding": ((0, 2), (1, 0)), "ceil": True},
    "same": {"padding": "same"},
    "ceil": {"ceil": True},
}
_WINDOWS: dict[str, tuple[Shape, Shape, Shape]] = {
    "3x3 by two": ((6, 7, 2), (3, 3), (2, 2)),
    "3x2 by 3x1": ((5, 4, 2), (3, 2), (3, 1)),
}

POOLS = (
    max_pool("2x2", (4, 6, 3), (2, 2)),
    max_pool("2x2, ragged", (5, 7, 2), (2, 2)),
    max_pool("3x3 by two", (7, 5, 2), (3, 3), (2, 2)),
    max_pool("2x2 by one", (4, 4, 2), (2, 2), (1, 1)),
    max_pool("3x1", (6, 3, 2), (3, 1)),
    max_pool("1x1 by two", (4, 5, 2), (1, 1), (2, 2)),
    max_pool("2x2 by three", (8, 7, 1), (2, 2), (3, 3)),
    max_pool("in one dimension", (7, 3), (3,), (2,)),
    max_pool("in three dimensions", (4, 5, 4, 2), (2, 2, 2)),
    avg_pool("2x2", (4, 6, 3), (2, 2)),
    avg_pool("2x2, ragged", (5, 7, 2), (2, 2)),
    avg_pool("3x3 by two", (7, 5, 2), (3, 3), (2, 2)),
    avg_pool("3x1", (6, 3, 2), (3, 1)),
    avg_pool("1x1 by two", (4, 5, 2), (1, 1), (2, 2)),
    avg_pool("in one dimension", (7, 3), (3,), (2,)),
    avg_pool("in three dimensions", (4, 5, 4, 2), (2, 2, 2)),
    *(
        pool(f"{form}, {padding}", *_WINDOWS[form], **settings)
        for form in _WINDOWS
        for padding, settings in _PADDINGS.items()
        for pool in (max_pool, avg_pool)
        if form == "3x3 by two" or padding != "padded unevenly, ceil"
    ),
    *(
        avg_pool(f"{padding}, counting", *_WINDOWS["3x3 by two"], count_padding=True, **settings)
        for padding, settings in _PADDINGS.items()
        if padding != "ceil"
    ),
    max_pool("2x2 by two, padded", (4, 6, 2), (2, 2), padding=((1, 1), (0, 1))),
    max_pool("in one dimension, padded", (6, 2), (3,), (2,), padding=((1, 2),), ceil=True),
    avg_pool("in one dimension, padded", (6, 2), (3,), (2,), padding=((2, 1),), ceil=True),
    max_pool("in three dimensions, same", (3, 4, 5, 1), (2, 3, 2), (1, 2, 2), padding="same"),
    avg_pool("in three dimensions, same", (3, 4, 5, 1), (2, 3, 2), (1, 2, 2), padding="same"),
    global_max_pool((5, 2)),
    global_max_pool((3, 4, 2)),
    global_max_pool((2, 3, 2, 3)),
    global_max_pool((1, 1, 2)),
    global_avg_pool((5, 2)),
    global_avg_pool((3, 4, 2)),
    global_avg_pool((2, 3, 2, 3)),
    global_avg_pool((1, 1, 2)),
)
