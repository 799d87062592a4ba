"""Turning, slanting, magnifying and moving: one matrix for each example, one warp for all four.

Matrices lead from a place in the result to the place that it shows, both counted in cells from the
centre, in the order of the axes ([D,] H, W): shape (B, n, n + 1), the last column a translation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.data.augmentation.sampling import Sampler

Matrices = NDArray[np.float64]


def rotations(degrees: NDArray[np.float64], axes: tuple[int, int], rank: int) -> Matrices:
    """Return what turns each example; positive is counter-clockwise where rows go down.

    Multiples of 90 degrees are exact: cosine and sine are then whole numbers.

    Args:
        degrees: (B,).
        axes: the two that span the plane, (rows, columns) of an image: (0, 1).
        rank: n, axes in space.
    """
    cos, sin = _cos_sin(degrees)
    made = identities(len(degrees), rank)
    rows, columns = axes
    made[:, rows, rows] = made[:, columns, columns] = cos
    made[:, rows, columns] = sin
    made[:, columns, rows] = -sin
    return made


def shears(degrees: NDArray[np.float64], rank: int) -> Matrices:
    """Return what slants each example: upright lines lean by so many degrees.

    Args:
        degrees: (B,), between -90 and 90.
        rank: n, at least 2; the last two axes are sheared.
    """
    made = identities(len(degrees), rank)
    made[:, rank - 1, rank - 2] = np.tan(np.radians(degrees))
    return made


def zooms(factors: NDArray[np.float64], rank: int) -> Matrices:
    """Return what magnifies each example by its factor, (B,)."""
    made = identities(len(factors), rank)
    made[:, :, :rank] /= factors[:, None, None]
    return made


def shifts(cells: NDArray[np.float64]) -> Matrices:
    """Return what moves each example by so many cells along each axis, (B, n)."""
    made = identities(*cells.shape)
    made[:, :, -1] = -cells
    return made


def identities(examples: int, rank: int) -> Matrices:
    """Return what changes nothing, (B, n, n + 1)."""
    return np.tile(np.eye(rank, rank + 1), (examples, 1, 1))


def composed(first: Matrices, then: Matrices) -> Matrices:
    """Return what does one after the other.

    A place in the result is led to where it was before `then`, and from there to where it was
    before `first`.
    """
    made = first[:, :, :-1] @ then
    made[:, :, -1] += first[:, :, -1]
    return made


def warp(x: Array, low: Array, matrices: Matrices) -> None:
    """Show each example through its matrix, in place.

    Args:
        x: examples (B, *S, C).
        low: the background, (C,).
        matrices: (B, n, n + 1).
    """
    shape = x.shape[1:-1]
    if _only_mirrors(matrices):
        for axis in range(len(shape)):
            rows = np.flatnonzero(matrices[:, axis, axis] < 0)
            x[rows] = np.flip(x[rows], axis + 1)
        return
    terms = [_terms(matrices, axis, shape, x.dtype) for axis in range(len(shape))]
    sampler = Sampler(x, low)
    for block in sampler.blocks():
        sampler.read(block, [reduce(np.add, (term[block] for term in each)) for each in terms])


def _only_mirrors(matrices: Matrices) -> bool:
    """Whether no example is changed but by mirrors, if at all."""
    return np.array_equal(np.abs(matrices), identities(len(matrices), matrices.shape[1]))


def _terms(
    matrices: Matrices, axis: int, shape: Shape, dtype: np.dtype[np.floating]
) -> Sequence[Array]:
    """Return what adds up to the places along one axis that the cells of the result show.

    One term for each axis of the result, (B, 1 .. extent .. 1): what its cells contribute. The
    one of the axis itself has the centre and the translation besides.
    """
    rank = len(shape)
    found = []
    for other, extent in enumerate(shape):
        from_centre = np.arange(extent) - (extent - 1) / 2
        term = matrices[:, axis, other, None] * from_centre
        if other == axis:
            term += matrices[:, axis, -1:] + (shape[axis] - 1) / 2
        along = [1] * rank
        along[other] = extent
        found.append(term.astype(dtype).reshape(-1, *along))
    return found


def _cos_sin(degrees: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return cosine and sine, whole at quarter turns."""
    quarters = np.round(degrees / 90)
    rest = np.radians(degrees - 90 * quarters)
    cos, sin = np.cos(rest), np.sin(rest)
    turn = quarters.astype(np.int64) % 4
    return (
        np.choose(turn, [cos, -sin, -cos, sin]),
        np.choose(turn, [sin, cos, -sin, -cos]),
    )
