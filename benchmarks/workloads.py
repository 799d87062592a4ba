"""The nine reference workloads, as plain words that both sides build from, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

Spec = tuple[Any, ...]
Shape = tuple[int, ...]


def _conv(filters: int, kernel: int, padding: str | int = "same", stride: int = 1) -> Spec:
    return ("conv", filters, kernel, stride, padding)


def _pool(kernel: int = 2, stride: int = 2) -> Spec:
    return ("max_pool", kernel, stride)


def _dense(units: int) -> Spec:
    return ("dense", units)


RELU, TANH, FLATTEN, NORM = ("relu",), ("tanh",), ("flatten",), ("batch_norm",)


@dataclass(frozen=True)
class Workload:
    """A network and the batch it is timed on.

    Attributes:
        name: its name.
        input_shape: shape of one example, channels last.
        batch: examples in a batch.
        layers: `("conv", filters, kernel, stride, padding)`, `("max_pool", kernel, stride)`,
            `("dense", units)`, `("dropout", rate)` and the names alone.
        loss: `cross_entropy` or `squared_error`.
    """

    name: str
    input_shape: Shape
    batch: int
    layers: tuple[Spec, ...]
    loss: str = "cross_entropy"


def _block(filters: int) -> tuple[Spec, ...]:
    return _conv(filters, 3), NORM, RELU, _pool()


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "regression-mlp",
            (1,),
            64,
            (_dense(64), TANH, _dense(64), TANH, _dense(1)),
            "squared_error",
        ),
        Workload(
            "digits-cnn",
            (8, 8, 1),
            32,
            (_conv(16, 3), RELU, _pool(), _conv(32, 3), RELU, _pool(), FLATTEN, _dense(10)),
        ),
        Workload(
            "digits-cnn-bn",
            (8, 8, 1),
            64,
            (*_block(16), *_block(32), FLATTEN, ("dropout", 0.3), _dense(10)),
        ),
        Workload(
            "mnist1d-cnn",
            (40, 1),
            100,
            (
                *(_conv(25, 5, 1, 2), RELU, _conv(25, 3, 1, 2), RELU, _conv(25, 3, 1, 2), RELU),
                *(FLATTEN, _dense(10)),
            ),
        ),
        Workload(
            "mnist-cnn",
            (28, 28, 1),
            128,
            (_conv(16, 3), RELU, _pool(), _conv(32, 3), RELU, _pool(), FLATTEN, _dense(10)),
        ),
        Workload(
            "mnist-2c2d",
            (28, 28, 1),
            128,
            (
                *(_conv(32, 5), RELU, _pool(), _conv(64, 5), RELU, _pool(), FLATTEN),
                *(_dense(1024), RELU, _dense(10)),
            ),
        ),
        Workload(
            "cifar-3c3d",
            (32, 32, 3),
            128,
            (
                *(_conv(64, 5, "valid"), RELU, _pool(3, 2), _conv(96, 3, "valid"), RELU),
                *(_pool(3, 2), _conv(128, 3), RELU, _pool(3, 2), FLATTEN),
                *(_dense(512), RELU, _dense(256), RELU, _dense(10)),
            ),
        ),
        Workload(
            "cifar-vgg-bn",
            (32, 32, 3),
            128,
            (*_block(32), *_block(64), *_block(128), FLATTEN, _dense(10)),
        ),
        Workload(
            "voxel-cnn",
            (16, 16, 16, 1),
            32,
            (_conv(8, 3), RELU, _pool(), _conv(16, 3), RELU, _pool(), FLATTEN, _dense(10)),
        ),
    )
}


def shape_after(spec: Spec, shape: Shape) -> Shape:
    """Return the shape of one example, channels last, behind a layer."""
    match spec:
        case ("conv", filters, kernel, stride, padding):
            pad = pad_of(kernel, padding)
            return (*((n + 2 * pad - kernel) // stride + 1 for n in shape[:-1]), filters)
        case ("max_pool", kernel, stride):
            return (*((n - kernel) // stride + 1 for n in shape[:-1]), shape[-1])
        case ("dense", units):
            return (units,)
        case ("flatten",):
            return (prod(shape),)
        case _:
            return shape


def pad_of(kernel: int, padding: str | int) -> int:
    """Return the cells of padding on each side of an axis; `same` is for odd kernels, stride 1."""
    if isinstance(padding, int):
        return padding
    return kernel // 2 if padding == "same" else 0


def multiply_adds(workload: Workload) -> list[int]:
    """Return the multiply-additions of one example's forward pass, for each layer with weights."""
    counts: list[int] = []
    shape = workload.input_shape
    for spec in workload.layers:
        behind = shape_after(spec, shape)
        if spec[0] == "conv":
            counts.append(prod(behind) * spec[2] ** (len(shape) - 1) * shape[-1])
        elif spec[0] == "dense":
            counts.append(shape[0] * spec[1])
        shape = behind
    return counts


def step_operations(workload: Workload) -> int:
    """Return the floating-point operations of a step's matrix products, by the plain algorithm.

    Each layer with weights makes three products as large as the forward one: outputs, gradient by
    weights, gradient by inputs; the first layer's inputs need no gradient.
    """
    counts = multiply_adds(workload)
    return 2 * workload.batch * (3 * sum(counts) - counts[0])
