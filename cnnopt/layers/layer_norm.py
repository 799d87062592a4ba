"""Layer normalization: each example, or each position, by its own mean and variance."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Memory, Parameter, Wires
from cnnopt.layers.initial import ONE, ZERO


@dataclass(frozen=True, slots=True)
class LayerNormSpace:
    """The chunk as a matrix: what is normalized together is one row of N numbers."""

    x2: Array  # (rows, N)
    y2: Array  # (rows, N)
    dx2: Array | None
    dy2: Array | None
    normal: Array  # (rows, N): x̂, which backward reads
    work: Array  # (rows, N)
    means: Array  # (2, rows, 1)
    inverse: Array  # (rows, 1): 1/√(variance + epsilon)


@dataclass(frozen=True)
class LayerNorm:
    """y = γ·(x - μ)/√(σ² + ε) + β, μ and σ² taken over one example, or over one position of it.

    Args:
        axes: `"all"`: over all axes of an example, as PyTorch's LayerNorm(shape of an example);
            `"channels"`: over the channels of each position, as PyTorch's LayerNorm(C) on channels
            last, and Keras by default.
        epsilon: ε, above 0, inside the root; Keras's default is 1e-3.

    Shapes: x, y (B, *extents, C) or (B, C); scale γ, shift β like one example, or (C,). σ² is the
    biased variance (ddof 0). The same in training and outside.

    Source: Ba, Kiros & Hinton 2016, eq. 3 and 4.

    Example:
        >>> LayerNorm().output_shape((8, 8, 16))
        (8, 8, 16)
    """

    axes: Literal["all", "channels"] = "all"
    epsilon: float = 1e-5

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def _together(self, x: Shape) -> Shape:
        return x if self.axes == "all" else x[-1:]

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return scale and shift, a number for each that is normalized together."""
        shape = self._together(x)
        return (
            Parameter("scale", shape, 1, 1, ONE, decays=False),
            Parameter("shift", shape, 1, 1, ZERO, decays=False),
        )

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: no matrix product."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> LayerNormSpace:
        """Keep matrix views; add x̂, scratch of its size, and room for the means."""
        size = prod(self._together(wires.x.shape[1:]))
        form = (wires.x.size // size, size)
        return LayerNormSpace(
            x2=wires.x.reshape(form),
            y2=wires.y.reshape(form),
            dx2=None if wires.dx is None else wires.dx.reshape(form),
            dy2=None if wires.dy is None else wires.dy.reshape(form),
            normal=make(form),
            work=make(form),
            means=make((2, form[0], 1)),
            inverse=make((form[0], 1)),
        )

    def forward(self, s: LayerNormSpace, parameters: tuple[Array, ...]) -> None:
        """Take the mean off, divide by the root, then scale and shift."""
        scale, shift = (values.reshape(-1) for values in parameters)
        np.mean(s.x2, axis=-1, keepdims=True, out=s.means[0])
        np.subtract(s.x2, s.means[0], out=s.normal)
        np.multiply(s.normal, s.normal, out=s.work)
        np.mean(s.work, axis=-1, keepdims=True, out=s.inverse)
        np.add(s.inverse, self.epsilon, out=s.inverse)
        np.sqrt(s.inverse, out=s.inverse)
        np.reciprocal(s.inverse, out=s.inverse)
        np.multiply(s.normal, s.inverse, out=s.normal)
        np.multiply(s.normal, scale, out=s.y2)
        np.add(s.y2, shift, out=s.y2)

    def backward(
        self, s: LayerNormSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dβ = Σ dy, dγ = Σ dy·x̂; with g = γ·dy, dx = (g - mean g - x̂·mean g·x̂)/√(σ² + ε)."""
        assert s.dy2 is not None  # a plan for training
        d_scale, d_shift = (gradient.reshape(-1) for gradient in gradients)
        np.sum(s.dy2, axis=0, out=d_shift)
        np.multiply(s.dy2, s.normal, out=s.work)
        np.sum(s.work, axis=0, out=d_scale)
        if s.dx2 is None:
            return
        level, slope = s.means
        scale = parameters[0].reshape(-1)
        np.multiply(s.work, scale, out=s.work)
        np.mean(s.work, axis=-1, keepdims=True, out=slope)
        np.multiply(s.dy2, scale, out=s.dx2)
        np.mean(s.dx2, axis=-1, keepdims=True, out=level)
        np.multiply(s.normal, slope, out=s.work)
        np.subtract(s.dx2, s.work, out=s.dx2)
        np.subtract(s.dx2, level, out=s.dx2)
        np.multiply(s.dx2, s.inverse, out=s.dx2)
