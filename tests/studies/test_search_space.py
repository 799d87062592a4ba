"""Ranges and values: what is drawn, what lies on a grid, and every way to write it wrong."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from cnnopt.config.scalars import meaning
from cnnopt.errors import ConfigError, ExitCode, UsageError
from cnnopt.studies.search_candidates import (
    MOST_CORNERS,
    corners,
    grid_candidates,
    random_candidates,
)
from cnnopt.studies.search_space import Range, read_space, short_names
from cnnopt.studies.values import plain_value, split_values, values_as_texts

RANGES = ["log(1e-4, 1e-1)", "uniform(0, 0.5)", "uniform(-3,-1)", "int(8, 64)", "log_int(1, 128)"]


def axis(text: str, *, grid: bool = False) -> Range:
    found = read_space({"a": text}, grid=grid)["a"]
    assert isinstance(found, Range)
    return found


def draws(text: str, count: int = 3000) -> list[str]:
    generator = np.random.default_rng(0)
    return [axis(text).draw(generator) for _ in range(count)]


@pytest.mark.parametrize("text", RANGES)
def test_what_is_drawn_is_in_the_range_and_read_back_as_it_is(text: str) -> None:
    given = axis(text)
    for drawn in draws(text, 300):
        value = meaning(drawn)
        assert isinstance(value, int if given.whole else float)
        assert given.low <= float(value) <= given.high
        assert repr(value) == drawn
        assert len(f"{value:.4g}") <= 10


@pytest.mark.parametrize("text", RANGES)
def test_draws_are_even_on_the_range_s_scale(text: str) -> None:
    """A quarter of them in each quarter; 3,000 draws have a standard error of 24."""
    given = axis(text)
    half = 0.5 if given.whole else 0.0
    scale = math.log if given.log else float
    low, high = scale(given.low - half), scale(given.high + half)
    edges = [low + (high - low) * quarter / 4 for quarter in range(5)]
    values = [float(each) for each in draws(text)]
    for left, right in itertools.pairwise(edges):
        # Of whole numbers, those whose half step on both sides is in the quarter.
        inside = sum(left <= scale(value) < right for value in values)
        slack = 100 if not given.whole else 250
        assert abs(inside - 750) < slack


def test_both_ends_of_whole_numbers_are_as_probable_as_the_rest() -> None:
    found = Counter(draws("int(1, 4)"))
    assert set(found) == {"1", "2", "3", "4"}
    assert max(found.values()) - min(found.values()) < 150


def test_a_grid_is_even_on_the_range_s_scale() -> None:
    points = [float(each) for each in axis("log(1e-4, 1e-1, 7)", grid=True).grid()]
    assert (points[0], points[-1]) == (1e-4, 1e-1)
    ratios = [b / a for a, b in itertools.pairwise(points)]
    assert np.allclose(ratios, 10**0.5, rtol=1e-3)
    assert axis("uniform(0, 0.6, 4)", grid=True).grid() == ("0.0", "0.2", "0.4", "0.6")
    assert axis("int(2, 5)", grid=True).grid() == ("2", "3", "4", "5")
    assert axis("log_int(1, 64, 4)", grid=True).grid() == ("1", "4", "16", "64")
    assert axis("int(1, 3, 9)", grid=True).grid() == ("1", "2", "3")  # each once


def test_a_trial_is_the_same_whatever_the_budget() -> None:
    space = read_space({"a": "int(1, 5)", "b": "x, y", "c": "log(1, 2)"})
    many = random_candidates(space, 40, seed=3)
    for count in (1, 7, 39):
        assert random_candidates(space, count, seed=3) == many[:count]
    assert random_candidates(space, 40, seed=4) != many


def test_no_trial_is_drawn_twice_and_a_small_space_is_exhausted() -> None:
    space = read_space({"a": "int(1, 4)", "b": "x, y, z"})
    found = random_candidates(space, 100, seed=0)
    assert len(found) == len(set(found)) == 12


def test_a_grid_that_is_cut_leaves_no_side_out() -> None:
    space = read_space({"a": "int(1, 10)", "b": "int(1, 10)"}, grid=True)
    whole = grid_candidates(space, 500, seed=0)
    assert len(set(whole)) == 100
    cut = grid_candidates(space, 30, seed=0)
    assert cut == whole[:30]
    assert len({a for a, _ in cut}) > 6
    with pytest.raises(UsageError, match=r"--space: makes a grid of 1,000 points, 500 are"):
        grid_candidates(read_space(dict.fromkeys("abc", "int(1, 10)"), grid=True), 5, seed=0)


def test_corners_are_all_ends_together_or_else_each_once() -> None:
    space = read_space({"a": "int(1, 9)", "b": "x, y, z"})
    assert set(corners(space)) == {(a, b) for a in "19" for b in "xyz"}
    many = {f"a{n}": "int(1, 9)" for n in range(9)}
    found = corners(read_space(many))
    assert len(found) <= MOST_CORNERS
    assert {tuple("1" * 9), tuple("9" * 9), ("9", *"1" * 8)} <= set(found)


def test_names_are_as_short_as_they_differ() -> None:
    space = read_space(
        dict.fromkeys(["optimizer.adam.rate", "model.3.dropout.rate", "model.0", "b.c"], "1, 2")
    )
    assert list(short_names(space).values()) == ["adam.rate", "dropout.rate", "model.0", "c"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("16, 32 ,64", ("16", "32", "64")),
        ("[16, 32]", ("16", "32")),
        ("[1, 1], [2, 2]", ("[1, 1]", "[2, 2]")),
        ("{adam: {learning_rate: 1e-3, beta1: 0.9}}, sgd", ("{adam: {learning_rate: 1e-3, "
         "beta1: 0.9}}", "sgd")),
        ("'a, b', c", ("'a, b'", "c")),
        ("", ()),
    ],
)  # fmt: skip
def test_values_are_cut_at_commas_outside_brackets(text: str, values: tuple[str, ...]) -> None:
    assert split_values(text) == values


def test_values_of_a_file_become_texts_and_mean_the_same() -> None:
    given = [1e-5, 3, True, None, "once", {"cosine": {"warmup": 1}}]
    texts = values_as_texts(given)
    assert [plain_value(text) for text in texts] == given
    assert split_values(f"[{', '.join(texts)}]") == tuple(texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3", "must have two or more values, got '3'. Write log(1e-4, 1e-1), uniform"),
        ("[]", "must have two or more values"),
        ("16, 32, 16", "must have different values"),
        ("1e-3, 0.001", "must have different values"),
        ("lgo(1, 2)", "must be values or one of log, uniform, int and log_int, got 'lgo(1, 2)'"),
        ("log(1, 2", "must be values or one of"),
        ("log(0, 1)", "must have a lower end above 0 on a logarithmic scale"),
        ("uniform(2, 1)", "must have a lower end below its higher one"),
        ("uniform(1, 1)", "must have a lower end below its higher one"),
        ("uniform(0, .inf)", "must have a lower end below its higher one"),
        ("uniform(0)", "must read uniform(LOW, HIGH), with numbers"),
        ("uniform(a, b)", "must read uniform(LOW, HIGH), with numbers"),
        ("int(true, 2)", "must read int(LOW, HIGH), with numbers"),
        ("uniform(0, 1" + "0" * 200 + ")", "must read uniform(LOW, HIGH), with numbers"),
        ("int(1.5, 3)", "must have whole numbers for ends"),
        ("log(1, 2, 3)", "has a number of points, which a grid alone needs"),
    ],
)
def test_what_is_no_axis(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_space({"model.0.dense": text})
    assert str(refused.value).startswith(f"--space: model.0.dense: {message}")
    assert refused.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("text", ["log(1, 2)", "uniform(0, 1)", "log_int(1, 9)", "log(1, 2, 1)",
                                  "log(1, 2, 2.5)"])  # fmt: skip
def test_a_grid_needs_numbers_of_points(text: str) -> None:
    with pytest.raises(ConfigError, match=r"must have a (whole )?number of points"):
        read_space({"a": text}, grid=True)


@pytest.mark.parametrize(
    "path", ["dataset.limit", "seed", "name", "cv.folds", "training.select", "training.select.best"]
)
def test_what_cannot_be_searched(path: str) -> None:
    with pytest.raises(ConfigError, match=f"--space: {path}: cannot be searched: .*Use --set"):
        read_space({path: "1, 2"})


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        read_space({"a": "1", "b": "2, 3", "seed": "1, 2", "c": "log(0, 1)"})
    assert [fault.path for fault in refused.value.faults] == ["a", "seed", "c"]
    with pytest.raises(ConfigError, match="--space: needs one or more settings to vary"):
        read_space({})
