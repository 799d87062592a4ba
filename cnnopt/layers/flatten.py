"""Flatten: all axes of an example into one."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Memory, Parameter, Wires


class View:
    """What layers share that hand their input on in another shape, or as it is."""

    memory: ClassVar[Memory] = "view"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> Wires:
        """Nothing but the wires."""
        return wires

    def forward(self, s: Wires, parameters: tuple[Array, ...]) -> None:
        """Do nothing: `y` is a view of `x`."""

    def backward(
        self, s: Wires, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Do nothing: `dx` is a view of `dy`."""


@dataclass(frozen=True)
class Flatten(View):
    """The same numbers in one axis, channels running fastest.

    Shapes: x (B, *shape) -> y (B, product of shape). Keras has the same order; PyTorch, with
    its channels first, another one.

    Example:
        >>> Flatten().output_shape((2, 2, 64))
        (256,)
    """

    def output_shape(self, x: Shape) -> Shape:
        """Return (product of `x`,)."""
        return (prod(x),)
