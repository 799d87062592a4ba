"""What needs no files: the embedded digits and the lesson's function."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnopt.data import Dataset, load
from cnnopt.data.regression import truth


def lesson(**settings: float) -> Dataset:
    usual = {"examples": 10_000, "noise": 0.03, "data_seed": 0}
    return load(SimpleNamespace(name="regression", path=None, **{**usual, **settings}))


def test_digits_are_those_of_scikit_learn() -> None:
    dataset = load(SimpleNamespace(name="digits", path=None))
    oracle = load_digits()
    assert (dataset.x.shape, dataset.x.dtype) == ((1797, 8, 8, 1), np.uint8)
    np.testing.assert_array_equal(dataset.x[..., 0], oracle.images)
    np.testing.assert_array_equal(dataset.y, oracle.target)
    assert (dataset.value_range, dataset.outputs) == (16, 10)
    assert dataset.input_shape == (8, 8, 1)
    assert "writer" in dataset.notes[0]


def test_the_lesson_has_the_known_errors() -> None:
    dataset = lesson()
    assert (dataset.x.shape, dataset.y.shape, dataset.outputs) == ((10_000, 1), (10_000, 1), 1)
    # PROTOCOL: noise floor 9e-4, and predicting 0 gives about 0.105.
    assert np.mean((dataset.y - truth(dataset.x)) ** 2) == pytest.approx(9e-4, rel=0.05)
    assert np.mean(dataset.y**2) == pytest.approx(0.105, abs=0.004)
    assert -3 <= dataset.x.min() < -2.99
    assert 2.99 < dataset.x.max() < 3


def test_truth_by_hand() -> None:
    assert truth(np.array(0.0)) == 1
    assert truth(np.array([np.pi / 10]))[0] == pytest.approx(-np.exp(-((np.pi / 10) ** 2)))


def test_seeds_and_sizes() -> None:
    np.testing.assert_array_equal(lesson(examples=50).y, lesson(examples=200).y[:50])
    assert not np.array_equal(lesson(data_seed=1).x, lesson().x)
    clean = lesson(noise=0.0)
    np.testing.assert_array_equal(clean.y, truth(clean.x))
    np.testing.assert_array_equal(clean.x, lesson().x)


def test_the_fingerprint_tells_any_change() -> None:
    one = lesson(examples=20)
    assert one.fingerprint == lesson(examples=20).fingerprint
    assert one.fingerprint != lesson(examples=21).fingerprint
    assert one.fingerprint != lesson(examples=20, noise=0.031).fingerprint
