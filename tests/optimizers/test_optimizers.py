"""Optimizers: first steps by hand, 50 steps against plain Python, laws of the updater."""

from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import descent

from cnnopt import optimizers
from cnnopt.optimizers import Adam, Momentum, Optimizer, Sgd, Updater, base

ALL: dict[str, Optimizer] = {
    "sgd": Sgd(0.05),
    "momentum": Momentum(0.02, 0.8),
    "adam": Adam(0.1, 0.8, 0.95, 1e-6),
}
EACH = pytest.mark.parametrize("optimizer", ALL.values(), ids=ALL.keys())
Path = Callable[[float, descent.Slope, list[float]], list[float]]
ORACLES: dict[str, Path] = {
    "sgd": lambda w, slope, rates: descent.sgd(w, slope, rates),
    "momentum": lambda w, slope, rates: descent.momentum(w, slope, rates, 0.8),
    "adam": lambda w, slope, rates: descent.adam(w, slope, rates, 0.8, 0.95, 1e-6),
}


def walk(
    optimizer: Optimizer,
    start: np.ndarray,
    slope: Callable[[np.ndarray, int], np.ndarray],
    rates: list[float],
) -> np.ndarray:
    """Return the weights after each step, (steps, P)."""
    weights, gradient = start.copy(), np.empty_like(start)
    updater = Updater(optimizer, weights, gradient)
    path = []
    for step, rate in enumerate(rates, start=1):
        gradient[:] = slope(weights, step)
        before = gradient.copy()
        updater.step(rate, step)
        np.testing.assert_array_equal(gradient, before)
        path.append(weights.copy())
    return np.array(path)


def test_every_optimizer_is_tested() -> None:
    exported = {getattr(optimizers, name) for name in optimizers.__all__}
    classes = {c for c in exported if {"update", "slots"} <= set(dir(c))}
    assert classes - {optimizers.Optimizer} == {type(optimizer) for optimizer in ALL.values()}
    assert ALL.keys() == ORACLES.keys()


def test_first_steps_by_hand() -> None:
    """The gradient is 2, then -1, then 0."""

    def slope(w: np.ndarray, step: int) -> np.ndarray:
        return np.full_like(w, (2.0, -1.0, 0.0)[step - 1])

    start, rates = np.ones(1), [0.1] * 3
    path = walk(Sgd(), start, slope, rates)
    np.testing.assert_allclose(path[:, 0], [0.8, 0.9, 0.9], rtol=1e-15)
    # Velocities 2, 0.5·2 - 1 = 0, 0.
    path = walk(Momentum(momentum=0.5), start, slope, rates)
    np.testing.assert_allclose(path[:, 0], [0.8, 0.8, 0.8], rtol=1e-15)
    # m = 0.5·2 = 1, then 0.5·1 - 0.5·1 = 0, then 0; the first m̂/√v̂ is 2/√4.
    path = walk(Adam(beta1=0.5, beta2=0.75, epsilon=0.0), start, slope, rates)
    np.testing.assert_allclose(path[:, 0], [0.9, 0.9, 0.9], rtol=1e-15)


def test_adams_second_step_and_epsilon_by_hand() -> None:
    """ε stands outside the root: with g = 2 the first step is η·2/(2 + ε)."""
    path = walk(
        Adam(beta1=0.5, beta2=0.75, epsilon=1.0),
        np.zeros(1),
        lambda w, step: np.full_like(w, 2.0 * step),
        [3.0, 3.0],
    )
    # Step 2, g = 4: m = 0.5·1 + 0.5·4 = 2.5, m̂ = 2.5/0.75; v = 0.75·1 + 0.25·16 = 4.75,
    # v̂ = 4.75/0.4375.
    second = 3 * (2.5 / 0.75) / (sqrt(4.75 / 0.4375) + 1)
    np.testing.assert_allclose(path[:, 0], [-2, -2 - second], rtol=1e-14)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
def test_fifty_steps_with_a_changing_rate(name: str, dtype: str, tolerance: float) -> None:
    """Each weight on a curve of its own, so that no two mix."""
    curves = np.array([0.3, -0.7, 1.9, 1e-3, 4.0])
    start = np.array([1.0, -2.0, 0.5, 3.0, 1e-2])
    rates = [ALL[name].learning_rate * (1 + 0.5 * np.sin(step)) for step in range(50)]

    def slope(w: np.ndarray, step: int) -> np.ndarray:
        return (curves * w + np.cos(w + step) / 4).astype(w.dtype)

    found = walk(ALL[name], start.astype(dtype), slope, rates)
    assert found.dtype == dtype
    for i, curve in enumerate(curves):

        def one(w: float, step: int, curve: float = curve) -> float:
            return float(curve * w + np.cos(w + step) / 4)

        wanted = ORACLES[name](float(start[i]), one, rates)
        np.testing.assert_allclose(found[:, i], wanted, rtol=0, atol=tolerance * 3)


