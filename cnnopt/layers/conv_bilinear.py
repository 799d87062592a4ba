"""Convolution by bilinear algorithms, nested over the axes: matrix products only.

Every axis has an algorithm y = A((G w) ∘ (B x)) (see `kernels.bilinear`). With all axes transformed
a convolution is one small matrix product over the channels at each place of the spectrum:

    X = (B ⊗ B) x,  V = (G ⊗ G) w,  Y[f] = X[f]·V[f],  y = (A ⊗ A) Y

and its gradients are the transposes of the same maps:

    dY = (A ⊗ A)ᵀ dy,  dV[f] = X[f]ᵀ·dY[f],  dX[f] = dY[f]·V[f]ᵀ,  dw = (G ⊗ G)ᵀ dV,
    dx = (B ⊗ B)ᵀ dX

V is made once a step and read by every chunk; dV is summed over a shard's chunks, and turned to dw
once. Spectra lie as (R₁, …, R_D, B, channels), R = r·T products of an axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.kernels.bilinear import Algorithm
from cnnopt.kernels.products import parts_of
from cnnopt.kernels.windows import phase_places
from cnnopt.layers.base import Wires

Product = tuple[Array, Array, Array]
"""(left, right, result): arrays of matrices to multiply, views made once."""


@dataclass(frozen=True, slots=True)
class KernelSpectrum:
    """The transformed kernel of a step, which all chunks read.

    Attributes:
        algorithms: of each axis.
        kernel: a copy of the weight, (K₁, …, K_D, C, F).
        transform: from `kernel` to `values`.
        values: V, (r₁, …, r_D, C, F).
        turned: V with its channels swapped, (r₁, …, r_D, F, C), contiguous.
    """

    algorithms: tuple[Algorithm, ...]
    kernel: Array
    transform: tuple[Product, ...]
    values: Array
    turned: Array


@dataclass(frozen=True, slots=True)
class GradientSpectrum:
    """A shard's sum of dV over its chunks, zero between two steps.

    Attributes:
        total: (r₁, …, r_D, C, F).
        parts: one chunk's dV, with a matrix for each tile of all axes but the last.
        tiles: the axes of these tiles.
        chunk: one chunk's dV, like `total`; `parts` itself where there is one tile.
        transform: from `total` to `kernel`.
        kernel: dw, (K₁, …, K_D, C, F).
    """

    total: Array
    parts: Array
    tiles: tuple[int, ...]
    chunk: Array
    transform: tuple[Product, ...]
    kernel: Array


@dataclass(frozen=True, slots=True)
class BilinearSpace:
    """One chunk: the products of each pass, in order."""

    forward: tuple[Product, ...]
    weights: tuple[Product, ...]  # dy -> dY -> dV of the chunk
    inputs: tuple[Product, ...]  # dY -> dX -> dx
    spectrum: KernelSpectrum
    gradient: GradientSpectrum | None
    alone: bool  # no other chunk shares the spectra


def kernel_spectrum(
    algorithms: tuple[Algorithm, ...], channels: int, filters: int, make: Buffers
) -> KernelSpectrum:
    """Plan V = (G ⊗ G) w."""
    way = [make(shape) for shape in _kernel_shapes(algorithms, (channels, filters))]
    transform = [
        _along(algorithm.kernel, source, target, axis)
        for axis, (algorithm, source, target) in enumerate(
            zip(algorithms, way[:-1], way[1:], strict=True)
        )
    ]
    turned = make((*way[-1].shape[:-2], filters, channels))
    return KernelSpectrum(algorithms, way[0], tuple(transform), way[-1], turned)


def gradient_spectrum(spectrum: KernelSpectrum, make: Buffers) -> GradientSpectrum:
    """Plan a shard's dV, and dw = (G ⊗ G)ᵀ dV."""
    algorithms, shape = spectrum.algorithms, spectrum.values.shape
    # What is read again in another call is the total alone.
    *passing, last = _kernel_shapes(algorithms, shape[-2:])
    way = [make.passing(f"kernel {axis}", one) for axis, one in enumerate(passing)] + [make(last)]
    transform = [
        _along(algorithms[axis].kernel.T, way[axis + 1], way[axis], axis)
        for axis in reversed(range(len(algorithms)))
    ]
    tiled = [extent for a in algorithms[:-1] for extent in (a.rank, a.tiles)]
    parts = make.passing("kernel parts", (*tiled, *shape[-3:]))
    tiles = tuple(range(1, len(tiled), 2))
    if prod(tiled[1::2]) == 1:
        return GradientSpectrum(way[-1], parts, (), parts.reshape(shape), tuple(transform), way[0])
    chunk = make.passing("kernel sum", shape)
    return GradientSpectrum(way[-1], parts, tiles, chunk, tuple(transform), way[0])


