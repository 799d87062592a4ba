"""Every layer with inputs and an oracle; `test_layers` fails for a layer without a case."""

import numpy as np
from composite_cases import COMPOSITES
from conv_cases import CONVOLUTIONS
from harness import Case, away_from_zero
from pool_cases import POOLS
from shape_keeping_cases import SHAPE_KEEPING

from cnnopt.arrays import Shape
from cnnopt.layers import Bias, Dense, Dropout, Flatten, Relu, Tanh


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
    *CONVOLUTIONS,
    *POOLS,
    *SHAPE_KEEPING,
    *COMPOSITES,
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
