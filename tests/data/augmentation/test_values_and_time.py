"""Brightness, contrast, jitter, scale and time warps: by formula and law."""

from __future__ import annotations

import numpy as np
import pytest
from augmenting import Chance, Inputs, augmented, batch

from cnnopt.data.augmentation import Brightness, Contrast, Jitter, Scale, TimeWarp

SOME = np.array([True, False, True])


@pytest.mark.parametrize("shape", [(3, 4, 5, 2), (3, 3, 3, 3, 1)])
def test_brightness_adds_a_share_of_the_range(shape: tuple[int, ...]) -> None:
    inputs = batch(*shape)
    made = inputs.x.copy()
    Brightness(0.3).change(made, inputs.low, inputs.high, SOME, Chance([0.1, 0.2, -0.3]))  # type: ignore[arg-type]
    added = np.array([0.1, 0, -0.3]).reshape(-1, *[1] * (len(shape) - 1))
    wanted = inputs.x + added * (inputs.high - inputs.low)
    np.testing.assert_allclose(made, wanted, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(made[1], inputs.x[1])


def test_contrast_keeps_each_channel_s_mean() -> None:
    inputs = batch(3, 4, 5, 2)
    made = inputs.x.copy()
    Contrast(0.5, 2).change(made, inputs.low, inputs.high, SOME, Chance([0.5, 2, 1.5]))  # type: ignore[arg-type]
    mean = inputs.x.mean(axis=(1, 2), keepdims=True)
    factors = np.array([0.5, 1, 1.5]).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(made, mean + factors * (inputs.x - mean), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(made.mean(axis=(1, 2)), mean[:, 0, 0], atol=1e-6)
    np.testing.assert_array_equal(made[1], inputs.x[1])


def test_scale_multiplies_raw_values() -> None:
    raw = np.abs(batch(3, 8, 2).x)
    mean, deviation = np.array([0.4, 2.0]), np.array([1.5, 0.2])
    low = (-mean / deviation).astype(np.float32)
    made = ((raw - mean) / deviation).astype(np.float32)
    before = made.copy()
    Scale(0.5, 2).change(made, low, low + 1, SOME, Chance([0.5, 2, 1.5]))  # type: ignore[arg-type]
    factors = np.array([0.5, 1, 1.5]).reshape(3, 1, 1)
    np.testing.assert_allclose(made, (factors * raw - mean) / deviation, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(made[1], before[1])


def test_jitter_is_normal_noise_in_units_of_the_channel() -> None:
    inputs = batch(400, 50, 2)
    noise = augmented(inputs, Jitter(0.1)) - inputs.x
    deviation = noise.std(axis=(0, 1))
    np.testing.assert_allclose(deviation, 0.1 * (inputs.high - inputs.low), rtol=0.02)
    assert np.abs(noise.mean(axis=(0, 1))).max() < 0.005
    assert abs(np.corrcoef(noise[:, :-1, 0].ravel(), noise[:, 1:, 0].ravel())[0, 1]) < 0.03


@pytest.mark.parametrize(
    "still", [Brightness(0.0), Contrast(1, 1), Jitter(0.0), Scale(1, 1), TimeWarp(0.0)]
)
@pytest.mark.parametrize("probability", [1.0, 0.0])
def test_no_strength_or_no_chance_is_no_change(still: object, probability: float) -> None:
    inputs = batch(6, 12, 2)
    made = augmented(inputs, still, probability=probability)  # type: ignore[arg-type]
    np.testing.assert_array_equal(made, inputs.x)


@pytest.mark.parametrize("knots", [2, 3, 4, 9])
@pytest.mark.parametrize("samples", [1, 2, 3, 40])
@pytest.mark.parametrize("most", [0.0, 0.2, 0.99])
def test_time_goes_on_from_the_first_sample_to_the_last(
    most: float, samples: int, knots: int
) -> None:
    times = TimeWarp(most, knots).times(np.random.default_rng(0), 50, samples)
    assert times.shape == (50, samples)
    assert (times[:, 0] == 0).all()
    assert (times[:, -1] == samples - 1).all()
    steps = np.diff(times, axis=1)
    assert (steps > 0).all()
    if most == 0:
        np.testing.assert_allclose(times, np.broadcast_to(np.arange(samples), times.shape))
    if samples > 1:  # no stretch is slower or faster than the speeds allow
        assert steps.min() >= (1 - most) / (1 + most) - 1e-9
        assert steps.max() <= (1 + most) / (1 - most) + 1e-9


def test_speeds_by_hand() -> None:
    """Speeds 1 and 3 over three samples: 1.5 in the first half, 2.5 in the second."""
    times = TimeWarp(0.5, 2).times(Chance([[1.0, 3.0]]), 1, 3)  # type: ignore[arg-type]
    np.testing.assert_allclose(times, [[0, 2 * 1.5 / 4, 2]])


def test_a_warped_series_is_read_at_those_times() -> None:
    inputs = batch(5, 20, 3, dtype=np.float64)
    warp = TimeWarp(0.5)
    made = inputs.x.copy()
    warp.change(made, inputs.low, inputs.high, np.ones(5, bool), np.random.default_rng(2))
    times = warp.times(np.random.default_rng(2), 5, 20)
    for x, found, at in zip(inputs.x, made, times, strict=True):
        for channel in range(3):
            wanted = np.interp(at, np.arange(20), x[:, channel])
            np.testing.assert_allclose(found[:, channel], wanted, atol=1e-12)


def test_the_order_is_kept() -> None:
    inputs = Inputs(batch(6, 30, 1).x, np.zeros(1, np.float32), np.ones(1, np.float32))
    one = augmented(inputs, Jitter(1.0), Scale(0.2, 0.3))
    other = augmented(inputs, Scale(0.2, 0.3), Jitter(1.0))
    assert np.abs(one).mean() < np.abs(other).mean()