def transform_kernel(s: KernelSpectrum, weight: Array) -> None:
    """Make the spectrum of a step from its weight (K₁, …, K_D, C, F)."""
    np.copyto(s.kernel, weight)
    _run(s.transform)
    np.copyto(s.turned, s.values.swapaxes(-1, -2))


def transform_gradient(s: GradientSpectrum, gradient: Array) -> None:
    """Overwrite `gradient` (K₁, …, K_D, C, F) with dw, and forget dV."""
    _run(s.transform)
    np.copyto(gradient, s.kernel)
    s.total.fill(0)


def _kernel_shapes(algorithms: Sequence[Algorithm], pair: Shape) -> list[Shape]:
    """Return what a kernel becomes, axis by axis, from (K₁, …, K_D, C, F) to (r₁, …, r_D, C, F)."""
    ranks = [a.rank for a in algorithms]
    taps = [a.kernel.shape[1] for a in algorithms]
    return [(*ranks[:axis], *taps[axis:], *pair) for axis in range(len(ranks) + 1)]


def plan_bilinear(
    wires: Wires,
    spectrum: KernelSpectrum,
    gradient: GradientSpectrum | None,
    phases: Shape,
    make: Buffers,
    *,
    alone: bool,
) -> BilinearSpace:
    """Plan a chunk; without `gradient` its forward pass only.

    The order of the outputs costs nothing: it is the order of the rows of A.

    Y makes room for dY, and X for dX, which is made when X has been read for the last time.
    """
    algorithms = spectrum.algorithms
    batch, *_, channels = wires.x.shape
    filters = wires.y.shape[-1]
    products = tuple(len(a.inputs) for a in algorithms)
    keep = make if gradient is not None else make.scratch
    x, y = keep((*products, batch, channels)), make.scratch((*products, batch, filters))
    x_half = _halves(algorithms, wires.x.shape, make)
    y_half = _halves(algorithms, wires.y.shape, make)
    x_tiles, y_tiles = _by_tile(x, algorithms), _by_tile(y, algorithms)
    outputs = [
        np.concatenate([a.outputs[natural] for natural, _ in phase_places(len(a.outputs), phase)])
        for a, phase in zip(algorithms, phases or (1,) * len(algorithms), strict=True)
    ]
    forward = (
        *_spread([a.inputs for a in algorithms], wires.x, x_half, x),
        (x_tiles, _over_tiles(spectrum.values), y_tiles),
        *_gather(outputs, y, y_half, wires.y),
    )
    weights: tuple[Product, ...] = ()
    inputs: tuple[Product, ...] = ()
    if gradient is not None and wires.dy is not None:
        weights = (
            *_spread([matrix.T for matrix in outputs], wires.dy, y_half, y),
            (x_tiles.swapaxes(-1, -2), y_tiles, gradient.parts),
        )
        if wires.dx is not None:
            inputs = (
                (y_tiles, _over_tiles(spectrum.turned), x_tiles),
                *_gather([a.inputs.T for a in algorithms], x, x_half, wires.dx),
            )
    return BilinearSpace(forward, weights, inputs, spectrum, gradient, alone)


