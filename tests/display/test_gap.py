from __future__ import annotations

import math

import numpy as np
import pytest

from cnnopt.display.gap import accuracy_gap, gap_of, loss_gap


def test_positive_means_worse_on_held_out_examples() -> None:
    assert accuracy_gap(0.99, 0.95, 5000, 5000).text == "4.0 points"
    assert accuracy_gap(0.95, 0.99, 5000, 5000).text == "−4.0 points"
    assert loss_gap(0.1, 0.3).text == "0.200"


@pytest.mark.parametrize(
    ("held_out", "word"),
    [(0.99, "within noise"), (0.975, "small"), (0.95, "moderate"), (0.8, "large: over-fitting")],
)
def test_the_word_grows_with_the_gap(held_out: float, word: str) -> None:
    assert accuracy_gap(0.99, held_out, 10_000, 10_000).word == word


def test_the_same_gap_is_noise_on_few_examples() -> None:
    assert accuracy_gap(0.99, 0.97, 50, 50).word == "within noise"
    assert accuracy_gap(0.99, 0.97, 50_000, 50_000).word != "within noise"


def test_equal_chances_are_called_noise_nearly_always() -> None:
    # Oracle: draws of two samples from one share; two standard errors cover about 95 %.
    draws = np.random.default_rng(0).binomial(200, 0.95, size=(2000, 2)) / 200
    noise = [accuracy_gap(float(a), float(b), 200, 200).word == "within noise" for a, b in draws]
    assert 0.92 < np.mean(noise) <= 0.99


def test_doing_better_on_validation_is_told_apart() -> None:
    assert accuracy_gap(0.90, 0.99, 5000, 5000).word.startswith("reversed")
    assert loss_gap(1.0, 0.5).word.startswith("reversed")


@pytest.mark.parametrize(
    ("train", "held_out", "word"),
    [(1.0, 1.05, "small"), (1.0, 1.3, "moderate"), (1.0, 2.0, "large: over-fitting")],
)
def test_losses_are_judged_by_their_ratio(train: float, held_out: float, word: str) -> None:
    assert loss_gap(train, held_out).word == word
    assert loss_gap(train / 1000, held_out / 1000).word == word


def test_a_loss_of_nothing_is_no_division_by_zero() -> None:
    assert loss_gap(0.0, 0.0).word == "small"
    assert loss_gap(0.0, 0.1).word == "large: over-fitting"


def test_accuracy_goes_before_loss_and_nothing_comes_of_nan() -> None:
    train, held_out = {"loss": 0.1, "accuracy": 0.9}, {"loss": 0.1, "accuracy": 0.9}
    gap = gap_of(train, held_out, 10, 10)
    assert gap is not None
    assert "points" in str(gap)
    assert gap_of({"loss": math.nan}, {"loss": 0.1}, 10, 10) is None
    assert gap_of({"loss": 0.1}, {}, 10, 10) is None
