"""Convolutions with random numbers and their oracle, run by the way that a test wants."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any
from unittest import mock

import numpy as np
from harness import Outcome
from oracles import correlation

from cnnopt.arrays import Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.bilinear import Algorithm, algorithms
from cnnopt.kernels.windows import Pads
from cnnopt.layers import Conv, conv
from cnnopt.layers.base import Wires
from cnnopt.layers.conv_choice import Choice

Way = tuple[Algorithm, ...]


@dataclass(frozen=True)
class Problem:
    """A convolution with its inputs, all float32.

    Attributes:
        layer: the settings.
        x: (B, *extents, C).
        w: (*kernel, C, F).
        dy: (B, *outputs, F), in natural order.
    """

    layer: Conv
    x: np.ndarray
    w: np.ndarray
    dy: np.ndarray

    @property
    def shape(self) -> Shape:
        """Shape of one input."""
        return self.x.shape[1:]

    def ways(self) -> list[Way]:
        """Return every combination of bilinear algorithms of the axes, for stride 1."""
        axes = zip(
            self.shape[:-1],
            self.layer.kernel,
            self.layer.pads(self.shape),
            self.dy.shape[1:-1],
            strict=True,
        )
        return list(product(*(algorithms(n, k, before, m) for n, k, (before, _), m in axes)))

    def oracle(self) -> Outcome:
        """Return the results in float64, in natural order."""
        layer = self.layer
        form: dict[str, Any] = {
            "stride": layer.stride,
            "pads": layer.pads(self.shape),
            "dilation": layer.dilation,
            "groups": layer.groups,
            "flip": layer.flip,
        }
        dx, dw = correlation.gradients(self.x, self.w, self.dy, **form)
        return Outcome(correlation.convolve(self.x, self.w, **form), dx, (dw,))

    def lost(self, found: Outcome) -> float:
        """Return the largest error, each relative to the largest sum of magnitudes.

        A single output may cancel; what it is the sum of does not.
        """
        sizes = Problem(self.layer, *map(np.abs, (self.x, self.w, self.dy))).oracle()
        trios = zip(_arrays(found), _arrays(self.oracle()), _arrays(sizes), strict=True)
        return max(float(np.abs(a - b).max() / (c.max() or 1.0)) for a, b, c in trios)


def _arrays(outcome: Outcome) -> tuple[np.ndarray, ...]:
    assert outcome.dx is not None
    return outcome.y, outcome.dx, *outcome.gradients


def drawn(layer: Conv, shape: Shape, batch: int, seed: int) -> Problem:
    """Return a convolution with random numbers."""
    generator = np.random.default_rng(seed)
    (weight,) = layer.parameters(shape)
    shapes = (batch, *shape), weight.shape, (batch, *layer.output_shape(shape))
    return Problem(layer, *(generator.standard_normal(s).astype(np.float32) for s in shapes))


def problem(
    extents: Shape,
    channels: int,
    filters: int,
    kernel: Shape,
    pads: Pads | None = None,
    *,
    batch: int = 3,
    seed: int = 0,
    phases: Shape = (),
) -> Problem:
    """Return a convolution of stride 1; padded to the same extents unless told."""
    same = tuple(((k - 1) // 2, k // 2) for k in kernel)
    layer = Conv(filters, kernel, padding=same if pads is None else pads, phases=phases)
    return drawn(layer, (*extents, channels), batch, seed)


def ordered(natural: np.ndarray, phases: Shape) -> np.ndarray:
    """Return (B, *extents, C) in order of phase along each axis: 0, S, 2S, …, 1, S + 1, …"""
    for axis, phase in enumerate(phases, start=1):
        cells = sorted(range(natural.shape[axis]), key=lambda cell: (cell % phase, cell))
        natural = np.take(natural, cells, axis)
    return natural


def restored(found: np.ndarray, phases: Shape) -> np.ndarray:
    """Return in natural order what is in order of phase."""
    for axis, phase in enumerate(phases, start=1):
        cells = sorted(range(found.shape[axis]), key=lambda cell: (cell % phase, cell))
        found = np.take(found, np.argsort(cells), axis)
    return found


@contextmanager
def forced(way: Way) -> Iterator[None]:
    """Let convolutions go this way, whatever it costs."""
    with mock.patch.object(conv, "choose", return_value=Choice(way, 1.0, 0.0)):
        yield


def run(given: Problem, dtype: str = "float32", *, wants_dx: bool = True) -> Outcome:
    """Run a chunk that is the whole batch; arrays to be written hold NaN before."""
    layer, w = given.layer, given.w.astype(dtype)
    x, dy = given.x.astype(dtype), ordered(given.dy, layer.phases).astype(dtype)
    y, dx = np.full_like(dy, np.nan), np.full_like(x, np.nan)
    wires = Wires(x, y, dx if wants_dx else None, dy, True)
    space = layer.plan(wires, Buffers(dtype))
    gradient = np.full_like(w, np.nan)
    layer.forward(space, (w,))
    layer.backward(space, (w,), (gradient,))
    np.testing.assert_array_equal(x, given.x)
    return Outcome(restored(y, layer.phases), wires.dx, (gradient,))


def alone(given: Problem, way: Way, *, wants_dx: bool = True) -> Outcome:
    """Run a chunk that is the whole batch by a bilinear way."""
    with forced(way):
        return run(given, wants_dx=wants_dx)


def in_chunks(
    given: Problem, way: Way, sizes: Sequence[int], steps: int = 1, *, depth_first: bool = True
) -> Outcome:
    """Run chunks of these sizes through the prepared layer, then settle; maybe several steps.

    Depth first, each goes forward and back before the next one; else all go forward first.
    """
    layer, make = given.layer, Buffers(lanes=True)
    with forced(way):
        prepared = layer.reserve(given.shape, len(given.x), make)
    assert prepared is not None
    tally = layer.tally(prepared, make)
    y, dx = np.full_like(given.dy, np.nan), np.full_like(given.x, np.nan)
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    rows = [slice(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    assert rows[-1].stop == len(given.x)
    chunks = []
    for part in rows:
        above = ordered(given.dy[part], layer.phases)
        wires = Wires(given.x[part].copy(), np.full_like(above, np.nan), dx[part], above, True)
        make.next_layer()
        chunks.append((part, wires, layer.plan_prepared(wires, make, prepared, tally)))
    gradient = np.full_like(given.w, np.nan)
    for _ in range(steps):
        layer.prepare(prepared, (given.w,))
        waiting = []
        for part, wires, space in chunks:
            layer.forward(space, (given.w,))
            y[part] = restored(wires.y, layer.phases)
            waiting.append(space)
            if depth_first:
                layer.backward(waiting.pop(), (given.w,), (gradient,))
        for space in reversed(waiting):
            layer.backward(space, (given.w,), (gradient,))
        layer.settle(tally, (gradient,))
    return Outcome(y, dx, (gradient,))


def inference(given: Problem, way: Way) -> np.ndarray:
    """Return the outputs of a plan without gradients."""
    layer, make = given.layer, Buffers(lanes=True)
    y = np.full_like(given.dy, np.nan)
    with forced(way):
        prepared = layer.reserve(given.shape, len(given.x), make)
    assert prepared is not None
    space = layer.plan_prepared(Wires(given.x, y, None, None, False), make, prepared, None)
    layer.prepare(prepared, (given.w,))
    layer.forward(space, (given.w,))
    return restored(y, layer.phases)