def bilinear_forward(s: BilinearSpace) -> None:
    """To the spectrum, through the channels, and back."""
    _run(s.forward)


def bilinear_backward(s: BilinearSpace) -> None:
    """Add the chunk's dV to the shard's; dx where there is one."""
    assert s.gradient is not None  # a plan for training
    gradient = s.gradient
    _run(s.weights)
    if gradient.tiles:
        np.sum(gradient.parts, axis=gradient.tiles, out=gradient.chunk)
    np.add(gradient.total, gradient.chunk, out=gradient.total)
    _run(s.inputs)


def _run(products: Sequence[Product]) -> None:
    for left, right, result in products:
        np.matmul(left, right, out=result)


def _halves(algorithms: Sequence[Algorithm], shape: Shape, make: Buffers) -> tuple[Array, ...]:
    """Return what lies between the transforms of two axes: (B, R₁, …, n_a, …, channels)."""
    batch, *extents, channels = shape
    products = [len(a.inputs) for a in algorithms]
    return tuple(
        make.scratch((batch, *products[:axis], *extents[axis:], channels))
        for axis in range(1, len(extents))
    )


def _spread(
    matrices: Sequence[Array], x: Array, halves: Sequence[Array], spectrum: Array
) -> tuple[Product, ...]:
    """Plan the way from x (B, n₁, …, n_D, C) to the spectrum (R₁, …, R_D, B, C)."""
    ways: list[Product] = []
    source = x
    targets = (*halves, np.moveaxis(spectrum, -2, 0))
    for axis, (matrix, target) in enumerate(zip(matrices, targets, strict=True)):
        ways.append(_along(matrix, source, target, axis + 1))
        source = target
    return tuple(ways)


def _gather(
    matrices: Sequence[Array], spectrum: Array, halves: Sequence[Array], y: Array
) -> tuple[Product, ...]:
    """Plan the way back, from the spectrum to y (B, m₁, …, m_D, F)."""
    ways: list[Product] = []
    source = np.moveaxis(spectrum, -2, 0)
    targets = (y, *halves)
    for axis in reversed(range(len(matrices))):
        ways.append(_along(matrices[axis], source, targets[axis], axis + 1))
        source = targets[axis]
    return tuple(ways)


def _along(matrix: Array, source: Array, target: Array, axis: int) -> Product:
    """Plan the product of `matrix` (R, n) with `source` along one of its axes, of extent n.

    What lies behind the axis is the width of the product, cut so that no product is large. The
    channels alone are that where the axis is the last one before them; the batch then is what
    products go through first, so that the spectrum is met in the order it lies in.
    """
    left = np.ascontiguousarray(matrix, source.dtype)
    if source.ndim - axis == 2:
        return left, np.moveaxis(source, 0, axis - 1), np.moveaxis(target, 0, axis - 1)
    behind = prod(source.shape[axis + 1 :])
    cuts = parts_of(behind, left.size)
    right, result = (
        array.reshape(*array.shape[: axis + 1], cuts, behind // cuts).swapaxes(axis, axis + 1)
        for array in (source, target)
    )
    return left, right, result


def _by_tile(spectrum: Array, algorithms: Sequence[Algorithm]) -> Array:
    """Return the view (r₁, T₁, …, r_D, T_D·B, channels) of a spectrum."""
    *others, last = algorithms
    shape = [extent for a in others for extent in (a.rank, a.tiles)]
    return spectrum.reshape(*shape, last.rank, last.tiles * spectrum.shape[-2], spectrum.shape[-1])


def _over_tiles(spectrum: Array) -> Array:
    """Return the view (r₁, 1, …, r_D, C, F): the same matrix for every tile."""
    *ranks, rows, columns = spectrum.shape
    shape = [extent for rank in ranks[:-1] for extent in (rank, 1)]
    return spectrum.reshape(*shape, ranks[-1], rows, columns)
