"""Streams: fixed by seed and key, whoever asks and in whatever order; far from each other."""

import os
import subprocess
import sys

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from cnnopt.randomness import stream

KEYS = st.lists(st.one_of(st.integers(-5, 5), st.text(max_size=4)), max_size=4).map(tuple)


@given(seed=st.integers(0, 2**64), key=KEYS)
def test_same_key_same_numbers(seed: int, key: tuple) -> None:
    first, second = stream(seed, *key), stream(seed, *key)
    assert first.integers(2**60, size=4).tolist() == second.integers(2**60, size=4).tolist()


@given(one=st.tuples(st.integers(0, 9), KEYS), other=st.tuples(st.integers(0, 9), KEYS))
def test_another_key_other_numbers(one: tuple, other: tuple) -> None:
    draws = [stream(seed, *key).integers(2**60, size=2).tolist() for seed, key in (one, other)]
    assert (draws[0] == draws[1]) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0, "a", 1), (0, "a", "1")),
        ((0, "ab"), (0, "a", "b")),
        ((0, 1, 2), (0, 12)),
        ((1, "a"), (0, 1, "a")),
        ((0, "a', 'b"), (0, "a", "b")),
        ((0,), (1,)),
    ],
)
def test_keys_that_look_alike_differ(one: tuple, other: tuple) -> None:
    assert stream(*one).integers(2**60) != stream(*other).integers(2**60)


def test_numpy_integers_are_integers() -> None:
    assert stream(np.int64(3), "a").integers(2**60) == stream(3, "a").integers(2**60)


def test_order_of_asking_does_not_matter() -> None:
    ahead = stream(0, "a")
    stream(0, "b").random(1000)
    np.random.default_rng(0).random(1000)
    assert ahead.random() == stream(0, "a").random()


def test_numbers_are_those_of_other_processes_and_releases() -> None:
    """A resumed run draws in a new process; Python's own hash would differ there."""
    code = "from cnnopt.randomness import stream; print(stream(7, 'shuffle', 2).integers(10**9))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert outputs == {str(stream(7, "shuffle", 2).integers(10**9))}
    assert stream(0, "shuffle", 3).integers(1000) == 425


def test_neighbouring_steps_are_uncorrelated() -> None:
    draws = np.array([stream(0, "noise", step).standard_normal(4000) for step in range(8)])
    between = np.corrcoef(draws)[np.triu_indices(8, 1)]
    assert np.abs(between).max() < 5 / np.sqrt(4000)
