from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from cnnopt.display.gap import Gap, accuracy_gap, gap_of, loss_gap


def test_positive_means_worse_on_held_out_examples() -> None:
    assert accuracy_gap(0.99, 0.95, 0.003).text == "4.0 points"
    assert accuracy_gap(0.95, 0.99, 0.003).text == "−4.0 points"
    assert loss_gap(0.1, 0.3, 0.01).text == "0.200"


@pytest.mark.parametrize(
    ("held_out", "word"),
    [(0.99, "within noise"), (0.975, "small"), (0.95, "moderate"), (0.8, "large: over-fitting")],
)
def test_the_word_grows_with_the_gap(held_out: float, word: str) -> None:
    assert accuracy_gap(0.99, held_out, 0.0015).word == word


@pytest.mark.parametrize(("gap", "train"), [(accuracy_gap, 0.99), (loss_gap, 0.1)])
def test_up_to_two_standard_errors_either_way_are_noise(
    gap: Callable[[float, float, float | None], Gap], train: float
) -> None:
    for held_out in (train - 0.02, train + 0.02):
        assert gap(train, held_out, 0.0101).word == "within noise"
        assert gap(train, held_out, math.inf).word == "within noise"
        assert gap(train, held_out, 0.0099).word != "within noise"
        assert gap(train, held_out, None).word != "within noise"


def test_doing_better_on_validation_is_told_apart() -> None:
    assert accuracy_gap(0.90, 0.99, 0.003).word.startswith("reversed")
    assert loss_gap(1.0, 0.5, 0.01).word.startswith("reversed")


@pytest.mark.parametrize(
    ("train", "held_out", "word"),
    [(1.0, 1.05, "small"), (1.0, 1.3, "moderate"), (1.0, 2.0, "large: over-fitting")],
)
def test_losses_are_judged_by_their_ratio(train: float, held_out: float, word: str) -> None:
    assert loss_gap(train, held_out, 0.001).word == word
    assert loss_gap(train / 1000, held_out / 1000, None).word == word


def test_a_loss_of_nothing_is_no_division_by_zero() -> None:
    assert loss_gap(0.0, 0.0, None).word == "small"
    assert loss_gap(0.0, 0.1, None).word == "large: over-fitting"


def test_accuracy_goes_before_loss_and_nothing_comes_of_nan() -> None:
    train, held_out = {"loss": 0.1, "accuracy": 0.9}, {"loss": 0.1, "accuracy": 0.9}
    gap = gap_of(train, held_out, None)
    assert gap is not None
    assert "points" in str(gap)
    assert gap_of({"loss": math.nan}, {"loss": 0.1}, None) is None
    assert gap_of({"loss": 0.1}, {}, None) is None
