"""The functions of the lesson: gradients against differences, minima and saddles where they are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from cnnopt.analysis.surfaces import SURFACES, Surface
from cnnopt.randomness import stream

EACH = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)

HAND = {
    "ravine": ((2.0, 1.0), 27.0),  # (4 + 50)/2
    "rosenbrock": ((-1.0, 2.0), 104.0),  # 2² + 100·(2 - 1)²
    # 1.5 - 1 + 2, 2.25 - 1 + 4 and 2.625 - 1 + 8
    "beale": ((1.0, 2.0), 2.5**2 + 5.25**2 + 9.625**2),
    "saddle": ((1.0, 2.0), 4.25),  # 2 + 3²/4
    "himmelblau": ((1.0, 2.0), 68.0),  # (1 + 2 - 11)² + (1 + 4 - 7)²
    "noisy": ((2.0, 1.0), 4.5),  # (4 + 5)/2
}


def points_of(surface: Surface) -> np.ndarray:
    (left, right), (low, high) = surface.domain
    drawn = stream(0, "surfaces", surface.name).random((40, 2))
    return drawn * (right - left, high - low) + (left, low)


@EACH
def test_values_by_hand(surface: Surface) -> None:
    point, value = HAND[surface.name]
    assert surface.value(*point) == pytest.approx(value, rel=1e-15)


@EACH
def test_gradients_are_what_differences_say(surface: Surface) -> None:
    width = 1e-5
    for x, y in points_of(surface):
        numeric = (
            (surface.value(x + width, y) - surface.value(x - width, y)) / (2 * width),
            (surface.value(x, y + width) - surface.value(x, y - width)) / (2 * width),
        )
        scale = max(1.0, *map(abs, numeric))
        np.testing.assert_allclose(surface.gradient(x, y), numeric, rtol=0, atol=1e-7 * scale)


@EACH
def test_floats_and_arrays_give_the_same(surface: Surface) -> None:
    points = points_of(surface)
    x, y = points.T
    values, slopes = surface.value(x, y), np.array(surface.gradient(x, y))
    for place, point in enumerate(points.tolist()):
        assert surface.value(*point) == values[place]
        assert surface.gradient(*point) == tuple(slopes[:, place])


@EACH
def test_minima_are_the_lowest_points(surface: Surface) -> None:
    (left, right), (low, high) = surface.domain
    x, y = np.meshgrid(np.linspace(left, right, 401), np.linspace(low, high, 401))
    heights = surface.value(x, y)
    assert heights.min() >= 0
    for minimum in surface.minima:
        assert surface.value(*minimum) <= 1e-24
        np.testing.assert_allclose(surface.gradient(*minimum), 0, atol=1e-12)
        assert left < minimum[0] < right
        assert low < minimum[1] < high
    # Wherever it is nearly as low there is one of them close by: none is missing.
    ground = heights < 1e-5 * surface.height
    places = np.stack([x[ground], y[ground]], axis=1)
    gaps = np.linalg.norm(places[:, None] - np.array(surface.minima), axis=2).min(axis=1)
    assert gaps.max(initial=0.0) < 0.1 * surface.diagonal


@EACH
def test_the_start_is_in_the_picture_and_away_from_the_end(surface: Surface) -> None:
    (left, right), (low, high) = surface.domain
    assert left < surface.start[0] < right
    assert low < surface.start[1] < high
    assert surface.height > 1
    assert np.linalg.norm(surface.gradient(*surface.start)) > 0.1


def curvature(surface: Surface, x: float, y: float) -> np.ndarray:
    """The eigenvalues of the matrix of second derivatives, smallest first."""
    width, rows = 1e-5, []
    for dx, dy in ((width, 0.0), (0.0, width)):
        above, below = surface.gradient(x + dx, y + dy), surface.gradient(x - dx, y - dy)
        rows.append((np.array(above) - below) / (2 * width))
    return np.linalg.eigvalsh(np.array(rows))


@EACH
def test_convex_is_said_of_those_that_are(surface: Surface) -> None:
    lowest = min(curvature(surface, *point)[0] for point in points_of(surface))
    assert surface.convex == (lowest > 0)


def test_the_saddle_is_one_and_the_start_is_near_its_ridge() -> None:
    surface = SURFACES["saddle"]
    assert surface.saddle is not None
    assert surface.gradient(*surface.saddle) == (0, 0)
    low, high = curvature(surface, *surface.saddle)
    assert low < 0 < high
    assert 0 < surface.start[1] < 0.01


def test_the_ravine_is_fifty_times_as_steep_across() -> None:
    np.testing.assert_allclose(curvature(SURFACES["ravine"], 1.0, 1.0), [1, 50], rtol=1e-6)


def test_far_away_the_values_are_infinite_and_no_error() -> None:
    for surface, (x, y) in product(SURFACES.values(), [(1e200, 1e200), (-1e200, 1e200)]):
        assert not surface.value(x, y) < 1e300
