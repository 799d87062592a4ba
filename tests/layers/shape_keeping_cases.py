"""Cases of activations, normalizations and of what is dropped at random."""

from collections.abc import Callable

import numpy as np
from harness import Case, Sampler, away_from_zero, normal
from oracles import activations, complex_step
from oracles.composition import run

from cnnopt.arrays import Shape
from cnnopt.layers import (
    Conv,
    Dense,
    DropConnect,
    Elu,
    Gelu,
    GroupNorm,
    Layer,
    LayerNorm,
    LeakyRelu,
    Sigmoid,
    Silu,
    Softmax,
    SpatialDropout,
)


def smooth(
    name: str,
    layer: Layer,
    x: Shape,
    forward: Callable[..., np.ndarray],
    sample: Sampler = normal,
    noise: int = 0,
) -> Case:
    """Return a case whose gradients come from complex steps; the last arguments are noise."""

    def backward(*arguments: np.ndarray) -> tuple[np.ndarray, ...]:
        *given, dy = arguments
        values, fixed = (given[:-noise], given[-noise:]) if noise else (given, [])
        return complex_step.gradients(lambda *moved: forward(*moved, *fixed), tuple(values), dy)

    return Case(name, layer, x, forward, backward, sample)


def group_norm(name: str, x: Shape, groups: int, **settings: float) -> Case:
    layer = GroupNorm(groups, **settings)
    return smooth(
        f"group norm {name}",
        layer,
        x,
        lambda x, scale, shift: activations.group_norm(x, scale, shift, groups, layer.epsilon),
    )


def layer_norm(name: str, x: Shape, layer: LayerNorm) -> Case:
    axes = len(x) if layer.axes == "all" else 1
    return smooth(
        f"layer norm {name}",
        layer,
        x,
        lambda x, scale, shift: activations.layer_norm(x, scale, shift, axes, layer.epsilon),
    )


def wide(shape: Shape, generator: np.random.Generator) -> np.ndarray:
    """Return numbers of which some are far out, where exponentials vanish."""
    return 4 * generator.standard_normal(shape)


def noisy(name: str, layer: Layer, x: Shape) -> Case:
    return smooth(name, layer, x, lambda *given: run(layer, *given), noise=1)


SHAPE_KEEPING = (
    smooth(
        "leaky relu", LeakyRelu(), (3, 2), lambda x: activations.leaky_relu(x, 0.01), away_from_zero
    ),
    smooth(
        "leaky relu, steep",
        LeakyRelu(0.3),
        (2, 3, 2),
        lambda x: activations.leaky_relu(x, 0.3),
        away_from_zero,
    ),
    smooth("elu", Elu(), (3, 2), lambda x: activations.elu(x, 1.0), away_from_zero),
    smooth(
        "elu, alpha 0.4", Elu(0.4), (2, 3, 2), lambda x: activations.elu(x, 0.4), away_from_zero
    ),
    smooth("gelu", Gelu(), (3, 4), activations.gelu, wide),
    smooth("gelu by tanh", Gelu("tanh"), (3, 4), activations.gelu_by_tanh, wide),
    smooth("silu", Silu(), (3, 4), activations.silu, wide),
    smooth("sigmoid", Sigmoid(), (3, 4), activations.sigmoid, wide),
    smooth("softmax", Softmax(), (5,), activations.softmax, wide),
    smooth("softmax at positions", Softmax(), (2, 3, 4), activations.softmax),
    group_norm("of pairs", (3, 2, 4), 2),
    group_norm("of all channels", (2, 2, 3), 1),
    group_norm("of single channels", (4, 3), 3, epsilon=1e-2),
    group_norm("of flat inputs", (6,), 2),
    group_norm("in three dimensions", (2, 2, 2, 4), 2),
    layer_norm("of examples", (2, 3, 2), LayerNorm()),
    layer_norm("of positions", (2, 2, 4), LayerNorm("channels")),
    layer_norm("of flat inputs", (6,), LayerNorm(epsilon=1e-2)),
    noisy("spatial dropout", SpatialDropout(0.5), (2, 3, 4)),
    noisy("spatial dropout along a line", SpatialDropout(0.3), (4, 3)),
    noisy("drop connect of dense", DropConnect(Dense(4), 0.5), (5,)),
    noisy("drop connect of conv", DropConnect(Conv(2, (2, 2), padding="same"), 0.3), (3, 2, 2)),
)
