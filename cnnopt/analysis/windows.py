"""What a convolution or pooling does to extents, in numbers: formulas and receptive fields."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, prod

from cnnopt.analysis.inside import bare, paths
from cnnopt.arrays import Shape
from cnnopt.kernels.windows import Pads
from cnnopt.layers import AvgPool, Conv, Dense, Flatten, Layer, MaxPool
from cnnopt.layers.sequence import Node


@dataclass(frozen=True)
class Sliding:
    """A window that slides; each tuple has one entry for each spatial axis."""

    kernel: Shape
    stride: Shape
    dilation: Shape
    pads: Pads


def sliding(layer: Layer, x: Shape) -> Sliding | None:
    """Return how the layer's window slides over inputs of shape `x`; None where it has none."""
    match bare(layer):
        case Conv() as conv:
            return Sliding(conv.kernel, conv.stride, conv.dilation, conv.pads(x))
        case MaxPool() | AvgPool() as pool:
            windows = pool.windows
            ones = (1,) * len(windows.kernel)
            return Sliding(windows.kernel, windows.stride, ones, windows.pads(x))
        case _:
            return None


def formulas(layer: Layer, x: Shape) -> tuple[str, ...]:
    """Return how the output's extents come about, filled in; nothing where they stay.

    One line for each spatial axis of a convolution or pooling, such as
    `26 = (28 + 2·0 - 3)/1 + 1`; a fraction that is rounded stands between ⌊ ⌋ or ⌈ ⌉. Padding that
    differs at the two ends is written out: `+ 0 + 1`. Dilation d makes of the kernel K
    `d·(K - 1) + 1`.
    """
    inner = bare(layer)
    if isinstance(inner, Flatten) and len(x) > 1:
        return (f"{prod(x)} = {'·'.join(map(str, x))}",)
    if isinstance(inner, Dense):
        return (f"each of {inner.units} from all {x[0]}",)
    found = sliding(layer, x)
    if found is None:
        return ()
    outputs = layer.output_shape(x)
    return tuple(
        _formula(*numbers)
        for numbers in zip(
            x[:-1], found.kernel, found.stride, found.dilation, found.pads, outputs[:-1],
            strict=True,
        )
    )  # fmt: skip


def _formula(
    n: int, kernel: int, stride: int, dilation: int, pad: tuple[int, int], output: int
) -> str:
    before, after = pad
    padding = f"2·{before}" if before == after else f"{before} + {after}"
    span = f"{kernel}" if dilation == 1 else f"({dilation}·({kernel} - 1) + 1)"
    room = n + before + after - dilation * (kernel - 1) - 1
    fraction = f"({n} + {padding} - {span})/{stride}"
    if room % stride:
        rounded_up = output == ceil(room / stride) + 1
        fraction = f"⌈{fraction}⌉" if rounded_up else f"⌊{fraction}⌋"
    return f"{output} = {fraction} + 1"


@dataclass(frozen=True)
class Field:
    """The receptive field: which cells of the network's input one output can depend on.

    Attributes:
        extents: cells along each spatial axis, cells of padding included; none of flat inputs.
        jumps: cells of the input between two neighbouring outputs.
        all: every output sees the whole input.
    """

    extents: Shape
    jumps: Shape
    all: bool = False


def input_field(x: Shape) -> Field:
    """Return the field of the input itself, of shape `x`: one cell."""
    ones = (1,) * (len(x) - 1)
    return Field(ones, ones)


def field_after(before: Field, node: Node) -> Field:
    """Return the receptive field behind a layer (Dumoulin & Visin 2016, section 5).

    Activations and normalization leave it as it is: that a mean over a channel depends on all of
    it is not counted, as is the custom.
    """
    inner = bare(node.layer)
    if rows := paths(node.layer, node.x):
        return _widest(before, rows)
    if before.all or isinstance(inner, Dense):
        return Field((), (), all=True)
    if (found := sliding(node.layer, node.x)) is not None:
        extents = tuple(
            extent + dilation * (kernel - 1) * jump
            for extent, kernel, dilation, jump in zip(
                before.extents, found.kernel, found.dilation, before.jumps, strict=True
            )
        )
        jumps = tuple(j * s for j, s in zip(before.jumps, found.stride, strict=True))
        return Field(extents, jumps)
    # What joins all cells of a channel; flatten keeps each number's field.
    if len(node.y) < len(node.x) and not isinstance(inner, Flatten):
        return Field((), (), all=True)
    return before


def _widest(before: Field, rows: tuple[tuple[Node, ...], ...]) -> Field:
    fields = []
    for row in rows:
        field = before
        for node in row:
            field = field_after(field, node)
        fields.append(field)
    if any(field.all for field in fields):
        return Field((), (), all=True)
    extents = zip(*(field.extents for field in fields), strict=True)
    return Field(tuple(max(axis) for axis in extents), fields[0].jumps)
