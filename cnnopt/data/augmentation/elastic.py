"""Smooth random displacements: the hand trembles, the paper is soft."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.data.augmentation.sampling import Sampler

_CUT = 4.0
"""Standard deviations from where on the Gaussian is 0."""


@dataclass(frozen=True)
class Elastic:
    """Moves each cell along each axis by alpha · (G * u), u ~ U(-1, 1) for each cell and axis.

    G is a Gaussian of `sigma` cells whose weights add up to 1, cut at four sigma; outside the
    example u is 0. So no cell moves by more than alpha, and by far less where sigma is large: in
    an image its standard deviation is about alpha / (6.1 · sigma).

    Attributes:
        alpha: in cells.
        sigma: in cells, above 0.

    Source: P. Simard, D. Steinkraus, J. Platt, Best practices for convolutional neural networks
    applied to visual document analysis, ICDAR 2003.
    """

    alpha: float
    sigma: float = 4.0

    def change(
        self, x: Array, low: Array, high: Array, chosen: NDArray[np.bool_],
        generator: np.random.Generator,
    ) -> None:  # fmt: skip
        """Move the cells of the chosen examples of (B, *S, C), in place."""
        moves = self.displacements(generator, len(x), x.shape[1:-1], x.dtype)
        rows = np.flatnonzero(chosen)
        if self.alpha == 0 or not len(rows):
            return
        made = x[rows]
        grid = np.meshgrid(*(np.arange(n, dtype=x.dtype) for n in x.shape[1:-1]), indexing="ij")
        sampler = Sampler(made, low)
        for block in sampler.blocks():
            near = rows[block]
            sampler.read(block, [own + move[near] for own, move in zip(grid, moves, strict=True)])
        x[rows] = made

    def displacements(
        self,
        generator: np.random.Generator,
        examples: int,
        shape: tuple[int, ...],
        dtype: np.dtype[np.floating],
    ) -> list[Array]:
        """Draw for each axis of S by how much each cell moves, (B, *S)."""
        kind = np.float32 if dtype == np.float32 else np.float64
        found = []
        for _ in shape:
            field = generator.random((examples, *shape), kind) * 2 - 1
            for axis, extent in enumerate(shape, 1):
                field = np.moveaxis(
                    np.moveaxis(field, axis, -1) @ smoothing(extent, self.sigma).astype(kind),
                    -1,
                    axis,
                )
            found.append(np.multiply(field, kind(self.alpha), order="C"))
        return found


@lru_cache(maxsize=64)
def smoothing(extent: int, sigma: float) -> NDArray[np.float64]:
    """Return the matrix that smooths a row of so many cells, with 0 outside; (n, n), symmetric."""
    reach = int(_CUT * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    apart = np.abs(np.subtract.outer(np.arange(extent), np.arange(extent)))
    return np.where(apart <= reach, weights[np.minimum(reach + apart, 2 * reach)], 0.0)
