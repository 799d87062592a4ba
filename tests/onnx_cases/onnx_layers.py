"""The other operators that layers compute: normalization, matrix products, activations."""

from collections.abc import Callable

import numpy as np
from onnx_node import Case, Unsupported, channels_last, channels_second, run

from cnnopt.kernels.softmax import log_softmax
from cnnopt.layers import (
    BatchNorm,
    Bias,
    Dense,
    Elu,
    Gelu,
    GroupNorm,
    Layer,
    LayerNorm,
    LeakyRelu,
    Relu,
    Sigmoid,
    Silu,
    Softmax,
    Tanh,
)


def batch_normalization(case: Case) -> list[np.ndarray]:
    """ONNX's momentum is that of the old values, and its running variance the biased one."""
    x = channels_last(case.input(0))
    old = case.get("momentum", 0.9)
    mean, variance = case.input(3).copy(), case.input(4).copy()
    layer = BatchNorm(1 - old, case.get("epsilon", 1e-5))
    parameters = (case.input(1), case.input(2), mean, variance)
    training = bool(case.get("training_mode", 0))
    y = channels_second(run([(layer, parameters)], x, training=training).y)
    if not training:
        return [y]
    n, kept = x.size // x.shape[-1], old * case.input(4)
    return [y, mean, kept + (variance - kept) * (n - 1) / n]


def group_normalization(case: Case) -> list[np.ndarray]:
    layer = GroupNorm(case.attributes["num_groups"], case.get("epsilon", 1e-5))
    x, parameters = channels_last(case.input(0)), (case.input(1), case.input(2))
    return [channels_second(run([(layer, parameters)], x).y)]


def instance_normalization(case: Case) -> list[np.ndarray]:
    """Group normalization with a group for each channel."""
    layer = GroupNorm(case.input(0).shape[1], case.get("epsilon", 1e-5))
    x, parameters = channels_last(case.input(0)), (case.input(1), case.input(2))
    return [channels_second(run([(layer, parameters)], x).y)]


def layer_normalization(case: Case) -> list[np.ndarray]:
    """What stands before the axis is the batch; mean and deviation are not a layer's outputs."""
    x = case.input(0)
    axis = case.get("axis", -1) % x.ndim
    layer = LayerNorm("all", case.get("epsilon", 1e-5))
    rows = x.reshape(-1, *x.shape[axis:])
    shift = np.zeros_like(case.input(1)) if len(case.inputs) < 3 else case.input(2)
    return [run([(layer, (case.input(1), shift))], rows).y.reshape(x.shape)]


def gemm(case: Case) -> list[np.ndarray]:
    """A dense layer with the weight alpha·B and the bias beta·C."""
    a, b = case.input(0), case.input(1)
    a, b = (a.T if case.get("transA", 0) else a), (b.T if case.get("transB", 0) else b)
    b = (np.float32(case.get("alpha", 1.0)) * b).astype(a.dtype)
    layers: list[tuple[Layer, tuple[np.ndarray, ...]]] = [(Dense(b.shape[1]), (b,))]
    if len(case.inputs) == 3:
        c = np.float32(case.get("beta", 1.0)) * case.input(2)
        if c.ndim == 2 and len(c) != 1:
            raise Unsupported("a bias is the same for every example")
        layers.append((Bias(), (np.broadcast_to(c.reshape(-1), b.shape[1:]).copy(),)))
    return [run(layers, a).y]


def activation(of: Callable[[Case], Layer]) -> Callable[[Case], list[np.ndarray]]:
    """Return the adapter of a function on every number."""

    def adapter(case: Case) -> list[np.ndarray]:
        x = case.input(0)
        return [run([(of(case), ())], x.reshape(1, -1)).y.reshape(x.shape)]

    return adapter


relu = activation(lambda case: Relu())
leaky_relu = activation(lambda case: LeakyRelu(case.get("alpha", 0.01)))
elu = activation(lambda case: Elu(case.get("alpha", 1.0)))
gelu = activation(lambda case: Gelu(case.get("approximate", "none")))
sigmoid = activation(lambda case: Sigmoid())
tanh = activation(lambda case: Tanh())


def swish(case: Case) -> list[np.ndarray]:
    if case.get("alpha", 1.0) != 1:
        raise Unsupported("silu has no alpha")
    return activation(lambda case: Silu())(case)


def softmax(case: Case) -> list[np.ndarray]:
    axis = case.get("axis", -1)
    x = np.moveaxis(case.input(0), axis, -1)
    return [np.moveaxis(run([(Softmax(), ())], x).y, -1, axis)]


def log_of_softmax(case: Case) -> list[np.ndarray]:
    axis = case.get("axis", -1)
    x = np.moveaxis(case.input(0), axis, -1)
    z = np.ascontiguousarray(x.reshape(-1, x.shape[-1]))
    logs, row = np.empty_like(z), np.empty((len(z), 1), z.dtype)
    log_softmax(logs, row, z, np.empty_like(z))
    return [np.moveaxis(logs.reshape(x.shape), -1, axis)]
