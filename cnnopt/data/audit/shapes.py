"""What is an example's own: its brightness, its contrast and what all have in common taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Rows
from cnnopt.data.blocks import row_blocks

SAMPLE = 512  # rows that spreads, the common picture and the directions are taken from
DIRECTIONS = 32


@dataclass(frozen=True, eq=False)
class Shapes:
    """Examples as points on a sphere: the same ones but for brightness and contrast are one point.

    Attributes:
        x: inputs, shape (N, *axes, C).
        spread: standard deviation of each channel, shape (C,); 1 where it is constant.
        common: what all examples have in common, shape (values,).
    """

    x: NDArray[Any]
    spread: NDArray[np.float64]
    common: NDArray[np.float64]

    def of(self, rows: Rows) -> NDArray[np.float64]:
        """Return the examples `rows` as unit vectors, shape (n, values); zeros where constant.

        u = unit(unit(v) - common), v = x / spread of its channel - mean of v over the example.
        """
        plain = _plain(self.x[rows], self.spread)
        # A constant example has nothing of its own, not even the lack of what is common.
        own = np.where(np.any(plain, axis=1)[:, None], plain - self.common, 0.0)
        return _unit(own)

    def correlations(self, one: Rows, other: Rows) -> NDArray[np.float64]:
        """Return the product of each of `one` with its partner in `other`, shape (n,)."""
        found = np.empty(len(one))
        for block in row_blocks(len(one), len(self.common)):
            found[block] = np.einsum("ij,ij->i", self.of(one[block]), self.of(other[block]))
        return found


def shapes_of(x: NDArray[Any], rows: Rows) -> Shapes:
    """Return the examples `rows` of `x`, shape (N, *axes, C), as points on a sphere."""
    some = x[sample(rows)]
    spread = some.reshape(-1, x.shape[-1]).std(axis=0, dtype=np.float64)
    spread = np.where(spread > 0, spread, 1.0)
    return Shapes(x, spread, _plain(some, spread).mean(axis=0))


def shadows(shapes: Shapes, rows: Rows) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the shadows of `rows` on the few directions in which the examples differ most.

    The directions are orthogonal and of length 1, so that two shadows are never further from each
    other than the examples: what is far in the shadow need not be looked at.

    Returns:
        The shadows, shape (n, K), and their squared lengths, shape (n,): infinite for constant
        examples, which are near to none.
    """
    some = shapes.of(sample(rows))
    centre = some.mean(axis=0)
    some = some - centre
    count = min(DIRECTIONS, *some.shape)
    _, vectors = np.linalg.eigh(some @ some.T)
    directions, _ = np.linalg.qr(some.T @ vectors[:, ::-1][:, :count])
    found = np.empty((len(rows), directions.shape[1]), dtype=np.float32)
    squares = np.empty(len(rows), dtype=np.float32)
    for block in row_blocks(len(rows), some.shape[1]):
        units = shapes.of(rows[block])
        found[block] = (units - centre) @ directions
        squares[block] = np.einsum("ij,ij->i", found[block], found[block])
        squares[block][~np.any(units, axis=1)] = np.inf
    return found, squares


def sample(rows: Rows) -> Rows:
    """Return rows evenly spaced over all, so that nothing is left to chance."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype(np.int64)]


def _plain(x: NDArray[Any], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return examples as unit vectors, centred within each channel; zeros where constant."""
    v = x.reshape(len(x), -1, len(spread)) / spread
    v -= v.mean(axis=1, keepdims=True)
    return _unit(v.reshape(len(x), -1), 1e-9 * np.abs(x).max(initial=1.0))


def _unit(v: NDArray[np.float64], rounding: float = 1e-9) -> NDArray[np.float64]:
    """Divide rows by their lengths; what is no longer than rounding can make it becomes zero."""
    length = np.sqrt(np.einsum("ij,ij->i", v, v))[:, None]
    units = np.zeros_like(v)
    np.divide(v, length, out=units, where=length > rounding)
    return units
