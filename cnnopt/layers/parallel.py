"""Branches side by side: each takes the same input, their channels are joined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.base import Draw, Memory, Parameter, ShapeError, Wires
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
class ParallelSpace:
    """The branches, and the channels of the output and its gradient that are theirs."""

    dx: Array | None
    rows: tuple[Row, ...]
    y: tuple[Array, ...]  # each (B, *extents, channels of the branch)
    dy: tuple[Array, ...]  # likewise; none where there is no backward pass


@dataclass(frozen=True)
class Parallel:
    """y = the outputs of all branches, joined along the channels in their order.

    Args:
        branches: the layers of each, with their names; a branch without layers hands x on.

    Shapes: x (B, *extents, C) -> y (B, *outputs, Σ channels); all branches make the same
    `outputs`. Parameters are called by branch and layer, such as `branch_1.conv2d_1.weight`.

    Source: Szegedy et al. 2015, section 4.

    Example:
        >>> from cnnopt.layers import Conv
        >>> wide = (("conv2d_1", Conv(4, (5, 5), padding="same")),)
        >>> Parallel((wide, ())).output_shape((8, 8, 16))
        (8, 8, 20)
    """

    branches: tuple[Named, ...]

    memory: ClassVar[Memory] = "own"
    reads_input: ClassVar[bool] = True
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    @property
    def couples_inside(self) -> bool:
        """Whether a layer inside couples the examples of a batch."""
        return couples(layer for branch in self.branches for _, layer in branch)

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, Σ channels); raise `ShapeError` where the extents differ."""
        shapes = self._shapes(x)
        first = shapes[0]
        for number, shape in enumerate(shapes[1:], 2):
            if shape[:-1] != first[:-1]:
                raise ShapeError(
                    f"branch 1 makes {first}, branch {number} {shape}: "
                    "all axes but the channels must agree",
                    "Use `padding: same` and the same strides in all branches",
                )
        return (*first[:-1], sum(shape[-1] for shape in shapes))

    def inside(self, x: Shape) -> tuple[Node, ...]:
        """Return the layers of all branches."""
        return tuple(node for row in self._rows(x) for node in row)

    def _rows(self, x: Shape) -> tuple[tuple[Node, ...], ...]:
        return tuple(
            chain(branch, x, f"branch_{number}.") for number, branch in enumerate(self.branches, 1)
        )

    def _shapes(self, x: Shape) -> tuple[Shape, ...]:
        return tuple(row[-1].y if row else x for row in self._rows(x))

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return those of the layers inside, those that train first."""
        return parameters_inside(self.inside(x))

    def multiply_adds(self, x: Shape) -> int:
        """Return those of the layers inside."""
        return sum(node.layer.multiply_adds(node.x) for node in self.inside(x))

    def way(self, x: Shape, examples: int) -> Way:
        """Return how the layers inside are joined."""
        return Way("branch by branch, then their channels side by side")

    def plan(self, wires: Wires, make: Buffers) -> ParallelSpace:
        """Plan the branches, and cut the output into their channels."""
        x = wires.x.shape[1:]
        edges = accumulate((shape[-1] for shape in self._shapes(x)), initial=0)
        cuts = [slice(a, b) for a, b in pairwise(edges)]
        dy = wires.dy
        return ParallelSpace(
            dx=wires.dx,
            rows=plan_rows(self._rows(x), wires, make),
            y=tuple(wires.y[..., cut] for cut in cuts),
            dy=() if dy is None else tuple(dy[..., cut] for cut in cuts),
        )

    def draws(self, x: Shape) -> tuple[Draw, ...]:
        """Return the draws of the layers inside."""
        return draws_inside(self.inside(x))

    def use(self, s: ParallelSpace, noise: tuple[Array, ...]) -> None:
        """Hand the noise to the layers inside."""
        for row in s.rows:
            row.use(noise)

    def forward(self, s: ParallelSpace, parameters: tuple[Array, ...]) -> None:
        """Run each branch and copy its outputs to its channels."""
        for row, y in zip(s.rows, s.y, strict=True):
            row.forward(parameters)
            np.copyto(y, row.y)

    def backward(
        self, s: ParallelSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Hand each branch its channels of dy; dx is the sum of the branches' gradients."""
        go_back(s.rows, s.dy, s.dx, parameters, gradients)
