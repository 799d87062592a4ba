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
from cnnopt.optimizers import (
    Adadelta,
    Adagrad,
    Adam,
    AdamP,
    AdamW,
    Lion,
    Momentum,
    Nesterov,
    Optimizer,
    RAdam,
    Region,
    RmsProp,
    Sgd,
    Step,
    Updater,
)
from cnnopt.optimizers import updater as updating
from cnnopt.optimizers.table import CLASSES

ALL: dict[str, Optimizer] = {
    "sgd": Sgd(0.05),
    "momentum": Momentum(0.02, 0.8),
    "nesterov": Nesterov(0.02, 0.8),
    "adagrad": Adagrad(0.1, 0.05, 1e-6),
    "adadelta": Adadelta(1.0, 0.8, 1e-3),
    "rmsprop": RmsProp(0.02, 0.8, 0.0, centered=True, epsilon=1e-3),
    "adam": Adam(0.1, 0.8, 0.95, 1e-6),
    "radam": RAdam(0.05, 0.8, 0.95, 1e-12, threshold=4.0),
    "adamp": AdamP(0.1, 0.8, 0.95, 1e-6),
    "adamw": AdamW(0.1, 0.8, 0.95, 1e-6, weight_decay=0.0),
    "lion": Lion(0.01, 0.8, 0.95),
}
EACH = pytest.mark.parametrize("optimizer", ALL.values(), ids=ALL.keys())
Path = Callable[[float, descent.Slope, list[float]], list[float]]
ORACLES: dict[str, Path] = {
    "sgd": lambda w, slope, rates: descent.sgd(w, slope, rates),
    "momentum": lambda w, slope, rates: descent.momentum(w, slope, rates, 0.8),
    "adagrad": lambda w, slope, rates: descent.adagrad(w, slope, rates, 0.05, 1e-6),
    "adadelta": lambda w, slope, rates: descent.adadelta(w, slope, rates, 0.8, 1e-3),
    "rmsprop": lambda w, slope, rates: descent.rmsprop(w, slope, rates, 0.8, 1e-3),
    # AdamP is Adam where a weight stands for itself, AdamW without a decay.
    **dict.fromkeys(
        ("adam", "adamp", "adamw"),
        lambda w, slope, rates: descent.adam(w, slope, rates, 0.8, 0.95, 1e-6),
    ),
    "radam": lambda w, slope, rates: descent.radam(w, slope, rates, 0.8, 0.95),
    "lion": lambda w, slope, rates: descent.lion(w, slope, rates, 0.8, 0.95),
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
    assert ALL.keys() == ORACLES.keys() | {"nesterov"} == CLASSES.keys()


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


@pytest.mark.parametrize("name", ORACLES)
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


@given(
    rate=st.floats(1e-3, 0.1),
    mu=st.floats(0.0, 0.95),
    curve=st.floats(-1.0, 3.0),
    seed=st.integers(0, 99),
)
def test_nesterov_is_its_look_ahead_form(rate: float, mu: float, curve: float, seed: int) -> None:
    """The path of w = θ + μ·v is the implemented one while the rate is the same."""

    def slope(w: float, step: int) -> float:
        return float(curve * w + np.cos(w + step + seed) / 4)

    def slopes(w: np.ndarray, step: int) -> np.ndarray:
        return curve * w + np.cos(w + step + seed) / 4

    found = walk(Nesterov(rate, mu), np.array([0.7]), slopes, [rate] * 60)
    wanted = np.array(descent.nesterov(0.7, slope, [rate] * 60, mu))
    np.testing.assert_allclose(found[:, 0], wanted, rtol=0, atol=1e-10 * max(1, abs(wanted).max()))


def test_amsgrad_never_forgets_the_largest_scale() -> None:
    """A gradient of 8, then of 1: Adam's steps grow again, AMSGrad's do not (β₂ = 0.5)."""
    plain, kept = (
        walk(
            Adam(beta1=0.0, beta2=0.5, epsilon=0.0, amsgrad=amsgrad),
            np.zeros(1),
            lambda w, step: np.full_like(w, 8.0 if step == 1 else 1.0),
            [1.0] * 12,
        )
        for amsgrad in (False, True)
    )
    assert -np.diff(plain[:, 0])[-1] == pytest.approx(1.0, rel=0.01)
    # The largest v is 32, of step 1; its correction goes from 0.5 to 1.
    assert -np.diff(kept[:, 0])[-1] == pytest.approx(1 / sqrt(32), rel=1e-3)


def test_radams_first_steps_are_those_of_momentum() -> None:
    """β₂ = 0.999: ρ is above 5 from step 6 on, above 4 from step 5."""
    assert [RAdam().rectification(t) is None for t in range(1, 8)] == [True] * 5 + [False] * 2
    paper = RAdam(threshold=4.0)
    assert [paper.rectification(t) is None for t in range(1, 8)] == [True] * 4 + [False] * 3
    assert RAdam().rectification(100_000) == pytest.approx(1.0, abs=1e-6)


def test_adamp_takes_away_what_only_lengthens() -> None:
    """Gradients at a right angle to each filter: the step has no part along it, by hand."""
    w = np.array([[1.0, 0.0], [0.0, 2.0]])  # filters (1, 0) and (0, 2)
    g = np.array([[0.0, 3.0], [5.0, 0.0]])
    slots, scratch = (np.zeros((2, 2)), np.zeros((2, 2))), (np.empty((2, 2)), np.empty((2, 2)))
    slots[0][:] = [[7.0, 0.0], [0.0, 7.0]]  # a momentum along the weights
    slots[1][:] = 1.0
    AdamP(epsilon=1e-12).update(w, g, slots, scratch, Step(1, 0.1))
    np.testing.assert_allclose(w[[0, 1], [0, 1]], [1.0, 2.0], rtol=1e-9)
    # Across them, as Adam: m̂ = g and, the slot being a plain sum, v̂ = 0.999 + g².
    across = [-0.1 * g / sqrt(0.999 + g * g) for g in (3.0, 5.0)]
    np.testing.assert_allclose(w[[0, 1], [1, 0]], across, rtol=1e-9)


@EACH
def test_decay_is_decoupled_and_by_region(optimizer: Optimizer) -> None:
    """Without a gradient, weights shrink by the rate times the decay of their region alone."""
    weights, gradient = np.ones(4), np.zeros(4)
    parts = [Region(0, 1), Region(1, 3, weight_decay=0.5), Region(3, 4, 0.1, 0.5)]
    Updater(optimizer, weights, gradient, parts).step(0.2, 1)
    np.testing.assert_allclose(weights, [1.0, 0.9, 0.9, 0.99], rtol=1e-15)


def test_without_regions_all_weights_decay_as_the_optimizer_says() -> None:
    weights = np.ones(3)
    Updater(AdamW(weight_decay=0.5), weights, np.zeros(3)).step(0.2, 1)
    np.testing.assert_allclose(weights, 0.9, rtol=1e-15)


@EACH
def test_a_region_has_a_rate_of_its_own(optimizer: Optimizer) -> None:
    weights, gradient = np.ones(3), np.ones(3)
    Updater(
        optimizer, weights, gradient, [Region(0, 1), Region(1, 2, 0.5), Region(2, 3, 0.0)]
    ).step(0.2, 1)
    moved = 1 - weights
    np.testing.assert_allclose(moved[1:], [moved[0] / 2, 0.0], rtol=1e-12)


@EACH
@pytest.mark.parametrize("block", [1, 7, 64, 100, 1000])
def test_blocks_change_no_bit(
    optimizer: Optimizer, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = np.random.default_rng(0).normal(size=100).astype(np.float32)

    def slope(w: np.ndarray, step: int) -> np.ndarray:
        return np.sin(3 * w + step)

    whole = walk(optimizer, start, slope, [0.1] * 5)
    monkeypatch.setattr(updating, "BLOCK", block)
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


RATES = dict.fromkeys(ALL, 0.1) | {
    "sgd": 0.5,
    "momentum": 0.2,
    "nesterov": 0.2,
    "adagrad": 0.7,
    "adadelta": 3.0,
    "rmsprop": 0.02,
    "lion": 0.02,
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("condition", [1.0, 30.0])
def test_converges_on_a_quadratic(name: str, condition: float) -> None:
    curves = np.geomspace(1 / condition, 1, 12)
    start = np.random.default_rng(1).normal(size=12)
    rates = [RATES[name] * min(1.0, 2 - step / 500) for step in range(1000)]
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
    assert "w ← " in text or isinstance(optimizer, AdamP)
    assert "Source:" in text
    assert "Args:" in text
