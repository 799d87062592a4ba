"""Scaling: fitted on training rows alone, exact where it can be, and back from JSON."""

import json

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from cnnopt.data import Dataset, Scaler, fit_scaler, prepare
from cnnopt.data.blocks import row_blocks
from cnnopt.errors import ConfigError, DataError

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(500, 1), (300, 4), (40, 9, 9, 1), (40, 9, 7, 3), (30, 11, 2)])
def test_standard_agrees_with_scikit_learn(shape: tuple[int, ...]) -> None:
    x = RNG.normal(3, 5, size=shape)
    flat = x.reshape(-1, shape[-1])
    oracle = StandardScaler().fit(flat)
    scaler = fit_scaler("standard", x, None)
    np.testing.assert_allclose(scaler.mean, oracle.mean_, rtol=1e-12)
    np.testing.assert_allclose(scaler.scale, oracle.scale_, rtol=1e-12)
    scaled = scaler.apply(x)
    assert scaled.dtype == np.float32
    assert scaled.shape == shape
    np.testing.assert_allclose(
        scaled.reshape(flat.shape), oracle.transform(flat), rtol=1e-6, atol=1e-6
    )


def test_numbers_worked_by_hand() -> None:
    scaler = fit_scaler("standard", np.array([[2, 7], [4, 7], [9, 7]], np.uint8), 255.0)
    np.testing.assert_allclose(scaler.mean, [5, 7])
    np.testing.assert_allclose(scaler.scale, [np.sqrt(26 / 3), 1])


def test_many_blocks_give_what_one_gives() -> None:
    x = RNG.integers(0, 256, (1500, 28, 28, 1), np.uint8)
    assert len(list(row_blocks(len(x), 28 * 28))) > 3
    scaler = fit_scaler("standard", x, 255.0)
    assert scaler.mean[0] == pytest.approx(x.mean(), rel=1e-13)
    assert scaler.scale[0] == pytest.approx(x.std(), rel=1e-13)
    np.testing.assert_allclose(scaler.apply(x), (x - x.mean()) / x.std(), rtol=1e-6, atol=1e-6)


def test_far_from_zero_nothing_cancels() -> None:
    x = 1e8 + RNG.normal(size=(4000, 1))
    scaled = fit_scaler("standard", x, None).apply(x)
    assert scaled.std() == pytest.approx(1, abs=1e-4)
    assert scaled.mean() == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e20, 255])
def test_a_constant_channel_is_only_centred(value: float) -> None:
    x = np.stack([np.full(1000, value), np.arange(1000.0)], axis=1)
    scaler = fit_scaler("standard", x, None)
    assert scaler.scale[0] == 1
    assert scaler.scale[1] > 1
    assert np.abs(scaler.apply(x)[:, 0]).max() <= 1e-12 * abs(value)


def test_unit_and_none() -> None:
    x = np.array([[0], [8], [16]], np.uint8)
    assert fit_scaler("unit", x, 16.0).apply(x).ravel().tolist() == [0, 0.5, 1]
    assert fit_scaler("none", x, None).apply(x).ravel().tolist() == [0, 8, 16]
    with pytest.raises(ConfigError, match=r"dataset\.scale: unit needs data with a fixed range"):
        fit_scaler("unit", x, None)


def test_json_gives_the_same_bits() -> None:
    scaler = fit_scaler("standard", RNG.normal(size=(50, 3)), None)
    back = Scaler.from_json(json.loads(json.dumps(scaler.to_json())))
    x = RNG.normal(size=(9, 3))
    assert scaler.apply(x).tobytes() == back.apply(x).tobytes()


@pytest.mark.parametrize(
    "numbers",
    [
        {"mean": [0.0]},
        {"mean": [0.0], "scale": [0.0]},
        {"mean": [0.0], "scale": [float("nan")]},
        {"mean": [0.0], "scale": [1.0, 1.0]},
        {"mean": [None], "scale": [1.0]},
        {"mean": "a", "scale": "b"},
    ],
)
def test_wrong_json(numbers: dict[str, list[float]]) -> None:
    with pytest.raises(DataError, match="scaler: must hold"):
        Scaler.from_json(numbers)


def test_other_channels_are_refused() -> None:
    scaler = fit_scaler("standard", RNG.normal(size=(50, 3)), None)
    with pytest.raises(DataError, match=r"must have 3 channels .*got shape \(4,\)"):
        scaler.apply(np.zeros((2, 4)))


def test_parts_are_scaled_by_what_the_training_rows_say() -> None:
    x = np.concatenate([np.zeros((10, 1)), np.full((10, 1), 2.0), np.full((5, 1), 1000.0)])
    dataset = Dataset("d", x, np.arange(25) % 2, ("0", "1"))
    rows = {"train": np.arange(20), "validation": np.arange(0), "test": np.arange(20, 25)}
    parts, scaler = prepare(dataset, rows, "standard")
    assert (scaler.mean[0], scaler.scale[0]) == (1, 1)
    assert set(parts) == {"train", "test"}
    assert parts["test"].x.ravel().tolist() == [999] * 5
    assert parts["test"].y.tolist() == [0, 1, 0, 1, 0]
    assert parts["test"].y.dtype == np.int64
    assert len(parts["test"]) == 5


def test_targets_are_float32_and_not_scaled() -> None:
    dataset = Dataset("d", np.arange(6.0)[:, None], np.arange(6.0)[:, None] * 100)
    parts, _ = prepare(dataset, {"train": np.arange(6)}, "standard")
    assert parts["train"].y.dtype == np.float32
    assert parts["train"].y.ravel().tolist() == [0, 100, 200, 300, 400, 500]
