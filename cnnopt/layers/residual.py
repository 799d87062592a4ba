"""Residual connections: what some layers make of the input is added to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Draw, Layer, Memory, Parameter, ShapeError, Wires
from cnnopt.layers.conv import Conv
from cnnopt.layers.dense import Dense
from cnnopt.layers.initial import HE, Initial
from cnnopt.layers.inside import (
    Named,
    Row,
    chain,
    couples,
    draws_inside,
    go_back,
    parameters_inside,
    plan_rows,
)
from cnnopt.layers.sequence import Node
from cnnopt.layers.way import Way


@dataclass(frozen=True, slots=True)
class ResidualSpace:
    """The layers and the way past them; the latter has no layer or the projection."""

    y: Array
    dx: Array | None
    dy: Array | None
    rows: tuple[Row, Row]


@dataclass(frozen=True)
class Residual:
    """y = f(x) + x, f the layers inside; y = f(x) + P(x) where f changes the shape.

    P is a convolution with a kernel of one cell, no bias and the stride that fits, or a dense
    layer on flat inputs.

    Args:
        layers: f, each layer with its name.
        initial: how the weights of P are drawn.

    Shapes: x (B, *extents, C) -> y like f(x); in each axis f may leave ceil(n / s) of n cells.
    Parameters are called by the names of the layers inside, such as `conv2d_1.weight`, those of P
    `projection.weight`. PyTorch's and Keras's networks put batch normalization after P; here it
    can only stand in f.

    Source: He et al. 2016, eq. 1 and 2 (option B).

    Example:
        >>> block = Residual((("conv2d_1", Conv(32, (3, 3), (2, 2), "same")),))
        >>> block.output_shape((8, 8, 16))
        (4, 4, 32)
    """

    layers: Named
    initial: Initial = HE

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = True
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    @property
    def couples_inside(self) -> bool:
        """Whether a layer inside couples the examples of a batch."""
        return couples(layer for _, layer in self.layers)

    def output_shape(self, x: Shape) -> Shape:
        """Return the shape of f(x); raise `ShapeError` where no projection fits it."""
        main, _ = self._rows(x)
        return main[-1].y if main else x

    def inside(self, x: Shape) -> tuple[Node, ...]:
        """Return the layers inside, then the projection where there is one."""
        main, past = self._rows(x)
        return main + past

    def _rows(self, x: Shape) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        main = chain(self.layers, x)
        y = main[-1].y if main else x
        if y == x:
            return main, ()
        return main, (Node("projection", self._projection(x, y), x),)

    def _projection(self, x: Shape, y: Shape) -> Layer:
        if len(x) != len(y):
            raise ShapeError(
                f"its layers make {y} of {x}: they must keep the number of axes",
                "Put flatten behind it",
            )
        if len(x) == 1:
            return Dense(y[0], self.initial)
        strides = tuple(-(-n // o) for n, o in zip(x[:-1], y[:-1], strict=True))
        if tuple(-(-n // s) for n, s in zip(x[:-1], strides, strict=True)) != y[:-1]:
            raise ShapeError(
                f"its layers make {y} of {x}, which no stride makes of the input",
                "Use `padding: same` in it, and pool by whole strides",
            )
        return Conv(y[-1], (1,) * len(strides), strides, initial=self.initial)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return those of the layers inside, those that train first."""
        return parameters_inside(self.inside(x))

    def multiply_adds(self, x: Shape) -> int:
        """Return those of the layers inside."""
        return sum(node.layer.multiply_adds(node.x) for node in self.inside(x))

    def way(self, x: Shape, examples: int) -> Way:
        """Return how the layers inside are joined."""
        return Way("layer by layer, then the sum")

    def plan(self, wires: Wires, make: Buffers) -> ResidualSpace:
        """Plan f and the way past it."""
        main, past = plan_rows(self._rows(wires.x.shape[1:]), wires, make)
        return ResidualSpace(wires.y, wires.dx, wires.dy, (main, past))

    def draws(self, x: Shape) -> tuple[Draw, ...]:
        """Return the draws of the layers inside."""
        return draws_inside(self.inside(x))

    def use(self, s: ResidualSpace, noise: tuple[Array, ...]) -> None:
        """Hand the noise to the layers inside."""
        for row in s.rows:
            row.use(noise)

    def forward(self, s: ResidualSpace, parameters: tuple[Array, ...]) -> None:
        """y = f(x) + x, or f(x) + P(x)."""
        main, past = s.rows
        main.forward(parameters)
        past.forward(parameters)
        np.add(main.y, past.y, out=s.y)

    def backward(
        self, s: ResidualSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dx = f's gradient + dy, or + P's."""
        assert s.dy is not None  # a plan for training
        go_back(s.rows, (s.dy, s.dy), s.dx, parameters, gradients)
