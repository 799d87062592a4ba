"""Matrix products: the bias's gradient as one, and products cut into parts."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Case, Version
from cnnopt.kernels.products import cut_rows, parts_of

BIASES = ((16 * 28 * 28, 16), (16 * 14 * 14, 64), (128, 1024))
PRODUCTS = ((16 * 28 * 28, 75, 64), (16 * 16 * 16, 288, 64), (16 * 14 * 14, 800, 64))

TOLERANCE = 1e-5
"""Of sums in another order."""


def cases() -> list[Case]:
    """Return the cases of bias gradients and of products."""
    return [_bias(*shape) for shape in BIASES] + [_product(*shape) for shape in PRODUCTS]


def _bias(rows: int, channels: int) -> Case:
    dy = np.random.default_rng(0).standard_normal((rows, channels), np.float32)
    ones, total = np.ones((1, rows), np.float32), np.empty((1, channels), np.float32)
    versions = (
        Version("sum(axis=0)", lambda: dy.sum(axis=0, out=total[0]), lambda: [total]),
        Version("einsum", lambda: np.einsum("rf->f", dy, out=total[0]), lambda: [total]),
        Version("row of ones", lambda: np.matmul(ones, dy, out=total), lambda: [total]),
    )
    return Case("gradient of a bias", f"{rows} x {channels}", TOLERANCE, versions)


def _product(rows: int, depth: int, filters: int) -> Case:
    generator = np.random.default_rng(0)
    cols = generator.standard_normal((rows, depth), np.float32)
    weight = generator.standard_normal((depth, filters), np.float32)
    y = np.empty((rows, filters), np.float32)
    parts = parts_of(rows, depth * filters)
    cut_cols, cut_y = cut_rows(cols, parts), cut_rows(y, parts)
    versions = (
        Version("whole", lambda: np.matmul(cols, weight, out=y), lambda: [y]),
        Version("in parts", lambda: np.matmul(cut_cols, weight, out=cut_y), lambda: [y]),
    )
    problem = f"{rows} x {depth} by {depth} x {filters}, {parts} parts"
    return Case("matrix product", problem, TOLERANCE, versions)
