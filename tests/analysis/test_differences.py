"""Slopes are right to many digits, and every kink within the width is seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.analysis.differences import KINK, slope_along

WIDTH = 1e-6


def test_slopes_of_smooth_functions() -> None:
    found = slope_along(lambda t: np.array([np.sin(t + 1), np.exp(3 * t), 5.0, 1e3 * t]), WIDTH)
    assert found.smooth
    np.testing.assert_allclose(found.values, [np.cos(1), 3, 0, 1e3], rtol=1e-8, atol=1e-12)
    assert 1e-10 < found.noise < 1e-6


@pytest.mark.parametrize("curvature", [1.0, 1e2, 1e4])
def test_curvature_is_no_kink(curvature: float) -> None:
    assert slope_along(lambda t: np.array([t + curvature * t * t]), WIDTH).smooth


@given(st.floats(-1.5, 1.5), st.floats(-3, 3), st.floats(-3, 3))
def test_a_kink_is_seen_wherever_it_lies(place: float, left: float, right: float) -> None:
    """But for a hair around a third of the width, where both bends happen to agree."""
    at = place * WIDTH

    def bent(t: float) -> np.ndarray:
        return np.array([(left if t < at else right) * (t - at)])

    found = slope_along(bent, WIDTH)
    share = abs(place)
    seen = abs(left - right) * (abs(3 * share - 1) if share < 0.5 else max(0, 1 - share))
    limit = KINK * max(abs(left), abs(right))
    if found.smooth:
        assert seen <= 1.01 * limit + 1e-9
    else:
        assert seen > 0.1 * limit


@pytest.mark.parametrize("width", [1e-6, 1e-7])
def test_a_kink_at_the_point_itself_is_seen(width: float) -> None:
    assert not slope_along(lambda t: np.array([1.0, max(t, 0.0)]), width).smooth
