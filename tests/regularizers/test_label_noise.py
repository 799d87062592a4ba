"""Wrong labels: how many, which, and that they stay the same."""

import numpy as np
import pytest

from cnnopt.randomness import stream
from cnnopt.regularizers import LabelNoise

Y = np.random.default_rng(0).integers(5, size=1000)
ROWS = np.arange(1000)


def noised(share: float, rows: np.ndarray = ROWS, seed: int = 0) -> np.ndarray:
    return LabelNoise(share=share).applied(Y[rows], rows, 1000, 5, seed)


@pytest.mark.parametrize("share", [0.001, 0.4, 1.0])
def test_exactly_the_share_is_wrong(share: float) -> None:
    found = noised(share)
    assert (found != Y).sum() == round(share * 1000)
    assert set(found) <= set(range(5))
    assert found.dtype == Y.dtype


def test_each_other_class_is_as_likely() -> None:
    steps = np.bincount((noised(1.0) - Y) % 5, minlength=5)
    assert steps[0] == 0
    assert steps[1:] == pytest.approx([250] * 4, abs=60)


def test_more_noise_adds_to_the_less() -> None:
    less, more = noised(0.2), noised(0.5)
    wrong = less != Y
    np.testing.assert_array_equal(less[wrong], more[wrong])


def test_a_row_errs_alike_in_another_part_of_the_data() -> None:
    """So the folds of a cross-validation agree on what a label is said to be."""
    half = np.sort(stream(0, "half").permutation(1000)[:500])
    a, b = noised(1.0)[half], noised(1.0, half)
    np.testing.assert_array_equal(a, b)
    few = noised(0.3, half)
    assert (few != Y[half]).sum() == 150
    np.testing.assert_array_equal(few[few != Y[half]], a[few != Y[half]])


def test_it_belongs_to_the_split_seed() -> None:
    np.testing.assert_array_equal(noised(0.3), noised(0.3))
    assert (noised(0.3) != noised(0.3, seed=1)).any()


def test_numbers_get_gaussian_noise() -> None:
    y = np.zeros((1000, 2), np.float32)
    found = LabelNoise(sd=0.5).applied(y, ROWS, 1000, 0, 0)
    assert found.dtype == np.float32
    assert found.shape == y.shape
    assert found.std() == pytest.approx(0.5, rel=0.07)
    assert found.mean() == pytest.approx(0, abs=0.05)
    np.testing.assert_array_equal(y, 0)
