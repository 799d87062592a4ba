"""Cases of layers that hold others: in place at the start, with noise, projected, nested."""

import numpy as np
from harness import Case, Sampler, away_from_zero, normal
from oracles import complex_step
from oracles.composition import run

from cnnopt.arrays import Shape
from cnnopt.layers import (
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Flatten,
    GroupNorm,
    Layer,
    Parallel,
    Relu,
    Residual,
    SpatialDropout,
    Tanh,
)
from cnnopt.layers.inside import Named


def named(*layers: Layer) -> Named:
    """Name layers as a config does, a bias like the layer before it."""
    found: list[tuple[str, Layer]] = []
    for layer in layers:
        kind = type(layer).__name__.lower()
        count = sum(type(other) is type(layer) for _, other in found)
        found.append(
            (found[-1][0] if found and isinstance(layer, Bias) else f"{kind}_{count + 1}", layer)
        )
    return tuple(found)


def case(name: str, layer: Layer, x: Shape, sample: Sampler = normal) -> Case:
    count = len(layer.parameters(x))

    def backward(*arguments: np.ndarray) -> tuple[np.ndarray, ...]:
        *given, dy = arguments
        noise = given[1 + count :]
        values = tuple(given[: 1 + count])
        return complex_step.gradients(lambda *moved: run(layer, *moved, *noise), values, dy)

    return Case(name, layer, x, lambda *given: run(layer, *given), backward, sample)


def residual(*layers: Layer) -> Residual:
    return Residual(named(*layers))


def parallel(*branches: tuple[Layer, ...]) -> Parallel:
    return Parallel(tuple(named(*branch) for branch in branches))


def same(filters: int, kernel: int = 3, stride: int = 1) -> Conv:
    return Conv(filters, (kernel, kernel), (stride, stride), "same")


BLOCK = residual(same(3), Bias(), GroupNorm(1), Tanh(), same(2))

COMPOSITES = (
    case("residual", residual(same(3), Bias(), Tanh(), same(2)), (4, 3, 2)),
    case("residual, projected", residual(same(3), Bias()), (3, 4, 2)),
    case("residual by two, projected", residual(same(3, 3, 2), Bias(), Tanh()), (5, 4, 2)),
    case("residual of flat inputs", residual(Dense(5), Bias(), Tanh()), (5,)),
    case("residual of flat inputs, projected", residual(Dense(3), Tanh()), (5,)),
    case("residual, tanh first", residual(Tanh(), Dense(4)), (4,)),
    case("residual, relu first", residual(Relu(), same(2)), (3, 3, 2), away_from_zero),
    case("residual of a view", residual(Flatten()), (4,)),
    case("residual of nothing", residual(), (3, 2)),
    case("residual with noise", residual(Dropout(0.5), Dense(4), DropConnect(Dense(4), 0.4)), (4,)),
    case("residual in a residual", residual(BLOCK, Tanh(), BLOCK), (3, 2, 2)),
    case("parallel", parallel((same(2),), (same(3, 1), Bias(), Tanh())), (3, 4, 2)),
    case("parallel, one branch", parallel((Dense(3), Bias())), (4,)),
    case("parallel with the input", parallel((), (same(2), Tanh()), ()), (3, 2, 2)),
    case("parallel, in place first", parallel((Tanh(),), (Tanh(), Bias()), (Bias(),)), (3, 2)),
    case("parallel of views", parallel((Flatten(),), (Flatten(), Dense(2))), (2, 3)),
    case("parallel with noise", parallel((SpatialDropout(0.5),), (Dropout(0.3), Tanh())), (3, 4)),
    case("residual of branches", residual(parallel((same(1),), (BLOCK, same(1)))), (3, 2, 2)),
)