@EACH
@pytest.mark.parametrize("block", [1, 7, 64, 100, 1000])
def test_blocks_change_no_bit(
    optimizer: Optimizer, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = np.random.default_rng(0).normal(size=100).astype(np.float32)

    def slope(w: np.ndarray, step: int) -> np.ndarray:
        return np.sin(3 * w + step)

    whole = walk(optimizer, start, slope, [0.1] * 5)
    monkeypatch.setattr(base, "BLOCK", block)
    np.testing.assert_array_equal(walk(optimizer, start, slope, [0.1] * 5), whole)


@EACH
@given(seed=st.integers(0, 1000), steps=st.integers(1, 5))
def test_each_weight_goes_its_own_way(optimizer: Optimizer, seed: int, steps: int) -> None:
    """The updates commute with any order of the weights."""
    generator = np.random.default_rng(seed)
    start, order = generator.normal(size=9), generator.permutation(9)
    slopes = generator.normal(size=(steps, 9))
    rates = [0.1] * steps
    path = walk(optimizer, start, lambda w, step: slopes[step - 1], rates)
    mixed = walk(optimizer, start[order], lambda w, step: slopes[step - 1][order], rates)
    np.testing.assert_array_equal(mixed, path[:, order])


@pytest.mark.parametrize(("name", "rate"), [("sgd", 0.5), ("momentum", 0.2), ("adam", 0.1)])
@pytest.mark.parametrize("condition", [1.0, 30.0])
def test_converges_on_a_quadratic(name: str, rate: float, condition: float) -> None:
    curves = np.geomspace(1 / condition, 1, 12)
    start = np.random.default_rng(1).normal(size=12)
    rates = [rate * (1 if step < 500 else 2 - step / 500) for step in range(1000)]
    path = walk(ALL[name], start, lambda w, step: curves * w, rates)
    assert curves @ path[-1] ** 2 < 1e-6 * (curves @ start**2)


@EACH
def test_no_gradient_no_step(optimizer: Optimizer) -> None:
    start = np.random.default_rng(2).normal(size=5)
    path = walk(optimizer, start, lambda w, step: np.zeros_like(w), [1.0] * 3)
    np.testing.assert_array_equal(path, [start] * 3)


@EACH
def test_slots_start_at_zero_and_make_the_rest_of_the_way(optimizer: Optimizer) -> None:
    """Weights and slots are all the state there is: taken over, they give the same bits."""
    slopes = np.random.default_rng(3).normal(size=(6, 4))
    weights, gradient = np.ones(4), np.empty(4)
    updater = Updater(optimizer, weights, gradient)
    assert tuple(updater.slots) == optimizer.slots
    assert all(not slot.any() and slot.shape == (4,) for slot in updater.slots.values())
    for step in range(1, 4):
        gradient[:] = slopes[step - 1]
        updater.step(0.1, step)
    other_weights, other_gradient = weights.copy(), np.empty(4)
    other = Updater(optimizer, other_weights, other_gradient)
    for name, slot in updater.slots.items():
        other.slots[name][:] = slot
    for step in range(4, 7):
        gradient[:] = other_gradient[:] = slopes[step - 1]
        updater.step(0.1, step)
        other.step(0.1, step)
        np.testing.assert_array_equal(other_weights, weights)


def test_a_network_without_parameters_is_no_error() -> None:
    Updater(Adam(), np.empty(0, np.float32), np.empty(0, np.float32)).step(0.1, 1)


@EACH
def test_the_rate_of_the_step_counts_and_not_the_settings(optimizer: Optimizer) -> None:
    slopes = np.ones(3)
    one = walk(optimizer, np.ones(3), lambda w, step: slopes, [0.3])
    other = walk(replace(optimizer, learning_rate=9.0), np.ones(3), lambda w, step: slopes, [0.3])
    np.testing.assert_array_equal(one, other)


@EACH
def test_docstring_names_formula_and_source(optimizer: Optimizer) -> None:
    text = type(optimizer).__doc__ or ""
    assert "w ← " in text
    assert "Source:" in text
    assert "Args:" in text
