"""The squared norm as a penalty."""

from math import fsum

import numpy as np
import pytest

from cnnopt.regularizers import L2, l2


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-6), ("float64", 1e-14)])
@pytest.mark.parametrize("block", [1, 5, 8_192])
def test_value_and_gradient(
    dtype: str, tolerance: float, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(l2, "BLOCK", block)
    generator = np.random.default_rng(0)
    weights, gradient = generator.normal(size=(2, 20)).astype(dtype)
    ranges = [slice(0, 7), slice(9, 10), slice(12, 20)]
    inside = [*range(7), 9, *range(12, 20)]
    before = gradient.copy()
    value = L2(0.3).add(weights, gradient, ranges)
    assert value == pytest.approx(
        0.15 * fsum(float(weights[i]) ** 2 for i in inside), rel=tolerance
    )
    for i in range(20):
        added = 0.3 * float(weights[i]) if i in inside else 0.0
        assert float(gradient[i]) == pytest.approx(float(before[i]) + added, rel=10 * tolerance)


def test_by_hand_and_without_ranges() -> None:
    gradient = np.array([1.0, 1.0])
    assert L2(0.1).add(np.array([3.0, 4.0]), gradient, [slice(0, 2)]) == pytest.approx(1.25)
    np.testing.assert_allclose(gradient, [1.3, 1.4], rtol=1e-15)
    assert L2(0.1).add(np.array([3.0]), gradient[:1], []) == 0.0


def test_the_gradient_is_the_slope_of_the_value() -> None:
    weights, direction = np.random.default_rng(1).normal(size=(2, 9))
    ranges = [slice(0, 4), slice(6, 9)]
    gradient = np.zeros(9)
    L2(0.7).add(weights, gradient, ranges)
    ahead, behind = (
        L2(0.7).add(weights + s * direction, np.zeros(9), ranges) for s in (1e-6, -1e-6)
    )
    assert float(gradient @ direction) == pytest.approx((ahead - behind) / 2e-6, rel=1e-8)
