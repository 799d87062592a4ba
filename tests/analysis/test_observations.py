"""Sentences follow the numbers, also where these say the opposite of the textbook."""

from __future__ import annotations

from typing import Any

import pytest

from cnnopt.analysis.observations import listed, observations, swing
from cnnopt.analysis.surfaces import SURFACES


def row(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "optimizer": name,
        "learning_rate": 0.1,
        "rate_on_edge": False,
        "status": "completed",
        "steps_to_arrive": 10,
        "late_value": 1e-9,
        "minimum": "A",
        "left_saddle": 5,
        "rate_w1_first": 0.1,
        "rate_w1_last": 0.1,
        "rate_w2_first": 0.1,
        "rate_w2_last": 0.1,
        "same_as": None,
    } | changes


def duel(momentum: dict[str, Any], nesterov: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {
        "status": "completed",
        "sign_changes": [40, 40],
        "seen_changes": [3, 20],
        "path_length": 9.0,
    }
    paths = {"momentum": plain | momentum, "nesterov": plain | nesterov}
    return {"learning_rate": 0.01, "momentum": 0.9, "refused": None, "paths": paths} | changes


def said(name: str, *rows: dict[str, Any]) -> str:
    return "\n".join(observations(SURFACES[name], rows, None))


def test_a_damped_swing() -> None:
    text = swing(duel({}, {"seen_changes": [1, 2], "path_length": 4.5, "sign_changes": [50, 41]}))
    assert text == (
        "At the same rate 0.01 and momentum 0.9, nesterov damps the swing: 1 and 2 turns along w1 "
        "and w2 that can be seen against 3 and 20, on a path of 4.50 against 9.00. "
        "Turns of any size: 91 against 80."
    )


@pytest.mark.parametrize(
    ("nesterov", "words"),
    [
        ({"seen_changes": [4, 20]}, "nesterov turns more often than momentum"),
        ({"seen_changes": [13, 10]}, "nesterov turns as often as momentum"),
        ({"seen_changes": [0, 0], "path_length": 9.5}, "nesterov turns less often than momentum"),
        ({"seen_changes": [30, 30], "path_length": 1.0}, "nesterov turns more often than momentum"),
    ],
)
def test_a_swing_that_is_not_damped_is_not_called_so(nesterov: dict[str, Any], words: str) -> None:
    text = swing(duel({}, nesterov))
    assert words in text
    assert "damps" not in text


def test_a_swing_out_of_the_picture() -> None:
    assert swing(duel({}, {"status": "diverged"})).endswith("nesterov leaves the picture.")
    text = swing(duel({}, {"seen_changes": [0, 0]}, refused=0.03))
    assert "(0.03 throws one of them out of the picture)" in text


def test_who_arrives_first_and_last() -> None:
    text = said(
        "ravine",
        row("sgd", steps_to_arrive=90),
        row("adam", steps_to_arrive=8),
        row("lion", steps_to_arrive=None, late_value=0.25),
        row("adamw", steps_to_arrive=8),
    )
    assert "3 of 4 arrive (stay below 1/10,000 of the value at the start): " in text
    assert "first adam and adamw in step 8, last sgd in step 90." in text
    assert "Mean value of the others over the last tenth of the steps: lion 0.25." in text


def test_one_arrives_or_none() -> None:
    late = {"steps_to_arrive": None}
    text = said("ravine", row("sgd"), row("adam", **late))
    assert (
        "1 of 2 arrives (stays below 1/10,000 of the value at the start): sgd in step 10." in text
    )
    text = said("ravine", row("sgd", **late, late_value=2.0), row("adam", **late, late_value=1.0))
    assert "None stays below 1/10,000 of the value at the start." in text
    assert "Mean value of all over the last tenth of the steps: adam 1, sgd 2." in text


def test_where_they_end() -> None:
    text = said("himmelblau", row("sgd", minimum="C"), row("adam", minimum="B"), row("lion"))
    assert "They part; nearest in the end are lion to A (3.00, 2.00); adam to B" in text
    assert "All end nearest to A (3.00, 2.00)." in said("himmelblau", row("sgd"), row("adam"))
    assert "nearest" not in said("ravine", row("sgd"), row("adam"))


def test_the_saddle() -> None:
    rows = row("sgd", left_saddle=30), row("adam", left_saddle=3), row("lion", left_saddle=None)
    text = said("saddle", *rows)
    assert (
        "Off the saddle (below half its height): first adam in step 3, last sgd in step 30." in text
    )
    assert "Never off it: lion." in text
    assert "saddle" not in said("ravine", *rows)


def test_effective_rates() -> None:
    text = said(
        "ravine",
        row("sgd"),
        row("adagrad", rate_w1_last=0.05, rate_w2_last=0.02, rate_w1_first=0.1, rate_w2_first=0.01),
        row("adam", rate_w1_last=0.4, rate_w2_last=0.2),
        row("adamp", rate_w1_last=9.0, rate_w2_last=9.0, same_as="adam"),
        row("lion", rate_w1_last=float("nan")),
    )
    # adagrad: w1 0.5 times, w2 twice: in the mean it stays; sgd too. Nobody falls.
    assert "The effective rate, last tenth of the steps over first, rises most with adam" in text
    assert "(to 4 times along w1, 2 along w2)" in text
    assert "falls" not in text
    assert "adagrad treats the weights most unlike (w1 has 10 times the rate of w2)" in text
    assert "sgd most alike (1 times)" in text
    assert "adam and adamp take the very same path." in text


def test_rates_at_the_end_of_the_lattice_and_paths_that_leave() -> None:
    text = said("ravine", row("sgd", rate_on_edge=True), row("lion", status="diverged"))
    assert "sgd: the rate 0.1 is at the end of those tried; a better one may lie beyond." in text
    assert "lion leaves the picture at every rate." in text
    assert "1 of 1 arrives" in text
    assert said("ravine", row("lion", status="diverged")).count("\n") == 0


def test_lists_of_names() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
