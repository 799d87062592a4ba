"""Short correlations by bilinear algorithms: fewer multiplications, the same sums.

y[o] = Σ x[o + k - before]·w[k] is bilinear in x and w, so it can be written

    y = A·((G·w) ∘ (B·x))

with constant matrices and one product for each row of G. Products are what a convolution layer pays
for, once for every pair of channels; A, B and G act on each channel alone.

The algorithms here multiply polynomials modulo x^N - 1, and modulo x·(x^N - 1) with the point at
infinity (Toom and Cook's idea with roots of unity as points): a real root takes one product, a pair
of complex roots three (Gauss). Points on the unit circle keep the error that of a plain sum, where
the points 0, ±1, ±2 of "Winograd's F(4, 3)" lose one digit, and those of F(4, 5) two or three.

Sources: Winograd 1980, "Arithmetic complexity of computations", chapters IV and V; Blahut 2010,
"Fast algorithms for signal processing", chapter 5; Lavin & Gray 2016 (nested over the axes).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Algorithm:
    """A bilinear algorithm for one spatial axis, the padding with zeros included.

    The outputs are cut into `tiles` equal runs (the last may hold fewer); each takes `rank`
    products, with the same G. Rows of B and columns of A count product · tiles + tile.

    Attributes:
        rank: r, products of a tile and channel pair.
        tiles: T.
        inputs: B, (r·T, n).
        kernel: G, (r, K).
        outputs: A, (m, r·T).
    """

    rank: int
    tiles: int
    inputs: Matrix
    kernel: Matrix
    outputs: Matrix


@lru_cache(maxsize=1024)
def algorithms(n: int, kernel: int, before: int, outputs: int) -> tuple[Algorithm, ...]:
    """Return the algorithms for one axis that are worth a look, the fewest tiles first.

    Args:
        n: cells of the input.
        kernel: K, taps, at least 2.
        before: cells of zero padding before the input.
        outputs: m, outputs; what they need after the input is zero, too.

    Returns:
        Each has more products than all before it, or fewer kernel products r.
    """
    after = outputs + kernel - 1 - before - n
    found = [_build(n, before, outputs, 1, _Points(n + max(before, after, 0), False), kernel)]
    for tiles in range(1, outputs):
        run = -(-outputs // tiles)
        roots = run + kernel - 3
        if roots < 1 or -(-outputs // run) != tiles:
            continue
        found.append(_build(n, before, outputs, tiles, _Points(roots, True), kernel))
    sizes = [(one.rank, one.rank * one.tiles) for one in found]
    return tuple(
        one
        for place, (one, (rank, products)) in enumerate(zip(found, sizes, strict=True))
        if not any(
            r <= rank and p <= products and ((r, p) != (rank, products) or other < place)
            for other, (r, p) in enumerate(sizes)
            if other != place
        )
    )


@dataclass(frozen=True)
class _Points:
    """Where the polynomials are evaluated: the N-th roots of unity; maybe 0 and infinity, too."""

    roots: int
    ends: bool

    @property
    def degree(self) -> int:
        """How many coefficients a product of polynomials may have."""
        return self.roots + 2 * self.ends

    def residues(self, length: int) -> Matrix:
        """Return (degree, length): what a polynomial of `length` coefficients is at the points,
        a pair of complex roots giving a real and an imaginary part."""
        power = np.arange(length)
        rows: list[Matrix] = [np.ones(length)]
        if self.roots % 2 == 0:
            rows.append(np.where(power % 2, -1.0, 1.0))
        for turn in range(1, (self.roots + 1) // 2):
            angle = 2 * np.pi * turn / self.roots * power
            rows += [np.cos(angle), np.sin(angle)]
        if self.ends:
            rows += [1.0 * (power == 0), 1.0 * (power == length - 1)]
        return np.array(rows)

    def products(self) -> tuple[Matrix, Matrix]:
        """Return (before, after): residues → factors (r, degree), products → residues (degree, r).

        A pair (a, b) becomes a, b, a + b; the parts of the complex product are then
        aa' - bb' and (a + b)(a' + b') - aa' - bb'.
        """
        real = 1 + (self.roots % 2 == 0)
        pairs = (self.roots - real) // 2
        before: list[Matrix] = [np.eye(real)]
        after: list[Matrix] = [np.eye(real)]
        before += [np.array([[1.0, 0], [0, 1], [1, 1]])] * pairs
        after += [np.array([[1.0, -1, 0], [-1, -1, 1]])] * pairs
        if self.ends:
            before.append(np.eye(2))
            after.append(np.eye(2))
        return _diagonal(before), _diagonal(after)


def _diagonal(blocks: list[Matrix]) -> Matrix:
    whole = np.zeros(np.sum([block.shape for block in blocks], axis=0))
    row = column = 0
    for block in blocks:
        rows, columns = block.shape
        whole[row : row + rows, column : column + columns] = block
        row, column = row + rows, column + columns
    return whole


def _build(
    n: int, before: int, outputs: int, tiles: int, points: _Points, kernel: int
) -> Algorithm:
    """Turn the multiplication of polynomials round (transpose it), and lay it over the axis.

    If w·y' = C((G w) ∘ (E y')) gives the coefficients of a product of polynomials, then
    y = Eᵀ((G w) ∘ (Cᵀ x)) is the correlation. Modulo x^N - 1 coefficients wrap round: cells of
    the padding then share a coefficient, which is as well, they are zero.
    """
    run = -(-outputs // tiles)
    factors, parts = points.products()
    to_coefficients = np.linalg.inv(points.residues(points.degree)) @ parts
    evaluate = factors @ points.residues(run)
    rank = len(factors)
    to_inputs = np.zeros((rank, tiles, n))
    to_outputs = np.zeros((outputs, rank, tiles))
    for tile in range(tiles):
        first = tile * run
        for cell in range(n):
            place = cell + before - first
            if 0 <= place < points.degree:
                to_inputs[:, tile, cell] = to_coefficients[place]
        for output in range(first, min(first + run, outputs)):
            to_outputs[output, :, tile] = evaluate[:, output - first]
    return Algorithm(
        rank=rank,
        tiles=tiles,
        inputs=to_inputs.reshape(rank * tiles, n),
        kernel=factors @ points.residues(kernel),
        outputs=to_outputs.reshape(outputs, rank * tiles),
    )
