"""DropConnect: weights set to zero at random while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Draw, Layer, Memory, Parameter, Wires, fill_uniform
from cnnopt.layers.way import Way, way_of


@dataclass(frozen=True, slots=True)
class DropConnectSpace:
    """The space of the layer inside, and its weights as this step has them."""

    inner: Any
    factor: Array  # like the weight: 0, or 1/(1 - rate); of no size outside training
    weight: Array  # like the weight: W · factor


@dataclass(frozen=True)
class DropConnect:
    """The layer inside with W·M for W: M is 0 with probability `rate`, else 1/(1 - rate).

    Args:
        layer: a layer with one weight: dense or a convolution. Its bias is a layer of its own and
            is left whole; the paper drops biases, too.
        rate: share of weights set to zero, in [0, 1).

    Shapes: those of the layer inside. One M a step for the whole batch, where the paper draws one
    for each example: that would take B times the memory and no matrix product. Outside training M
    is 1, its expectation; the paper draws from a normal distribution instead.

    Source: Wan et al. 2013, section 3.

    Example:
        >>> from cnnopt.layers import Dense
        >>> DropConnect(Dense(10), 0.5).output_shape((256,))
        (10,)
    """

    layer: Layer
    rate: float

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = True
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return that of the layer inside."""
        return self.layer.output_shape(x)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return those of the layer inside."""
        return self.layer.parameters(x)

    def multiply_adds(self, x: Shape) -> int:
        """Return those of the layer inside."""
        return self.layer.multiply_adds(x)

    def way(self, x: Shape, examples: int) -> Way:
        """Return that of the layer inside."""
        return way_of(self.layer, x, examples)

    def plan(self, wires: Wires, make: Buffers) -> DropConnectSpace:
        """Add room for the factors and for the weights that are left."""
        (weight,) = self.layer.parameters(wires.x.shape[1:])
        shape = weight.shape if wires.training else (0,)
        return DropConnectSpace(self.layer.plan(wires, make), make(shape), make(shape))

    def draws(self, x: Shape) -> tuple[Draw, ...]:
        """Return one uniform number for each weight, the same for all examples."""
        (weight,) = self.layer.parameters(x)
        return (Draw(weight.shape, fill_uniform, shared=True),)

    def use(self, s: DropConnectSpace, noise: tuple[Array, ...]) -> None:
        """Make the factors: 0 where the number is below the rate."""
        np.greater_equal(noise[0], self.rate, out=s.factor)
        np.multiply(s.factor, 1 / (1 - self.rate), out=s.factor)

    def forward(self, s: DropConnectSpace, parameters: tuple[Array, ...]) -> None:
        """Run the layer inside on the weights that are left; outside training on all."""
        if s.factor.size:
            np.multiply(parameters[0], s.factor, out=s.weight)
            parameters = (s.weight,)
        self.layer.forward(s.inner, parameters)

    def backward(
        self, s: DropConnectSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dW is that by W·M, times M; dx comes from the weights that were left."""
        self.layer.backward(s.inner, (s.weight,), gradients)
        np.multiply(gradients[0], s.factor, out=gradients[0])
