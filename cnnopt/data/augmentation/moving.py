"""Transforms that one matrix for each example describes: those next to each other make one warp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.data.augmentation.affine import (
    Matrices,
    identities,
    rotations,
    shears,
    shifts,
    zooms,
)


@dataclass(frozen=True)
class Rotate:
    """Turns about the centre by an angle from U(-degrees, degrees).

    Attributes:
        degrees: the largest angle.
        axes: the two axes in space that span the plane of the turn, counted from 0.
    """

    degrees: float
    axes: tuple[int, int]

    def matrices(self, generator: np.random.Generator, examples: int, rank: int) -> Matrices:
        """Draw an angle for each example and return (B, n, n + 1)."""
        angles = generator.uniform(-self.degrees, self.degrees, examples)
        return rotations(angles, self.axes, rank)


@dataclass(frozen=True)
class Shear:
    """Lets upright lines lean by an angle from U(-degrees, degrees); in the last two axes."""

    degrees: float

    def matrices(self, generator: np.random.Generator, examples: int, rank: int) -> Matrices:
        """Draw an angle for each example and return (B, n, n + 1)."""
        return shears(generator.uniform(-self.degrees, self.degrees, examples), rank)


@dataclass(frozen=True)
class Zoom:
    """Magnifies about the centre; the factor's logarithm is uniform from low to high."""

    low: float
    high: float

    def matrices(self, generator: np.random.Generator, examples: int, rank: int) -> Matrices:
        """Draw a factor for each example and return (B, n, n + 1)."""
        exponents = generator.uniform(np.log(self.low), np.log(self.high), examples)
        return zooms(np.exp(exponents), rank)


@dataclass(frozen=True)
class Shift:
    """Moves along each axis by a draw from U(-pixels, pixels).

    Attributes:
        pixels: the farthest, in cells.
        whole: whether whole numbers are drawn, all with the same chance: cells are then copied,
            not mixed.
    """

    pixels: float
    whole: bool = True

    def matrices(self, generator: np.random.Generator, examples: int, rank: int) -> Matrices:
        """Draw the cells for each example and axis and return (B, n, n + 1)."""
        size = (examples, rank)
        if self.whole:
            most = int(self.pixels)
            return shifts(generator.integers(-most, most, size, endpoint=True).astype(np.float64))
        return shifts(generator.uniform(-self.pixels, self.pixels, size))


@dataclass(frozen=True)
class Flip:
    """Mirrors along one axis in space, counted from 0; exact."""

    axis: int

    def matrices(self, generator: np.random.Generator, examples: int, rank: int) -> Matrices:
        """Return (B, n, n + 1); which examples are mirrored is drawn elsewhere."""
        made = identities(examples, rank)
        made[:, self.axis, self.axis] = -1
        return made


Moving = Rotate | Shear | Zoom | Shift | Flip
