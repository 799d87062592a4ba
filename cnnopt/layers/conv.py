"""Convolution (cross-correlation, as in every framework) in any dimension."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.windows import Pads, Window, output_extents, same_pads
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires
from cnnopt.layers.conv_columns import (
    ColumnSpace,
    columns_backward,
    columns_forward,
    plan_columns,
)
from cnnopt.layers.conv_taps import TapSpace, plan_taps, taps_backward, taps_forward
from cnnopt.layers.initial import HE, Initial


@dataclass(frozen=True)
class Conv:
    """y[o, f] = Σ of x[o·stride + k·dilation - before, c]·W[k, c, f] over all k and c.

    k runs over the positions of the kernel, c over the channels of f's group.

    Args:
        filters: F, channels out.
        kernel: extents of the kernel, one for each spatial axis.
        stride: cells between two windows, like `kernel`.
        padding: `"valid"` (none), `"same"` (see `kernels.windows.same_pads`), or (before, after)
            for each axis.
        initial: how the weights are drawn.
        dilation: cells between two positions of the kernel, like `kernel`.
        groups: G, parts of the channels that are convolved apart, each with F/G filters; as many
            as channels for a depthwise convolution.
        flip: True for the mathematical convolution, whose kernel is turned round:
            W[K - 1 - k] stands instead of W[k].

    Shapes: x (B, *extents, C) -> y (B, *outputs, F), weight (*kernel, C/G, F), with
    outputs = (n + before + after - (K - 1)·dilation - 1) // stride + 1. The bias is a layer of
    its own.

    Source: Goodfellow, Bengio & Courville 2016, section 9.1 (eq. 9.6: cross-correlation; 9.4:
    the mathematical convolution); dilation: Yu & Koltun 2016, eq. 2; groups: Krizhevsky,
    Sutskever & Hinton 2012, section 3.5. PyTorch's weights are (F, C/G, *kernel); Keras's as here.

    Example:
        >>> Conv(16, (3, 3), padding="same").output_shape((8, 8, 1))
        (8, 8, 16)
    """

    filters: int
    kernel: Shape
    stride: Shape = ()
    padding: Literal["valid", "same"] | Pads = "valid"
    initial: Initial = HE
    dilation: Shape = ()
    groups: int = 1
    flip: bool = False

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name in ("stride", "dilation"):
            if not getattr(self, name):
                object.__setattr__(self, name, (1,) * len(self.kernel))

    @property
    def window(self) -> Window:
        """The kernel's window and how it moves."""
        return Window(self.kernel, self.stride, self.dilation, self.flip)

    def pads(self, x: Shape) -> Pads:
        """Return the padding (before, after) of each spatial axis for inputs of shape `x`."""
        if self.padding == "same":
            return same_pads(x[:-1], self.window.spans, self.stride)
        return ((0, 0),) * len(self.kernel) if self.padding == "valid" else self.padding

    def output_shape(self, x: Shape) -> Shape:
        """Return (*outputs, F); raise `ShapeError` where kernel or groups do not fit."""
        if len(x) != len(self.kernel) + 1:
            axes = "1 spatial axis" if len(self.kernel) == 1 else f"{len(self.kernel)} spatial axes"
            raise ShapeError(
                f"needs {axes} and channels, its input has the shape {x}",
                "Put it before flatten and dense, or choose the convolution for this rank",
            )
        self._check_groups(x)
        spans = self.window.spans
        outputs = output_extents(x[:-1], spans, self.stride, self.pads(x))
        if min(outputs) < 1:
            reach = f", which spans {spans} cells," if spans != self.kernel else ""
            raise ShapeError(
                f"the kernel {self.kernel}{reach} is larger than its padded input {x}",
                "Use a smaller kernel, `padding: same`, or pool less before it",
            )
        return (*outputs, self.filters)

    def _check_groups(self, x: Shape) -> None:
        for what, count in (("channels", x[-1]), ("filters", self.filters)):
            if count % self.groups:
                raise ShapeError(
                    f"{count} {what} cannot be parted into {self.groups} equal groups; its input "
                    f"has the shape {x}, its output {self.filters} channels",
                    f"Use a number of groups that divides both {x[-1]} and {self.filters}",
                )

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return the weight (*kernel, C/G, F)."""
        each = x[-1] // self.groups
        positions = prod(self.kernel)
        fan_in, fan_out = positions * each, positions * self.filters // self.groups
        shape = (*self.kernel, each, self.filters)
        return (Parameter("weight", shape, fan_in, fan_out, self.initial),)

    def multiply_adds(self, x: Shape) -> int:
        """Return outputs · K · C/G · F."""
        return prod(self.output_shape(x)) * prod(self.kernel) * (x[-1] // self.groups)

    def plan(self, wires: Wires, make: Buffers) -> ColumnSpace | TapSpace:
        """Plan a matrix product over columns, or products tap by tap where it is depthwise."""
        pads = self.pads(wires.x.shape[1:])
        if self.groups == wires.x.shape[-1] > 1:
            return plan_taps(wires, self.window, pads, make)
        return plan_columns(wires, self.window, pads, self.groups, make)

    def forward(self, s: ColumnSpace | TapSpace, parameters: tuple[Array, ...]) -> None:
        """Convolve."""
        if isinstance(s, TapSpace):
            taps_forward(s, parameters[0])
        else:
            columns_forward(s, parameters[0])

    def backward(
        self,
        s: ColumnSpace | TapSpace,
        parameters: tuple[Array, ...],
        gradients: tuple[Array, ...],
    ) -> None:
        """Overwrite dW, and dx where there is one."""
        if isinstance(s, TapSpace):
            taps_backward(s, gradients[0])
        else:
            columns_backward(s, parameters[0], gradients[0])
