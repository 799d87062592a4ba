"""The dense (fully connected) layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.products import product
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires
from cnnopt.layers.initial import HE, Initial


@dataclass(frozen=True)
class Dense:
    """y = x·W. The bias is a layer of its own.

    Args:
        units: U, numbers out.
        initial: how the weights are drawn.

    Shapes: x (B, N) -> y (B, U), weight (N, U).

    Source: Goodfellow, Bengio & Courville 2016, eq. 6.36.

    Example:
        >>> Dense(10).output_shape((256,))
        (10,)
    """

    units: int
    initial: Initial = HE

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = True
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return (U,); raise `ShapeError` for inputs with spatial axes."""
        if len(x) != 1:
            raise ShapeError(
                f"needs flat inputs, its input has the shape {x}", "Put `flatten` before it"
            )
        return (self.units,)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return the weight (N, U)."""
        return (Parameter("weight", (x[0], self.units), x[0], self.units, self.initial),)

    def multiply_adds(self, x: Shape) -> int:
        """Return N · U."""
        return x[0] * self.units

    def plan(self, wires: Wires, make: Buffers) -> Wires:
        """Nothing but the wires."""
        return wires

    def forward(self, s: Wires, parameters: tuple[Array, ...]) -> None:
        """One matrix product."""
        product(s.x, parameters[0], s.y)

    def backward(
        self, s: Wires, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dW = xᵀ·dy, dx = dy·Wᵀ."""
        assert s.dy is not None  # a plan for training
        product(s.x.T, s.dy, gradients[0])
        if s.dx is not None:
            product(s.dy, parameters[0].T, s.dx)
