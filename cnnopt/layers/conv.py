"""Convolution (cross-correlation, as in every framework) in any dimension."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.windows import Pads, Window, output_extents, same_pads
from cnnopt.layers.base import Memory, Parameter, ShapeError, Wires
from cnnopt.layers.conv_bilinear import (
    BilinearSpace,
    GradientSpectrum,
    KernelSpectrum,
    bilinear_backward,
    bilinear_forward,
    gradient_spectrum,
    kernel_spectrum,
    plan_bilinear,
    transform_gradient,
    transform_kernel,
)
from cnnopt.layers.conv_choice import Choice, choose
from cnnopt.layers.conv_columns import (
    ColumnSpace,
    columns_backward,
    columns_forward,
    plan_columns,
)
from cnnopt.layers.conv_taps import TapSpace, plan_taps, taps_backward, taps_forward
from cnnopt.layers.conv_way import conv_way
from cnnopt.layers.initial import HE, Initial
from cnnopt.layers.way import Way

Space = BilinearSpace | ColumnSpace | TapSpace


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
        exact: True for the sums as they are written here, never a bilinear algorithm.
        phases: what a network sets, never a user: of each axis, in how many phases the outputs
            are ordered (see `kernels.windows.phase_places`) for the pooling that reads them.

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
    exact: bool = False
    phases: Shape = ()

    memory: ClassVar[Memory] = "own"
    reads_output: ClassVar[bool] = False
    trains_only: ClassVar[bool] = False

    @property
    def reads_input(self) -> bool:
        """Whether the input itself stands for its columns."""
        return self.groups > 1 or prod(self.kernel) == 1

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

    def choice(self, x: Shape, examples: int) -> Choice | None:
        """Return how the ways to convolve compare; None where there is one way only."""
        if self.exact or self.flip or self.groups > 1 or prod(self.stride + self.dilation) > 1:
            return None
        return choose(x, self.output_shape(x), self.kernel, self.pads(x), examples)

    def way(self, x: Shape, examples: int) -> Way:
        """Return how it runs in float32, and why."""
        choice = self.choice(x, examples)
        return conv_way(self.window, self.groups, x[-1], choice, exact=self.exact)

    def reserve(self, x: Shape, examples: int, make: Buffers) -> KernelSpectrum | None:
        """Return room for the kernel's spectrum where the bilinear way is chosen.

        Never in float64, which is there to check gradients.
        """
        choice = self.choice(x, examples)
        if choice is None or not choice.algorithms or make.dtype.itemsize > 4:
            return None
        return kernel_spectrum(choice.algorithms, x[-1], self.filters, make)

    def tally(self, prepared: KernelSpectrum, make: Buffers) -> GradientSpectrum:
        """Return room for the gradient's spectrum."""
        return gradient_spectrum(prepared, make)

    def prepare(self, prepared: KernelSpectrum, parameters: tuple[Array, ...]) -> None:
        """Transform the kernel."""
        transform_kernel(prepared, parameters[0])

    def settle(self, tally: GradientSpectrum, gradients: tuple[Array, ...]) -> None:
        """Transform the gradient back."""
        transform_gradient(tally, gradients[0])

    def plan_prepared(
        self, wires: Wires, make: Buffers, prepared: KernelSpectrum, tally: GradientSpectrum | None
    ) -> BilinearSpace:
        """Plan a chunk whose kernel is transformed elsewhere."""
        return plan_bilinear(wires, prepared, tally, self.phases, make, alone=False)

    def plan(self, wires: Wires, make: Buffers) -> Space:
        """Plan what is cheapest: see `conv_choice`; tap by tap where it is depthwise."""
        x = wires.x.shape[1:]
        if (spectrum := self.reserve(x, len(wires.x), make)) is not None:
            gradient = None if wires.dy is None else gradient_spectrum(spectrum, make)
            return plan_bilinear(wires, spectrum, gradient, self.phases, make, alone=True)
        if self.groups == x[-1] > 1:
            return plan_taps(wires, self.window, self.pads(x), make)
        return plan_columns(wires, self.window, self.pads(x), self.groups, self.phases, make)

    def forward(self, s: Space, parameters: tuple[Array, ...]) -> None:
        """Convolve."""
        match s:
            case BilinearSpace():
                if s.alone:
                    transform_kernel(s.spectrum, parameters[0])
                bilinear_forward(s)
            case TapSpace():
                taps_forward(s, parameters[0])
            case ColumnSpace():
                columns_forward(s, parameters[0])

    def backward(
        self, s: Space, parameters: tuple[Array, ...], gradients: tuple[Array, ...]
    ) -> None:
        """Overwrite dW, and dx where there is one; dW comes later where it is settled."""
        match s:
            case BilinearSpace():
                bilinear_backward(s)
                if s.alone and s.gradient is not None:
                    transform_gradient(s.gradient, gradients[0])
            case TapSpace():
                taps_backward(s, gradients[0])
            case ColumnSpace():
                columns_backward(s, parameters[0], gradients[0])
