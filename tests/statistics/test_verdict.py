"""Verdicts: their calibration by simulation, and their wording."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.statistics import (
    Interval,
    Pair,
    PairedTest,
    best_of,
    compare_pairs,
    pair_verdict,
    paired_t,
    study_verdict,
)
from cnnopt.statistics.wording import amount, measure_of, round_down


def drawn_accuracies(
    generator: np.random.Generator, treatments: int, seeds: int = 10
) -> dict[str, list[float]]:
    """Draw test accuracies on 360 images as a study without any true difference would give them.

    A seed's luck is shared by all treatments (paired), and accuracies come in steps of 1/360.
    """
    luck = generator.normal(0.975, 0.004, seeds)
    own = generator.normal(0, 0.004, (treatments, seeds))
    steps = np.round(np.clip(luck + own, 0, 1) * 360) / 360
    return {f"optimizer_{i}": row.tolist() for i, row in enumerate(steps)}


def disagrees(pair: Pair) -> bool:
    low, high = pair.interval
    return pair.significant != (low > 0 or high < 0)


def test_one_pair_has_the_promised_share_of_false_verdicts() -> None:
    generator = np.random.default_rng(11)
    pairs = [
        compare_pairs(drawn_accuracies(generator, 2), higher_is_better=True)[0] for _ in range(3000)
    ]
    assert 0.03 < np.mean([pair.significant for pair in pairs]) < 0.07
    assert not any(map(disagrees, pairs))


def test_nine_optimizers_have_few_studies_with_any_false_verdict() -> None:
    generator = np.random.default_rng(12)
    studies = [
        compare_pairs(drawn_accuracies(generator, 9), higher_is_better=True) for _ in range(600)
    ]
    assert all(len(study) == 36 for study in studies)
    assert np.mean([any(pair.significant for pair in study) for study in studies]) < 0.06
    assert not any(disagrees(pair) for study in studies for pair in study)
    # Without Holm most of these studies would name a winner: the correction is what holds.
    assert np.mean([any(pair.test.p <= 0.05 for pair in study) for study in studies]) > 0.3


def test_a_true_difference_is_found() -> None:
    generator = np.random.default_rng(13)
    found = 0
    for _ in range(200):
        values = drawn_accuracies(generator, 3)
        values["optimizer_1"] = [value - 0.02 for value in values["optimizer_1"]]
        pairs = compare_pairs(values, higher_is_better=True)
        found += all(pair.significant for pair in pairs if "optimizer_1" in (pair.a, pair.b))
    assert found > 190


VALUES: Mapping[str, Sequence[float]] = {
    "sgd": [0.950, 0.953, 0.957, 0.949],
    "adam": [0.971, 0.974, 0.976, 0.971],
    "momentum": [0.972, 0.973, 0.974, 0.972],
}


def test_pairs_put_the_better_first_whichever_way_is_better() -> None:
    up = compare_pairs(VALUES, higher_is_better=True)
    down = compare_pairs(VALUES, higher_is_better=False)
    assert [(p.a, p.b) for p in up] == [("adam", "sgd"), ("momentum", "sgd"), ("adam", "momentum")]
    assert [(p.b, p.a) for p in down] == [(p.a, p.b) for p in up]
    assert all(pair.test.difference >= 0 for pair in up)
    assert all(pair.test.difference <= 0 for pair in down)
    assert best_of(down) == "sgd"
    assert {pair.family for pair in up} == {3}
    with pytest.raises(ValueError, match="Compare at least two"):
        best_of(compare_pairs({"sgd": [1.0, 2.0]}, higher_is_better=True))


def test_sentence_of_a_difference() -> None:
    pair = compare_pairs({"sgd": VALUES["sgd"], "adam": VALUES["adam"]}, higher_is_better=True)[0]
    # differences 2.1, 2.1, 1.9, 2.2 points: mean 2.075, sd 0.1258, se 0.0629, t(0.975, 3) = 3.182.
    assert pair_verdict(pair, "accuracy") == "adam is better than sgd by 2.08 points (1.87 to 2.28)"


def test_sentence_of_a_lower_loss_is_positive() -> None:
    pair = compare_pairs(
        {"sgd": [0.30, 0.32, 0.31], "adam": [0.20, 0.21, 0.22]}, higher_is_better=False
    )[0]
    text = pair_verdict(pair, "loss")
    assert text == "adam is better than sgd by 0.100 in loss (0.075 to 0.125)"


def test_sentence_without_a_difference_tells_how_many_seeds_would_settle_it() -> None:
    pair = compare_pairs(
        {"a": [0.1, 0.3, 0.2, 0.4], "b": [0.2, 0.1, 0.3, 0.3]}, higher_is_better=True
    )[0]
    # differences -0.1, 0.2, -0.1, 0.1: mean 0.025, sd 0.15: effect 1/6, where the normal
    # approximation, (1.96 + 0.84)² · 36 = 282.6, needs one or two more for the estimated sd.
    assert pair_verdict(pair, "r2") == (
        "a and b are not distinguishable: 0.03 in r2 (-0.21 to 0.26), 4 seeds; "
        "about 285 seeds would settle 0.025 (single test, 80 % power)"
    )


def test_sentence_where_only_the_correction_forbids_a_verdict() -> None:
    test = PairedTest(0.01, 0.0041, 9, 0.0373)
    pair = Pair("a", "b", test, 0.1119, test.interval(1 - 0.05 / 3), 0.05, 3)
    text = pair_verdict(pair, "accuracy")
    assert text.startswith("a and b are not distinguishable: 1.0 points (-0.2 to 2.2), 10 seeds")
    assert text.endswith(
        "p = 0.037 alone, 0.11 adjusted over 3 pairs; "
        "about 16 seeds would settle 1 (single test, 80 % power)"
    )


def test_only_the_correction_is_named_where_the_seeds_are_enough_for_a_single_test() -> None:
    test = PairedTest(0.01, 0.003, 9, 0.0086)
    pair = Pair("a", "b", test, 0.0602, test.interval(1 - 0.05 / 7), 0.05, 7)
    assert pair_verdict(pair, "accuracy").endswith(
        "10 seeds; p = 0.0086 alone, 0.06 adjusted over 7 pairs"
    )


def test_sentences_of_identical_values_and_single_seeds() -> None:
    same = compare_pairs({"a": [0.5, 0.6], "b": [0.5, 0.6]}, higher_is_better=True)
    assert (same[0].test.p, same[0].p_adjusted) == (1.0, 1.0)
    assert pair_verdict(same[0], "accuracy") == "a and b are identical on all 2 seeds"
    assert study_verdict(same, "accuracy", test_rows=360).startswith("No winner on mean test")
    one = compare_pairs({"a": [0.5], "b": [0.6]}, higher_is_better=True)
    assert pair_verdict(one[0], "accuracy").startswith("b and a cannot be compared: 10.0 points,")
    assert study_verdict(one, "accuracy", test_rows=9).startswith("No verdict from a single seed")


def test_equal_means_over_different_values_are_not_called_identical() -> None:
    pair = compare_pairs({"a": [0.25, 0.75], "b": [0.75, 0.25]}, higher_is_better=True)[0]
    assert pair_verdict(pair, "loss") == (
        "a and b are not distinguishable: 0.0 in loss (-6.4 to 6.4), 2 seeds"
    )


def test_study_verdict_names_all_others_and_the_scope() -> None:
    text = study_verdict(compare_pairs(VALUES, higher_is_better=True), "accuracy", test_rows=1360)
    assert text.startswith("No single winner: adam is ahead on mean test accuracy over 4 seeds. ")
    assert "adam is better than sgd by 2.08 points" in text
    assert "adam is not distinguishable from momentum: 0.03 points" in text
    assert text.endswith(
        "Measured on this split, 1,360 test examples; the intervals cover the seeds only."
    )
    two = {name: VALUES[name] for name in ("sgd", "adam")}
    assert study_verdict(
        compare_pairs(two, higher_is_better=True), "accuracy", test_rows=360
    ).startswith("adam wins on mean test accuracy over 4 seeds. adam is better than sgd by")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=9), st.sampled_from(["accuracy", "loss"]))
def test_printed_bounds_lie_on_the_side_of_zero_that_the_test_says(
    differences: list[float], metric: str
) -> None:
    scaled = [round(value, 6) for value in differences]
    test = paired_t(scaled, [0.0] * len(scaled))
    text = amount(test.difference, test.interval(), measure_of(metric))
    shown, low, high = map(float, re.findall(r"-?\d+(?:\.\d+)?", text)[:3])
    assert low <= shown <= high
    assert (test.p <= 0.05) == (low > 0 or high < 0)


def test_amounts() -> None:
    points = measure_of("accuracy")
    assert amount(0.008, Interval(0.005, 0.011), points) == "0.80 points (0.50 to 1.10)"
    assert amount(0.008, Interval(0.00002, 0.016), points) == "0.800 points (0.002 to 1.600)"
    assert amount(-0.0, Interval(-0.0, 0.0), points) == "0.0 points (0.0 to 0.0)"
    assert amount(31.0, Interval(11.0, 51.0), measure_of("mae")) == "31 in mae (11 to 51)"


@given(st.floats(1e-8, 1e8))
def test_round_down(value: float) -> None:
    down = round_down(value)
    assert value * (1 - 0.1) < down <= value * (1 + 1e-15)
    assert re.fullmatch(r"\d\.\d0*e[+-]\d+", f"{down:.6e}")
    assert round_down(down) == down


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=12), st.sampled_from([1, 3, 36]))
def test_doubt_says_how_many_seeds_or_that_only_the_correction_forbids(
    differences: list[float], family: int
) -> None:
    test = paired_t([round(value, 4) for value in differences], [0.0] * len(differences))
    pair = Pair("a", "b", test, min(1.0, test.p * family), test.interval(), 0.05, family)
    text = pair_verdict(pair, "loss")
    if "not distinguishable" not in text or not test.difference:
        return
    settled = re.search(r"(?:about|more than) ([\d,]+) seeds would settle (\S+) \(", text)
    assert settled or "alone" in text
    assert ("alone" in text) == (test.p <= 0.05)
    if settled:
        assert int(settled[1].replace(",", "")) > test.n
        assert float(settled[2]) <= abs(test.difference) * (1 + 1e-9)
