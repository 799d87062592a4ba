"""Group normalization: each example by the mean and variance of its groups of channels."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires
from cnnopt.layers.initial import ONE, ZERO


@dataclass(frozen=True, slots=True)
class GroupNormSpace:
    """The chunk with its positions in one axis of S; small arrays keep axes of 1 to broadcast."""

    x: Array  # (B, S, C)
    y: Array  # (B, S, C)
    dx: Array | None
    dy: Array | None
    normal: Array  # (B, S, C): x̂, which backward reads
    work: Array  # (B, S, C)
    ones: Array  # (1, S)
    per_channel: Array  # (2, B, 1, C): sums over positions
    per_group: Array  # (2, B, G, 1): means over a group
    inverse: Array  # (B, G, 1): 1/√(variance + epsilon)


@dataclass(frozen=True)
class GroupNorm:
    """y = γ·(x - μ)/√(σ² + ε) + β, μ and σ² taken over the positions and channels of a group.

    Args:
        groups: G, how many neighbouring channels make a group: C / G. 1 takes all channels
            together, C each alone (instance normalization).
        epsilon: ε, above 0, inside the root; Keras's default is 1e-3.

    Shapes: x, y (B, *extents, C) or (B, C); scale γ, shift β (C,). σ² is the biased variance
    (ddof 0), as in PyTorch. The same in training and outside.

    Source: Wu & He 2018, eq. 1 to 7.

    Example:
        >>> GroupNorm(4).output_shape((8, 8, 16))
        (8, 8, 16)
    """

    groups: int
    epsilon: float = 1e-5

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`; raise `ShapeError` where the groups do not divide the channels."""
        if x[-1] % self.groups:
            fitting = [g for g in range(1, min(x[-1], 64) + 1) if x[-1] % g == 0]
            raise ShapeError(
                f"{self.groups} groups do not divide the {x[-1]} channels of its input",
                f"Use one of {', '.join(map(str, fitting))}",
            )
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return scale and shift (C,)."""
        return (
            Parameter("scale", x[-1:], 1, 1, ONE, decays=False),
            Parameter("shift", x[-1:], 1, 1, ZERO, decays=False),
        )

    def multiply_adds(self, x: Shape) -> int:
        """Return 0: the products with ones are sums."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> GroupNormSpace:
        """Add x̂, scratch of its size, and room for sums and means."""
        batch, *extents, channels = wires.x.shape
        form = (batch, prod(extents), channels)
        ones = make((1, form[1]))
        ones.fill(1)
        return GroupNormSpace(
            x=wires.x.reshape(form),
            y=wires.y.reshape(form),
            dx=None if wires.dx is None else wires.dx.reshape(form),
            dy=None if wires.dy is None else wires.dy.reshape(form),
            normal=make(form),
            work=make(form),
            ones=ones,
            per_channel=make((2, batch, 1, channels)),
            per_group=make((2, batch, self.groups, 1)),
            inverse=make((batch, self.groups, 1)),
        )

    def forward(self, s: GroupNormSpace, parameters: tuple[Array, ...]) -> None:
        """Take the mean off, divide by the root, then scale and shift."""
        scale, shift = parameters
        mean, square = s.per_group
        self._mean(mean, s.x, s)
        np.subtract(s.x, self._spread(mean, s), out=s.normal)
        np.multiply(s.normal, s.normal, out=s.work)
        self._mean(square, s.work, s)
        np.add(square, self.epsilon, out=s.inverse)
        np.sqrt(s.inverse, out=s.inverse)
        np.reciprocal(s.inverse, out=s.inverse)
        np.multiply(s.normal, self._spread(s.inverse, s), out=s.normal)
        np.multiply(s.normal, scale, out=s.y)
        np.add(s.y, shift, out=s.y)

    def backward(
        self, s: GroupNormSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dβ = Σ dy, dγ = Σ dy·x̂; with g = γ·dy, dx = (g - mean g - x̂·mean g·x̂)/√(σ² + ε)."""
        assert s.dy is not None  # a plan for training
        d_scale, d_shift = gradients
        total, product = s.per_channel
        np.matmul(s.ones, s.dy, out=total)
        np.multiply(s.dy, s.normal, out=s.work)
        np.matmul(s.ones, s.work, out=product)
        np.sum(total, axis=(0, 1), out=d_shift)
        np.sum(product, axis=(0, 1), out=d_scale)
        if s.dx is None:
            return
        scale = parameters[0]
        np.multiply(s.per_channel, scale, out=s.per_channel)
        for sums, means in zip(s.per_channel, s.per_group, strict=True):
            self._over_groups(means, sums, s)
        level, slope = s.per_group
        np.multiply(s.dy, scale, out=s.dx)
        np.multiply(s.normal, self._spread(slope, s), out=s.work)
        np.subtract(s.dx, s.work, out=s.dx)
        np.subtract(s.dx, self._spread(level, s), out=s.dx)
        np.multiply(s.dx, self._spread(s.inverse, s), out=s.dx)

    def _mean(self, mean: Array, values: Array, s: GroupNormSpace) -> None:
        """Write the mean of `values` (B, S, C) over each group, (B, G, 1)."""
        np.matmul(s.ones, values, out=s.per_channel[0])
        self._over_groups(mean, s.per_channel[0], s)

    def _over_groups(self, mean: Array, sums: Array, s: GroupNormSpace) -> None:
        """Write the means over groups (B, G, 1) of the sums over positions (B, 1, C)."""
        batch, positions, channels = s.x.shape
        np.sum(sums.reshape(batch, self.groups, -1), axis=-1, keepdims=True, out=mean)
        np.multiply(mean, self.groups / (positions * channels), out=mean)

    def _spread(self, values: Array, s: GroupNormSpace) -> Array:
        """Return a number of each group (B, G, 1) for each of its channels, (B, 1, C)."""
        channels: Array = s.per_channel[0]
        batch, _, count = channels.shape
        np.copyto(channels.reshape(batch, self.groups, count // self.groups), values)
        return channels
