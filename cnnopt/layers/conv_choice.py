"""Which algorithm a convolution runs by: a model of its cost, from shapes alone.

Costs are nanoseconds an example for the three products of a step (forward, by weights, by inputs)
on one core that makes 90 billion float32 operations a second, as measured on AMD Zen 4 with
AVX-512. Other machines differ in the unit more than in the order. The machine is never asked: the
same config runs by the same algorithms, and to the same bits, wherever it goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from cnnopt.arrays import Shape
from cnnopt.kernels.bilinear import Algorithm, algorithms
from cnnopt.kernels.windows import Pads
from cnnopt.layers.conv_few_channels import FEW_CHANNELS

OPERATION = 1 / 90
"""A multiplication or an addition in a matrix product."""

COPY = 0.15
"""Moving a number to its place in the columns, or back."""

SUM = 0.35
"""Adding a number of a chunk's kernel spectrum to its shard's sum."""

CALL = 1200.0
"""A call of NumPy on a chunk, above all of its work."""

CHUNK_BYTES = 4 << 20
"""Spectra of a chunk, about."""

LARGEST_AXIS = 32
"""Products of an axis in one tile: beyond, kernel spectra grow without gain."""


@dataclass(frozen=True)
class Choice:
    """What was compared.

    Attributes:
        algorithms: of each axis, where the bilinear way is cheaper; else nothing.
        columns: cost of the product over columns.
        bilinear: cost of the best bilinear way; infinite where there is none.
    """

    algorithms: tuple[Algorithm, ...]
    columns: float
    bilinear: float


@lru_cache(maxsize=256)
def choose(x: Shape, y: Shape, kernel: Shape, pads: Pads, examples: int) -> Choice:
    """Compare the ways for a convolution of stride 1 without dilation or groups.

    Args:
        x: shape of an input, (*extents, C).
        y: shape of an output, (*outputs, F).
        kernel: extents of the kernel.
        pads: padding of each axis.
        examples: of a batch.
    """
    columns = _cost_of_columns(y, kernel, x[-1])
    if x[-1] <= FEW_CHANNELS:
        return Choice((), columns, float("inf"))
    ways = [
        [one for one in algorithms(n, k, before, m) if one.rank <= LARGEST_AXIS]
        for n, k, (before, _), m in zip(x[:-1], kernel, pads, y[:-1], strict=True)
        if k > 1
    ]
    if len(ways) < len(kernel) or not all(ways):
        return Choice((), columns, float("inf"))
    cost, best = min(
        ((_cost_of_bilinear(way, x, y, examples), way) for way in product(*ways)),
        key=lambda pair: pair[0],
    )
    return Choice(best if cost < columns else (), columns, cost)


def _cost_of_columns(y: Shape, kernel: Shape, channels: int) -> float:
    taps = prod(kernel)
    products = prod(y) * taps * channels
    return 6 * products * OPERATION + prod(y[:-1]) * taps * (channels + y[-1]) * COPY


def _cost_of_bilinear(way: Sequence[Algorithm], x: Shape, y: Shape, examples: int) -> float:
    pair = x[-1] * y[-1]
    places = prod(len(a.inputs) for a in way)
    weights = prod(a.rank for a in way) * pair
    # Each product is as many as the channels are; few of them fill no vector.
    fill = pair / ((x[-1] + 4) * (y[-1] + 4))
    products = 6 * places * pair * OPERATION / fill
    transforms = 4 * (_transform(way, x) + _transform(way, y)) * OPERATION
    chunk = max(1, min(examples, CHUNK_BYTES // (4 * places * (x[-1] + y[-1]))))
    tiles = prod(a.tiles for a in way[:-1])
    calls = (6 * len(way) + 6) * CALL
    once = 6 * weights * sum(a.kernel.shape[1] for a in way) * OPERATION
    total: float = products + transforms + once / examples
    total += (weights * (1 + tiles) * SUM + calls) / chunk
    return total


def _transform(way: Sequence[Algorithm], shape: Shape) -> int:
    """Return the multiply-additions that take an array of this shape to its spectrum."""
    extents = list(shape)
    total = 0
    for axis, algorithm in enumerate(way):
        total += prod(extents) * len(algorithm.inputs)
        extents[axis] = len(algorithm.inputs)
    return total
