"""A general method that loses to its special case is told from one that merely loses."""

import pytest

from cnnopt.statistics import compare_pairs
from cnnopt.studies.inclusion import SPECIAL, inclusion_notes

GOOD, BAD = [0.95, 0.96, 0.97, 0.96, 0.95], [0.80, 0.82, 0.81, 0.80, 0.83]


def notes(better: str, worse: str, **settings: float) -> list[str]:
    pairs = compare_pairs({better: GOOD, worse: BAD}, higher_is_better=True)
    return inclusion_notes(pairs, {better: {}, worse: settings})


def test_a_space_that_holds_the_special_case_is_under_tuned() -> None:
    [note] = notes("adam", "adamw", weight_decay=0.0)
    assert note == "adamw contains adam, so adamw is under-tuned."


@pytest.mark.parametrize(("general", "special"), SPECIAL)
def test_a_space_that_does_not_hold_it(general: str, special: str) -> None:
    [note] = notes(special, general, momentum=0.9, weight_decay=0.1, delta=0.1, threshold=5.0)
    assert "does not contain it" in note


def test_no_note_for_a_special_case_that_loses_or_for_strangers() -> None:
    assert notes("momentum", "sgd") == []
    assert notes("sgd", "adagrad") == []


def test_no_note_without_a_verdict() -> None:
    pairs = compare_pairs({"sgd": GOOD, "momentum": GOOD[::-1]}, higher_is_better=True)
    assert inclusion_notes(pairs, {"sgd": {}, "momentum": {"momentum": 0.9}}) == []
