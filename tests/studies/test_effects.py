"""Effects by hand: which word, which sign, which sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnopt.studies.ablation_arms import wanted_of
from cnnopt.studies.ablation_words import verdict_of
from cnnopt.studies.effects import HELPS, HURTS, OPEN, SAME, Wanted, effect_entries

BASE = np.array([0.80, 0.82, 0.81, 0.79, 0.83, 0.80])
NOISE = np.array([0.001, -0.001, 0.0005, 0.0, -0.0005, 0.0])
VALUES = {
    "baseline": BASE,
    "good alone": BASE + 0.03 + NOISE,
    "bad alone": BASE - 0.05 + NOISE,
    "open alone": BASE + 20 * NOISE + 0.001,
    "none alone": BASE,
    "all": BASE + 0.02,
    "all but good": BASE - 0.01 + NOISE,
    "all but bad": BASE + 0.06 + NOISE,
    "all but open": BASE + 0.02 + 20 * NOISE - 0.001,
    "all but none": BASE + 0.02,
}
PARTS = ("good", "bad", "open", "none")


def entries(metric: str = "accuracy") -> dict[str, dict[str, Any]]:
    values = {name: list(numbers) for name, numbers in VALUES.items()}
    gaps = {name: [0.081 if name == "baseline" else 0.039] * 6 for name in VALUES}
    found = effect_entries(wanted_of(PARTS), values, gaps, dict.fromkeys(VALUES, 1.5), metric)
    return {entry["arm"]: entry for entry in found}


@pytest.mark.parametrize(
    ("arm", "word", "in_loss"),
    [
        ("good alone", HELPS, HURTS),
        ("bad alone", HURTS, HELPS),
        ("open alone", OPEN, OPEN),
        ("none alone", SAME, SAME),
        ("all but bad", HELPS, HURTS),
    ],
)
def test_words(arm: str, word: str, in_loss: str) -> None:
    assert entries()[arm]["effect"] == word
    assert entries("loss")[arm]["effect"] == in_loss


@pytest.mark.parametrize(
    ("arm", "sentence"),
    [
        ("good alone", "good alone helps: +3.00 points (2.88 to 3.12); gap 8.1 -> 3.9"),
        ("bad alone", "bad alone hurts: -5.00 points (-5.13 to -4.87); gap 8.1 -> 3.9"),
        ("none alone", "none alone, identical on all seeds: 0.0 points (0.0 to 0.0); "
         "gap 8.1 -> 3.9"),
    ],
)  # fmt: skip
def test_sentences(arm: str, sentence: str) -> None:
    assert entries()[arm]["verdict"] == sentence


def test_an_interval_has_the_level_of_its_step_among_all_that_is_stated() -> None:
    values = {name: list(VALUES[name]) for name in ("baseline", "open alone", "good alone")}
    gaps = {name: [0.0] * 6 for name in values}
    wanted = [Wanted("open", "alone", "open alone", "baseline")]

    def width(wanted: list[Wanted]) -> float:
        entry = effect_entries(wanted, values, gaps, dict.fromkeys(values, 0.0), "loss")[0]
        return float(entry["interval"][1] - entry["interval"][0])

    more = [*wanted, Wanted("good", "alone", "good alone", "baseline")]
    assert width(more) == pytest.approx(width(wanted)), "the last step of two is that of one alone"
    assert width([*wanted, *wanted]) > width(wanted)


def test_the_verdict_groups_what_helped_what_hurt_and_what_did_nothing() -> None:
    verdict = verdict_of(list(entries().values()), "accuracy", 6, 1000, "test")
    first, all_of_them, left_out, *scope = verdict.split(". ")
    assert first.startswith(
        "On mean test accuracy over 6 seeds, alone against the baseline: helps: good +3.00 points"
    )
    assert "; hurts: bad -5.00 points" in first
    assert "; changes nothing: none" in first
    assert first.index("no effect shown: open") > first.index("changes nothing")
    assert all_of_them.startswith("All together against the baseline: helps, +2")
    assert left_out.startswith("Left out of all: better without: bad +4.00 points")
    assert "; missed: good -3.00 points" in left_out
    assert scope == [
        "Measured on this split, 1,000 test examples; the intervals cover the seeds only, "
        "adjusted by Holm over 9 effects."
    ]
