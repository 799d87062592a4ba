"""L1 and elastic net as penalties: values, gradients, blocks. L2 has a file of its own."""

from math import fsum

import numpy as np
import pytest

from cnnopt.regularizers import L1, L2, ElasticNet, Penalized, Penalty, Tensor, l1

RANGES = [slice(0, 4), slice(6, 9)]


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-6), ("float64", 1e-14)])
@pytest.mark.parametrize("block", [1, 5, 8_192])
def test_l1_adds_sizes_and_signs(
    dtype: str, tolerance: float, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(l1, "BLOCK", block)
    weights, gradient = np.random.default_rng(0).normal(size=(2, 12)).astype(dtype)
    weights[2], weights[7] = 0.0, -0.0
    before = gradient.copy()
    value = L1(0.3).add(weights, gradient, RANGES)
    inside = [i for each in RANGES for i in range(each.start, each.stop)]
    assert value == pytest.approx(0.3 * fsum(abs(float(weights[i])) for i in inside), rel=tolerance)
    for i in range(12):
        sign = float(weights[i] > 0) - float(weights[i] < 0) if i in inside else 0.0
        assert gradient[i] == pytest.approx(before[i] + 0.3 * sign, rel=10 * tolerance)
    assert (gradient[[2, 7]] == before[[2, 7]]).all()  # 0 at 0


def test_elastic_net_is_both() -> None:
    weights = np.random.default_rng(1).normal(size=9)
    found, wanted = np.zeros(9), np.zeros(9)
    value = ElasticNet(0.3, 0.7).add(weights, found, RANGES)
    assert value == sum(each.add(weights, wanted, RANGES) for each in (L1(0.3), L2(0.7)))
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("penalty", [L1(0.7), L2(0.7), ElasticNet(0.2, 0.9)])
def test_the_gradient_is_the_slope_of_the_value(penalty: Penalty) -> None:
    weights, direction = np.random.default_rng(2).normal(size=(2, 9))
    gradient = np.zeros(9)
    assert penalty.add(weights, gradient, RANGES) == penalty.value(weights, RANGES)
    ahead, behind = (penalty.value(weights + s * direction, RANGES) for s in (1e-6, -1e-6))
    assert float(gradient @ direction) == pytest.approx((ahead - behind) / 2e-6, rel=1e-8)


def test_it_takes_the_weights_of_its_tensors_alone() -> None:
    weights, gradient = np.arange(6.0), np.zeros(6)
    chosen = Penalized(L1(1.0), (Tensor("a", 1, 3, (2,)), Tensor("b", 4, 5, (1,))))
    assert chosen.add(weights, gradient) == chosen.value(weights) == 1 + 2 + 4
    assert gradient.tolist() == [0, 1, 1, 0, 1, 0]
