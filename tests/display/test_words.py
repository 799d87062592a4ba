from __future__ import annotations

import math

import pytest

from cnnopt.display import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0101, "0.0101"),
        (0.5, "0.5000"),
        (2.302585, "2.303"),
        (12.3456, "12.35"),
        (0.00071234, "0.0007123"),
        (1.5e-7, "1.5e-7"),
        (123456.0, "1.235e5"),
        (-0.25, "-0.2500"),
        (0.0, "0.0000"),
        (math.nan, "–"),
        (None, "–"),
        (math.inf, "infinite"),
    ],
)
def test_numbers_keep_four_digits(value: float | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.3, "0.3"), (1e-4, "0.0001"), (2.51e-5, "2.51e-5")])
def test_short_numbers_have_no_trailing_zeros(value: float, text: str) -> None:
    assert words.short(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (80, "1 min 20 s"),
        (3599.6, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_read_as_a_person_says_them(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_accuracies_are_percentages_and_their_differences_points() -> None:
    assert words.measure("accuracy", 0.97764) == "97.76 %"
    assert words.measure("loss", 0.97764) == "0.9776"
    assert words.interval("accuracy", [0.97, 0.98]) == "97.00 to 98.00 %"
    assert words.interval("accuracy", None) == "–"
    assert words.interval("loss", [None, 1.0]) == "–"
    assert words.difference("accuracy", -0.0021) == "−0.21"
    assert words.spread("accuracy", 0.005) == "0.50"


def test_counts_agree_with_their_noun() -> None:
    assert words.count(1, "trial") == "1 trial"
    assert words.count(1797, "image") == "1,797 images"
    assert words.left(None) == ""
    assert words.left(0.2) == "about 1 s left"
    assert words.left(80) == "about 1 min 20 s left"
