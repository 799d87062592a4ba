"""The updater's tasks in any order and on any threads, and Adam's slots, which are plain sums."""

import random
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.network import Crew
from cnnopt.optimizers import Adam, Momentum, Optimizer, Sgd, Updater
from cnnopt.optimizers import updater as updating

ALL: dict[str, Optimizer] = {"sgd": Sgd(0.05), "momentum": Momentum(0.02, 0.8), "adam": Adam(0.01)}
EACH = pytest.mark.parametrize("optimizer", ALL.values(), ids=ALL.keys())
SIZES = (
    1,
    updating.BLOCK + 1,
    updating.TASK,
    2 * updating.TASK + 17,
    (updating.MOST_TASKS + 1) * updating.TASK - 1,
)


def gradients(size: int) -> list[np.ndarray]:
    generator = np.random.default_rng(size)
    return [generator.standard_normal(size).astype(np.float32) for _ in range(3)]


def train(optimizer: Optimizer, size: int, threads: int | None, seed: int = 0) -> list[np.ndarray]:
    """Return weights and slots after three steps: by `step`, or by tasks on so many threads."""
    start = np.random.default_rng(7).standard_normal(size).astype(np.float32)
    weights, gradient = start.copy(), np.empty_like(start)
    updater = Updater(optimizer, weights, gradient)
    with Crew(threads or 1) as crew:
        for number, each in enumerate(gradients(size), start=1):
            gradient[:] = each
            if threads is None:
                updater.step(0.1, number)
            else:
                tasks = updater.tasks(0.1, number)
                crew.run(random.Random(seed + number).sample(tasks, len(tasks)))
            np.testing.assert_array_equal(gradient, each)
    assert (weights != start).all()
    return [weights, *updater.slots.values()]


@EACH
@pytest.mark.parametrize("size", SIZES)
def test_tasks_on_any_threads_give_the_bits_of_a_step(optimizer: Optimizer, size: int) -> None:
    whole = train(optimizer, size, None)
    for threads in (1, 2, 4):
        for found, wanted in zip(train(optimizer, size, threads, threads), whole, strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("size", SIZES)
def test_as_many_tasks_as_are_worth_a_thread(size: int) -> None:
    weights = np.zeros(size, np.float32)
    count = len(Updater(Adam(), weights, weights).tasks(0.1, 1))
    assert count == min(updating.MOST_TASKS, max(1, size // updating.TASK))


@EACH
@given(size=st.integers(1, 300), block=st.integers(1, 40), task=st.integers(1, 80))
def test_however_it_is_cut_every_weight_is_updated_once(
    optimizer: Optimizer, size: int, block: int, task: int
) -> None:
    whole = train(optimizer, size, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(updating, "BLOCK", block)
        patch.setattr(updating, "TASK", task)
        cut = train(optimizer, size, 1)
    for found, wanted in zip(cut, whole, strict=True):
        np.testing.assert_array_equal(found, wanted)


SETTINGS = [Adam(), Adam(0.1, 0.0, 0.9), Adam(0.02, 0.7, 0.0, 1e-3), Adam(1e-3, 0.95, 0.99999, 1.0)]


@pytest.mark.parametrize("adam", SETTINGS, ids=str)
def test_adam_is_the_textbook_s_for_fifty_steps(adam: Adam) -> None:
    """Kingma & Ba, algorithm 1, on whole vectors, with gradients of all sizes and a moving rate."""
    generator = np.random.default_rng(0)
    start = generator.standard_normal(200)
    size = 10.0 ** generator.uniform(-6, 3, 200)
    weights, gradient = start.copy(), np.empty(200)
    updater = Updater(adam, weights, gradient)
    w, m, v = start.copy(), np.zeros(200), np.zeros(200)
    first, second = np.zeros(200), np.zeros(200)
    for t in range(1, 51):
        g = size * generator.standard_normal(200)
        rate = adam.learning_rate * (1 + sqrt(t))
        m = adam.beta1 * m + (1 - adam.beta1) * g
        v = adam.beta2 * v + (1 - adam.beta2) * g**2
        w = w - rate * (m / (1 - adam.beta1**t)) / (np.sqrt(v / (1 - adam.beta2**t)) + adam.epsilon)
        gradient[:] = g
        updater.step(rate, t)
        np.testing.assert_allclose(weights, w, rtol=1e-12, atol=1e-12)
        # The slots are m/(1-β₁) and v/(1-β₂): plain sums of decayed gradients.
        first, second = adam.beta1 * first + g, adam.beta2 * second + g**2
        np.testing.assert_allclose(updater.slots["mean"], first, rtol=1e-12)
        np.testing.assert_allclose(updater.slots["square"], second, rtol=1e-12)
        np.testing.assert_allclose(first * (1 - adam.beta1), m, rtol=1e-9, atol=1e-12)


def test_adam_s_first_step_is_the_rate_whatever_the_gradient_s_size() -> None:
    """m̂/√v̂ is ±1 then, down to gradients as small as ε."""
    for size in (1e-4, 1.0, 1e6):
        weights, gradient = np.zeros(2), np.array([size, -size])
        Updater(Adam(), weights, gradient).step(0.5, 1)
        np.testing.assert_allclose(weights, [-0.5, 0.5], rtol=1e-8 / size + 1e-14)
    weights, gradient = np.zeros(1), np.array([1e-8])
    Updater(Adam(), weights, gradient).step(0.5, 1)
    np.testing.assert_allclose(weights, [-0.25], rtol=1e-12)


def test_adam_in_float32_stays_close_for_a_thousand_steps() -> None:
    """Plain sums are 1/(1-β₂) = 1000 times as large: no digit is lost by that."""
    generator = np.random.default_rng(1)
    slopes = generator.standard_normal((1000, 50)) * 10.0 ** generator.uniform(-4, 4, 50)
    ends = []
    for dtype in ("float32", "float64"):
        weights, gradient = np.zeros(50, dtype), np.empty(50, dtype)
        updater = Updater(Adam(1e-3), weights, gradient)
        for t, g in enumerate(slopes, start=1):
            gradient[:] = g
            updater.step(1e-3, t)
        ends.append(weights)
    assert np.abs(ends[0] - ends[1]).max() <= 1e-5 * np.abs(ends[1]).max()
