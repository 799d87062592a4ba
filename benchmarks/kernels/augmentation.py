"""Rotation and shift of a batch: one warp by SciPy for each image, and one for the whole batch."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Case, Version
from cnnopt.arrays import Array, Shape
from cnnopt.data.augmentation.affine import Matrices, composed, rotations, shifts, warp

SHAPES: tuple[Shape, ...] = ((128, 28, 28, 1), (128, 32, 32, 3), (32, 16, 16, 16, 1))
DEGREES, CELLS = 10.0, 2
TOLERANCE = 1e-5
"""Of places in float32 beside SciPy's float64."""


def cases() -> list[Case]:
    """Return one case for each batch."""
    return [_case(shape) for shape in SHAPES]


def _case(shape: Shape) -> Case:
    from scipy.ndimage import affine_transform

    generator = np.random.default_rng(0)
    before = generator.random(shape, np.float32)
    low = np.zeros(shape[-1], np.float32)
    matrices = drawn(generator, shape)
    by_image, whole = before.copy(), before.copy()
    centre = (np.array(shape[1:-1]) - 1) / 2

    def each() -> None:
        for x, out, matrix in zip(before, by_image, matrices, strict=True):
            linear, offset = matrix[:, :-1], matrix[:, -1]
            for channel in range(shape[-1]):
                affine_transform(
                    x[..., channel],
                    linear,
                    centre + offset - linear @ centre,
                    output=out[..., channel],
                    order=1,
                    mode="grid-constant",
                )

    def at_once() -> None:
        np.copyto(whole, before)
        warp(whole, low, matrices)

    versions = (
        Version("SciPy, image by image", each, lambda: [by_image]),
        Version("the whole batch", at_once, lambda: [whole]),
    )
    return Case("rotate + shift", " x ".join(map(str, shape)), TOLERANCE, versions)


def drawn(generator: np.random.Generator, shape: Shape) -> Matrices:
    """Return the matrices of a turn and a shift for each example of (B, *S, C)."""
    examples, rank = shape[0], len(shape) - 2
    turned = rotations(generator.uniform(-DEGREES, DEGREES, examples), (rank - 2, rank - 1), rank)
    cells: Array = generator.integers(-CELLS, CELLS, (examples, rank), endpoint=True)
    return composed(turned, shifts(cells.astype(np.float64)))
