"""Every layer with inputs and an oracle; `test_layers` fails for a layer without a case."""

from typing import Any

import numpy as np
from harness import Case, all_apart, away_from_zero
from oracles import convolution, pooling

from cnnopt.arrays import Shape
from cnnopt.layers import AvgPool, Bias, Conv, Dense, Dropout, Flatten, MaxPool, Relu, Tanh


def conv(name: str, x: Shape, filters: int, kernel: Shape, **settings: Any) -> Case:
    layer = Conv(filters, kernel, **settings)
    stride, pads = layer.stride, layer.pads(x)
    return Case(
        f"conv {name}",
        layer,
        x,
        lambda x, w: convolution.convolve(x, w, stride, pads),
        lambda x, w, dy: convolution.gradients(x, w, dy, stride, pads),
    )


def max_pool(name: str, x: Shape, kernel: Shape, stride: Shape = ()) -> Case:
    step = stride or kernel
    return Case(
        f"max pool {name}",
        MaxPool(kernel, stride),
        x,
        lambda x: pooling.max_pool(x, kernel, step),
        lambda x, dy: (pooling.max_pool_gradient(x, dy, kernel, step),),
        all_apart,
    )


def avg_pool(name: str, x: Shape, kernel: Shape, stride: Shape = ()) -> Case:
    step = stride or kernel
    return Case(
        f"avg pool {name}",
        AvgPool(kernel, stride),
        x,
        lambda x: pooling.mean_pool(x, kernel, step),
        lambda x, dy: (pooling.mean_pool_gradient(x, dy, kernel, step),),
    )


def dense(name: str, inputs: int, units: int) -> Case:
    return Case(
        f"dense {name}",
        Dense(units),
        (inputs,),
        lambda x, w: np.array([[sum(r * c) for c in w.T] for r in x]),
        lambda x, w, dy: (
            np.array([[sum(r * c) for c in w] for r in dy]),
            np.array([[sum(r * c) for c in dy.T] for r in x.T]),
        ),
    )


def bias(name: str, x: Shape) -> Case:
    def backward(x: np.ndarray, b: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        db = np.zeros(b.shape)
        for index in np.ndindex(*dy.shape):
            db[index[-1]] += dy[index]
        return dy, db

    return Case(f"bias {name}", Bias(), x, lambda x, b: x + b, backward)


def flatten(x: Shape) -> Case:
    def places() -> list[tuple[int, ...]]:
        return list(np.ndindex(*x))

    def backward(x: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray]:
        dx = np.empty(x.shape)
        for number, place in enumerate(places()):
            dx[(slice(None), *place)] = dy[:, number]
        return (dx,)

    return Case(
        "flatten",
        Flatten(),
        x,
        lambda x: np.array([[example[place] for place in places()] for example in x]),
        backward,
    )


def dropout(rate: float, x: Shape) -> Case:
    def kept(noise: np.ndarray) -> np.ndarray:
        return np.where(noise < rate, 0.0, 1 / (1 - rate))

    return Case(
        f"dropout {rate}",
        Dropout(rate),
        x,
        lambda x, noise: x * kept(noise),
        lambda x, noise, dy: (dy * kept(noise),),
    )


CASES = (
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
    dense("many to few", 7, 3),
    dense("one to one", 1, 1),
    dense("one to many", 1, 5),
    bias("of a dense layer", (5,)),
    bias("of a convolution", (3, 4, 5)),
    Case(
        "relu",
        Relu(),
        (3, 4, 2),
        lambda x: np.where(x > 0, x, 0.0),
        lambda x, dy: (np.where(x > 0, dy, 0.0),),
        away_from_zero,
    ),
    Case(
        "tanh",
        Tanh(),
        (3, 2),
        lambda x: 1 - 2 / (np.exp(2 * x) + 1),
        lambda x, dy: (dy / np.cosh(x) ** 2,),
    ),
    flatten((2, 3, 2)),
    dropout(0.0, (4, 3)),
    dropout(0.4, (4, 3, 2)),
)
