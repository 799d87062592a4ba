"""Gates: each number times a share of it that grows with the number: gelu and silu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.sigmoid import sigmoid
from cnnopt.layers.base import Memory, Parameter, Wires

ROOT = float(np.sqrt(2 / np.pi))
CUBIC = 0.044715
"""The fit of tanh(√(2/π)·(x + 0.044715·x³)) to the normal distribution, by the paper's authors."""


@dataclass(frozen=True, slots=True)
class GateSpace:
    """The wires, the share that passes, and the derivative, which is taken on the way forward.

    By then x is still there, so that y can have its memory.
    """

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    gate: Array  # like y
    slope: Array  # like y; of no size where there is no backward pass
    work: Array  # like slope; of no size where it is not needed


def _space(wires: Wires, make: Buffers, *, more: bool) -> GateSpace:
    shape = wires.y.shape
    back = shape if wires.dx is not None else (0,)
    work = make(back if more else (0,))
    return GateSpace(wires.x, wires.y, wires.dx, wires.dy, make(shape), make(back), work)


@dataclass(frozen=True)
class Gelu:
    """y = x·Φ(x), Φ the distribution function of the standard normal distribution.

    Args:
        approximate: `"none"`: exact; `"tanh"`: Φ(x) ≈ ½·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as
            in PyTorch, whose names these are. Several times as fast.

    Shapes: y like x. Works in place.

    Source: Hendrycks & Gimpel 2016, section 2.

    Example:
        >>> Gelu().output_shape((8, 8, 16))
        (8, 8, 16)
    """

    approximate: Literal["none", "tanh"] = "none"

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> GateSpace:
        """Add room for the gate, and for the derivative where there is a backward pass."""
        return _space(wires, make, more=self.approximate == "tanh")

    def forward(self, s: GateSpace, parameters: tuple[Array, ...]) -> None:
        """y = x·Φ(x), and the derivative Φ(x) + x·Φ'(x)."""
        if self.approximate == "tanh":
            _approximate(s)
        else:
            _exact(s)
        np.multiply(s.x, s.gate, out=s.y)

    def backward(
        self, s: GateSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy·(Φ(x) + x·Φ'(x))."""
        if s.dx is not None and s.dy is not None:
            np.multiply(s.dy, s.slope, out=s.dx)


def _exact(s: GateSpace) -> None:
    """Fill gate and slope: Φ(x), by the error function, and Φ(x) + x·exp(-x²/2)/√(2π)."""
    from scipy.special import ndtr

    if s.slope.size:
        np.multiply(s.x, s.x, out=s.slope)
        np.multiply(s.slope, -0.5, out=s.slope)
        np.exp(s.slope, out=s.slope)
        np.multiply(s.slope, ROOT / 2, out=s.slope)
        np.multiply(s.slope, s.x, out=s.slope)
    ndtr(s.x, out=s.gate)
    if s.slope.size:
        np.add(s.slope, s.gate, out=s.slope)


def _approximate(s: GateSpace) -> None:
    """Fill gate and slope; with t = tanh(u), Φ = (1 + t)/2 and Φ' = (1 - t²)/2·u'."""
    _odd_polynomial(s.gate, s.x, CUBIC)
    np.tanh(s.gate, out=s.gate)
    if s.slope.size:
        _odd_polynomial(s.slope, s.x, 3 * CUBIC)  # x·u'
        np.multiply(s.gate, s.gate, out=s.work)
        np.subtract(1, s.work, out=s.work)
        np.multiply(s.slope, s.work, out=s.slope)
        np.add(s.slope, s.gate, out=s.slope)
        np.add(s.slope, 1, out=s.slope)
        np.multiply(s.slope, 0.5, out=s.slope)
    np.add(s.gate, 1, out=s.gate)
    np.multiply(s.gate, 0.5, out=s.gate)


def _odd_polynomial(y: Array, x: Array, cubic: float) -> None:
    """Write √(2/π)·(x + cubic·x³)."""
    np.multiply(x, x, out=y)
    np.multiply(y, cubic * ROOT, out=y)
    np.add(y, ROOT, out=y)
    np.multiply(y, x, out=y)


@dataclass(frozen=True)
class Silu:
    """y = x·σ(x), σ(x) = 1/(1 + exp(-x)); also called swish.

    Shapes: y like x. Works in place.

    Source: Hendrycks & Gimpel 2016, section 2; Ramachandran, Zoph & Le 2017 (with β = 1).

    Example:
        >>> Silu().output_shape((8, 8, 16))
        (8, 8, 16)
    """

    memory: ClassVar[Memory] = "in place"
    reads_input: ClassVar[bool] = False
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def output_shape(self, x: Shape) -> Shape:
        """Return `x`."""
        return x

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return nothing."""
        return ()

    def multiply_adds(self, x: Shape) -> int:
        """Return 0."""
        return 0

    def plan(self, wires: Wires, make: Buffers) -> GateSpace:
        """Add room for the gate, and for the derivative where there is a backward pass."""
        return _space(wires, make, more=False)

    def forward(self, s: GateSpace, parameters: tuple[Array, ...]) -> None:
        """y = x·σ(x), and the derivative σ(x) + y·(1 - σ(x))."""
        sigmoid(s.gate, s.x)
        np.multiply(s.x, s.gate, out=s.y)
        if s.slope.size:
            np.subtract(1, s.gate, out=s.slope)
            np.multiply(s.slope, s.y, out=s.slope)
            np.add(s.slope, s.gate, out=s.slope)

    def backward(
        self, s: GateSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = dy·(σ(x) + y·(1 - σ(x)))."""
        if s.dx is not None and s.dy is not None:
            np.multiply(s.dy, s.slope, out=s.dx)
