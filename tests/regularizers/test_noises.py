"""Noise on inputs, weights and gradients: mean, sd, shares, places, streams."""

import numpy as np
import pytest

from cnnopt.randomness import stream
from cnnopt.regularizers import Batch, GradientNoise, InputNoise, Tensor, WeightNoise

LOW, HIGH = np.array([-1.0, -2.0], np.float32), np.array([3.0, 4.0], np.float32)


def batch(*shape: int) -> Batch:
    x = np.full((*shape, 2), 0.5, np.float32)
    return Batch(x, np.eye(len(x), dtype=np.float32), LOW, HIGH)


def test_gaussian_noise_has_mean_0_and_its_sd() -> None:
    given = batch(50, 20, 20)
    InputNoise(sd=0.3).apply(given, stream(0, "input_noise", 1))
    noise = given.x.astype(np.float64) - 0.5
    assert noise.mean() == pytest.approx(0, abs=4 * 0.3 / 200)
    assert noise.std() == pytest.approx(0.3, rel=4 / np.sqrt(2 * 40_000))
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.03


def test_salt_and_pepper_replaces_whole_pixels() -> None:
    given = batch(50, 20, 20)
    InputNoise(salt_and_pepper=0.2).apply(given, stream(0, "input_noise", 1))
    pepper, salt = (given.x == LOW).all(-1), (given.x == HIGH).all(-1)
    kept = (given.x == 0.5).all(-1)
    assert (pepper | salt | kept).all()
    sd = np.sqrt(0.1 * 0.9 / 20_000)
    assert pepper.mean() == pytest.approx(0.1, abs=4 * sd)
    assert salt.mean() == pytest.approx(0.1, abs=4 * sd)


def test_of_a_table_each_number_is_a_pixel() -> None:
    given = batch(4000)
    InputNoise(salt_and_pepper=0.5).apply(given, stream(0, "input_noise", 1))
    changed = given.x != 0.5
    assert changed.mean() == pytest.approx(0.5, abs=0.03)
    assert (changed[:, 0] != changed[:, 1]).mean() == pytest.approx(0.5, abs=0.04)


TENSORS = (Tensor("a.weight", 1, 20_001, (200, 100)), Tensor("b.weight", 20_001, 20_101, (10, 10)))


@pytest.mark.parametrize("relative", [False, True])
def test_weight_noise_has_its_sd_in_its_tensors_alone(relative: bool) -> None:
    w = np.random.default_rng(0).normal(0, 0.2, 20_103)
    before = w.copy()
    WeightNoise(0.1, relative, TENSORS).add(w, 0, 1)
    noise = w - before
    assert noise[0] == 0
    assert (noise[20_101:] == 0).all()
    sd = 0.1 * (before[1:20_001].std() if relative else 1)
    assert noise[1:20_001].std() == pytest.approx(sd, rel=0.02)
    assert noise[1:20_001].mean() == pytest.approx(0, abs=4 * sd / np.sqrt(20_000))


@pytest.mark.parametrize(("t", "wanted"), [(1, 0.3), (2, 0.3 / 2**0.55), (1000, 0.3 / 1000**0.55)])
def test_gradient_noise_fades(t: int, wanted: float) -> None:
    g = np.zeros(20_103)
    rule = GradientNoise(0.3, 0.55, TENSORS)
    assert rule.sd(t) == pytest.approx(np.sqrt(wanted), rel=1e-14)
    rule.add(g, 0, t)
    assert g[1:20_001].std() == pytest.approx(np.sqrt(wanted), rel=0.02)
    assert g[0] == 0
    assert (g[20_101:] == 0).all()


def test_a_tensor_draws_the_same_whatever_others_there_are() -> None:
    for make in (
        lambda tensors: GradientNoise(0.3, 0.55, tensors),
        lambda tensors: WeightNoise(0.1, False, tensors),
    ):
        both, one, later, other = (np.zeros(20_103) for _ in range(4))
        make(TENSORS).add(both, 3, 7)
        make(TENSORS[1:]).add(one, 3, 7)
        np.testing.assert_array_equal(both[20_001:], one[20_001:])
        make(TENSORS).add(later, 3, 8)
        make(TENSORS).add(other, 4, 7)
        assert (later[1:20_101] != both[1:20_101]).all()
        assert (other[1:20_101] != both[1:20_101]).all()
