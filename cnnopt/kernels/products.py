"""Matrix products in the shapes that BLAS likes best."""

from __future__ import annotations

import numpy as np

from cnnopt.arrays import Array

SMALL_PRODUCT = 1_000_000
"""Multiply-additions up to which OpenBLAS multiplies without packing: best for flat shapes."""


def product(left: Array, right: Array, out: Array) -> None:
    """Write the product of two matrices.

    `np.dot` begins sooner than `np.matmul`, and hands a product of one column and one row to BLAS,
    too. It wants contiguous memory to write to.
    """
    if out.flags.c_contiguous:
        np.dot(left, right, out)
    else:
        np.matmul(left, right, out=out)


def parts_of(length: int, size: int) -> int:
    """Return the fewest equal parts of `length` whose products with `size` numbers are small.

    1 where there are no such parts.

    Example:
        >>> parts_of(6272, 75 * 64)
        32
    """
    fewest = -(-length * size // SMALL_PRODUCT)
    return next((parts for parts in range(fewest, length) if length % parts == 0), 1)


def cut_rows(matrix: Array, parts: int) -> Array:
    """Return the view (parts, rows / parts, columns) of a matrix."""
    return matrix.reshape(parts, -1, matrix.shape[-1])
