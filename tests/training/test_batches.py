"""Batches are a pure function of the step, and every pass holds every example once."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.training.batches import Batches, Shuffle

KINDS: tuple[Shuffle, ...] = get_args(Shuffle)
PASSING = [kind for kind in KINDS if kind != "step"]
EACH = pytest.mark.parametrize("kind", KINDS)


def a_pass(batches: Batches, number: int) -> list[np.ndarray]:
    """Return the batches of a pass, from 0."""
    first = number * batches.per_pass + 1
    return [batches.rows(step) for step in range(first, first + batches.per_pass)]


@EACH
@given(
    examples=st.integers(1, 60),
    size=st.integers(1, 70),
    seed=st.integers(0, 5),
    steps=st.lists(st.integers(1, 200), min_size=1, max_size=8),
)
def test_a_batch_depends_on_its_step_alone(
    kind: Shuffle, examples: int, size: int, seed: int, steps: list[int]
) -> None:
    """Asked in any order, by any object."""
    batches = Batches(examples, size, kind, seed)
    for step in steps:
        fresh = Batches(examples, size, kind, seed).rows(step)
        np.testing.assert_array_equal(batches.rows(step), fresh)


@pytest.mark.parametrize("kind", PASSING)
@given(examples=st.integers(1, 60), size=st.integers(1, 70), number=st.integers(0, 4))
def test_a_pass_holds_every_example_once(
    kind: Shuffle, examples: int, size: int, number: int
) -> None:
    batches = Batches(examples, size, kind, 0)
    parts = a_pass(batches, number)
    assert sorted(np.concatenate(parts).tolist()) == list(range(examples))
    full = min(size, examples)
    assert [len(rows) for rows in parts[:-1]] == [full] * (len(parts) - 1)
    assert len(parts[-1]) == examples - full * (len(parts) - 1)


def orders(kind: Shuffle, passes: int = 4, seed: int = 0) -> list[list[int]]:
    batches = Batches(37, 8, kind, seed)
    return [np.concatenate(a_pass(batches, number)).tolist() for number in range(passes)]


def test_what_the_names_mean() -> None:
    assert orders("never") == [list(range(37))] * 4
    once = orders("once")
    assert once == [once[0]] * 4
    assert once[0] != list(range(37))
    each = orders("epoch")
    assert len({tuple(order) for order in each}) == 4
    assert all(orders(kind, seed=1) != orders(kind) for kind in ("once", "epoch"))


@given(examples=st.integers(2, 40), size=st.integers(1, 50), step=st.integers(1, 99))
def test_shuffling_every_step(examples: int, size: int, step: int) -> None:
    """Every batch has the full size and no example twice."""
    batches = Batches(examples, size, "step", 0)
    rows = batches.rows(step)
    assert len(rows) == min(size, examples)
    assert len(set(rows.tolist())) == len(rows)
    assert set(rows.tolist()) <= set(range(examples))


def test_shuffling_every_step_reaches_all_examples_alike() -> None:
    batches = Batches(20, 5, "step", 0)
    counts = np.bincount(
        np.concatenate([batches.rows(step) for step in range(1, 801)]), minlength=20
    )
    # 200 expected of each, with a standard deviation of √(800·¼·¾) = 12.2.
    assert np.abs(counts - 200).max() < 5 * 12.2


@pytest.mark.parametrize("kind", ["epoch", "once"])
def test_the_order_does_not_depend_on_the_size_of_a_batch(kind: Shuffle) -> None:
    small, large = Batches(30, 4, kind, 3), Batches(30, 10, kind, 3)
    for number in range(2):
        np.testing.assert_array_equal(
            np.concatenate(a_pass(small, number)), np.concatenate(a_pass(large, number))
        )


@pytest.mark.parametrize(
    ("examples", "size", "per_pass"), [(10, 3, 4), (9, 3, 3), (3, 10, 1), (1, 1, 1)]
)
def test_batches_of_a_pass(examples: int, size: int, per_pass: int) -> None:
    assert Batches(examples, size, "epoch", 0).per_pass == per_pass
