"""The UCI handwritten digits, embedded: 1,797 grey images of 8 x 8 with values 0 to 16."""

from __future__ import annotations

from importlib import resources

import numpy as np

from cnnopt.data.dataset import Dataset

WRITERS_NOTE = (
    "The rows of digits come in blocks by writer: shuffled parts and folds share writers, "
    "so results on new writers will be lower (1-nearest-neighbour: 98.8 % on shuffled folds, "
    "96.4 % on folds of neighbouring rows)."
)


DEPTH = 8


def digits3d() -> Dataset:
    """Return the digits as solids: x uint8 0/1 (1797, 8, 8, 8, 1), y 0 to 9.

    The voxel (z, row, column) is set where the pixel is larger than 2z: the ink as a landscape of
    height 0 to 8, layer by layer from the ground. A stand-in for volumes that needs no file.
    """
    flat = digits()
    heights = 2 * np.arange(DEPTH, dtype=np.uint8)
    solid = flat.x[:, None] > heights[None, :, None, None, None]
    return Dataset(
        name="digits3d",
        x=solid.astype(np.uint8),
        y=flat.y,
        classes=flat.classes,
        value_range=1.0,
        notes=flat.notes,
    )


def digits() -> Dataset:
    """Return the digits: x uint8 (1797, 8, 8, 1), y 0 to 9.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (test part),
    UCI Machine Learning Repository, 1998, CC BY 4.0; by way of scikit-learn.
    """
    packed = resources.files("cnnopt.data").joinpath("digits.npz")
    with packed.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    return Dataset(
        name="digits",
        x=images[..., None],
        y=labels.astype(np.int64),
        classes=tuple("0123456789"),
        value_range=16.0,
        notes=(WRITERS_NOTE,),
    )
