"""Slopes by finite differences along one direction, and whether a kink spoils them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""How far a float64 output may be from the true one, relative to the largest output."""

KINK = 1e-5
"""Share of the largest slope by which the slopes of two widths may disagree."""


@dataclass(frozen=True)
class Slope:
    """The slope of some outputs along a direction.

    Attributes:
        values: of each output, by central differences, the shape of the outputs.
        noise: what rounding alone may make of a slope of 0.
        smooth: False where a kink lies within the width for at least one output.
    """

    values: Values
    noise: float
    smooth: bool


def slope_along(outputs: Callable[[float], Values], width: float) -> Slope:
    """Return the slope of `outputs(t)` at t = 0, from t = ±width and t = ±width/2.

    Where the outputs are smooth, (y(h) - 2·y(0) + y(-h))/h is h times the curvature, so twice its
    value at h/2, but for terms of h³. A kink between -h and h, or at 0 itself, breaks this: the
    slope to its left is not the slope to its right, however narrow the width. Only differences of
    the forward pass are asked; what the backward pass says has no part in it.

    Args:
        outputs: the outputs at a distance t along the direction.
        width: h, above 0.

    Example:
        >>> slope_along(lambda t: np.array([3 * t, t * t]), 1e-6).values.round(6)
        array([3., 0.])
        >>> slope_along(lambda t: np.array([abs(t - 1e-9)]), 1e-6).smooth
        False
    """
    middle = outputs(0.0)
    left, right = outputs(-width), outputs(width)
    near_left, near_right = outputs(-width / 2), outputs(width / 2)
    values = (right - left) / (2 * width)
    bend = (right - 2 * middle + left) / width
    near_bend = (near_right - 2 * middle + near_left) / (width / 2)
    largest = float(np.max(np.abs(values), initial=0.0))
    noise = ROUNDING * float(np.max(np.abs(middle), initial=0.0)) / width
    broken = np.abs(bend - 2 * near_bend) > KINK * largest + noise
    return Slope(values, noise, not bool(broken.any()))
