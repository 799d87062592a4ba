"""Convolution (cross-correlation, as in every framework) in any dimension."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.windows import Pads, interior, output_extents, same_pads, taps, windows
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires
from cnnopt.layers.initial import HE, Initial

Moves = tuple[tuple[Array, Array], ...]
"""Copies to make, in order: (to, from)."""

FLIP_UP_TO = 3
"""Kernel extent up to which the input gradient is itself taken as a convolution of dy."""


@dataclass(frozen=True, slots=True)
class ConvSpace:
    """What a convolution needs for one chunk; K is the number of kernel positions."""

    x: Array  # (B, *extents, C)
    dx: Array | None
    gather: Moves  # x -> padded x -> cols
    cols: Array  # (B*outputs, K*C): all windows, one a row
    y2: Array  # (B*outputs, F): y as a matrix
    dy2: Array | None
    back: InputGradient | None


@dataclass(frozen=True, slots=True)
class InputGradient:
    """How dx is made: by the flipped kernel over dy, or by scattering dy·Wᵀ."""

    gather: Moves  # dy -> padded dy -> cols of dy
    cols: Array  # flipped: (B*inputs, K*F); scattered: (B*outputs, K*C)
    flipped: Array | None  # (*kernel, F, C): W turned round, channels swapped
    out: Array  # what the product is written to, a matrix
    adds: Moves  # scattered: padded dx += a kernel position's columns
    padded: Array | None  # (B, *padded extents, C): dx with its padding
    crop: Moves  # padded dx -> dx


@dataclass(frozen=True)
class Conv:
    """y[o, f] = Σ over kernel positions k and channels c of x[o·stride + k - before, c]·W[k, c, f].

    Args:
        filters: F, channels out.
        kernel: extents of the kernel, one for each spatial axis.
        stride: cells between two windows, like `kernel`.
        padding: `"valid"` (none), `"same"` (see `kernels.windows.same_pads`), or (before, after)
            for each axis.
        initial: how the weights are drawn.

    Shapes: x (B, *extents, C) -> y (B, *outputs, F), weight (*kernel, C, F), with
    outputs = (n + before + after - K) // stride + 1. The bias is a layer of its own.

    Source: Goodfellow, Bengio & Courville 2016, section 9.1 (eq. 9.6: cross-correlation). The
    mathematical convolution would flip the kernel; what is learnt is the same.

    Example:
        >>> Conv(16, (3, 3), padding="same").output_shape((8, 8, 1))
        (8, 8, 16)
    """

    filters: int
    kernel: Shape
    stride: Shape = ()
    padding: Literal["valid", "same"] | Pads = "valid"
    initial: Initial = HE

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not self.stride:
            object.__setattr__(self, "stride", (1,) * len(self.kernel))

    def pads(self, x: Shape) -> Pads:
        """Return the padding (before, after) of each spatial axis for inputs of shape `x`."""
        if self.padding == "same":
            return same_pads(x[:-1], self.kernel, self.stride)
        return ((0, 0),) * len(self.kernel) if self.padding == "valid" else self.padding

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, F); raise `ShapeError` where the kernel does not fit."""
        if len(x) != len(self.kernel) + 1:
            rank = len(self.kernel)
            raise ShapeError(
                f"needs {rank} spatial axes and channels, its input has the shape {x}",
                "Put it before flatten and dense, or choose the convolution for this rank",
            )
        outputs = output_extents(x[:-1], self.kernel, self.stride, self.pads(x))
        if min(outputs) < 1:
            raise ShapeError(
                f"the kernel {self.kernel} is larger than its padded input {x}",
                "Use a smaller kernel, `padding: same`, or pool less before it",
            )
        return (*outputs, self.filters)

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return the weight (*kernel, C, F)."""
        shape = (*self.kernel, x[-1], self.filters)
        positions = prod(self.kernel)
        fan_in, fan_out = positions * x[-1], positions * self.filters
        return (Parameter("weight", shape, fan_in, fan_out, self.initial),)

    def multiply_adds(self, x: Shape) -> int:
        """Return outputs · K · C · F."""
        return prod(self.output_shape(x)) * prod(self.kernel) * x[-1]

    def plan(self, wires: Wires, make: Buffers) -> ConvSpace:
        """Lay out padded input, columns and what the input gradient needs."""
        x, y = wires.x, wires.y
        pads = self.pads(x.shape[1:])
        moves: Moves = ()
        padded = x
        if any(sum(pad) for pad in pads):
            padded = make(_padded_shape(x.shape, pads))
            moves = ((interior(padded, pads), x),)
        cols, gather = _columns(padded, self.kernel, self.stride, y.shape[1:-1], make)
        back = None
        if wires.dx is not None and wires.dy is not None:
            back = self._plan_input_gradient(wires.dx, wires.dy, pads, cols, make)
        return ConvSpace(
            x=x,
            dx=wires.dx,
            gather=moves + gather,
            cols=cols,
            y2=y.reshape(-1, self.filters),
            dy2=None if wires.dy is None else wires.dy.reshape(-1, self.filters),
            back=back,
        )

    def _plan_input_gradient(
        self, dx: Array, dy: Array, pads: Pads, cols: Array, make: Buffers
    ) -> InputGradient:
        channels = dx.shape[-1]
        dx2 = dx.reshape(-1, channels)
        if prod(self.kernel) == prod(self.stride) == 1 and not any(map(sum, pads)):
            return InputGradient((), cols, None, dx2, (), None, ())
        turned = tuple(
            (k - 1 - before, k - 1 - after)
            for k, (before, after) in zip(self.kernel, pads, strict=True)
        )
        fits = prod(self.stride) == 1 and min(map(min, turned)) >= 0
        if fits and max(self.kernel) <= FLIP_UP_TO:
            padded = make(_padded_shape(dy.shape, turned))
            ones = (1,) * len(self.kernel)
            dcols, gather = _columns(padded, self.kernel, ones, dx.shape[1:-1], make)
            flipped = make((*self.kernel, self.filters, channels))
            moves = ((interior(padded, turned), dy), *gather)
            return InputGradient(moves, dcols, flipped, dx2, (), None, ())
        # dW is taken before dx: the forward columns are free by then and hold dy·Wᵀ.
        # Only a 1x1 kernel's columns are the padded input itself, whose border has to stay zero.
        if prod(self.kernel) == prod(self.stride) == 1:
            cols = make(cols.shape)
        padded = make(_padded_shape(dx.shape, pads))
        outputs = dy.shape[1:-1]
        positions = cols.reshape(-1, prod(self.kernel), channels)
        adds = tuple(
            (tap, positions[:, t].reshape(tap.shape))
            for t, tap in enumerate(taps(padded, self.kernel, self.stride, outputs))
        )
        crop = ((dx, interior(padded, pads)),)
        return InputGradient((), cols, None, cols, adds, padded, crop)

    def forward(self, s: ConvSpace, parameters: tuple[Array, ...]) -> None:
        """Gather the windows, then one matrix product."""
        for target, source in s.gather:
            np.copyto(target, source)
        np.matmul(s.cols, parameters[0].reshape(-1, self.filters), out=s.y2)

    def backward(
        self, s: ConvSpace, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """dW = colsᵀ·dy; dx = dy convolved with the kernel turned round, or dy·Wᵀ scattered."""
        assert s.dy2 is not None  # a plan for training
        np.matmul(s.cols.T, s.dy2, out=gradients[0].reshape(-1, self.filters))
        if (back := s.back) is None:
            return
        weight = parameters[0]
        for target, source in back.gather:
            np.copyto(target, source)
        if back.flipped is not None:
            turn = (slice(None, None, -1),) * len(self.kernel)
            np.copyto(back.flipped, weight[turn].swapaxes(-1, -2))
            np.matmul(back.cols, back.flipped.reshape(-1, weight.shape[-2]), out=back.out)
            return
        np.matmul(s.dy2, weight.reshape(-1, self.filters).T, out=back.out)
        if back.padded is not None:
            back.padded.fill(0)
            for total, part in back.adds:
                total += part
            for target, source in back.crop:
                np.copyto(target, source)


def _padded_shape(shape: Shape, pads: Pads) -> Shape:
    extents = (n + sum(pad) for n, pad in zip(shape[1:-1], pads, strict=True))
    return (shape[0], *extents, shape[-1])


def _columns(
    x: Array, kernel: Shape, stride: Shape, outputs: Shape, make: Buffers
) -> tuple[Array, Moves]:
    """Return the matrix (B*outputs, K*C) of the windows of `x`, and the copies that fill it."""
    batch, channels = x.shape[0], x.shape[-1]
    rows, positions = batch * prod(outputs), prod(kernel)
    if positions == prod(stride) == 1 and x.flags.c_contiguous:
        return x.reshape(rows, channels), ()
    if channels == 1:
        # Runs of K cells are too short to copy well: fill position by position, and let BLAS
        # read the transpose.
        turned = make((positions, rows))
        tap_views = taps(x, kernel, stride, outputs)
        moves = tuple(
            (turned[t].reshape(batch, *outputs), tap[..., 0]) for t, tap in enumerate(tap_views)
        )
        return turned.T, moves
    cols = make((rows, positions * channels))
    view = windows(x, kernel, stride, outputs)
    return cols, ((cols.reshape(view.shape), view),)
