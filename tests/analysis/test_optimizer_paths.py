"""Paths of optimizers: first steps by hand, everybody converges, everybody hears the same noise."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

from cnnopt.analysis import optimizer_paths
from cnnopt.analysis.optimizer_paths import (
    RATES,
    Path,
    momentum_of,
    noise_for,
    optimizer_names,
    tune,
    walk,
)
from cnnopt.analysis.path_measures import arrival
from cnnopt.analysis.path_rows import duel_of, mark_same, row_of
from cnnopt.analysis.surfaces import SURFACES
from cnnopt.config.optimizers import OPTIMIZERS

RAVINE = SURFACES["ravine"]
CALM = noise_for(RAVINE, 200, 0)
CONVEX = [surface for surface in SURFACES.values() if surface.convex]


def test_every_optimizer_of_the_config_is_walked_with() -> None:
    assert optimizer_names() == tuple(OPTIMIZERS)


def test_first_steps_of_sgd_on_the_ravine() -> None:
    """The gradient is (w1, 50·w2)."""
    x, y = RAVINE.start
    path = walk(RAVINE, "sgd", 0.01, CALM[:2])
    # w1 keeps 1 - 0.01 of itself in each step, w2 1 - 0.5.
    wanted = [(x, y), (0.99 * x, 0.5 * y), (0.99**2 * x, 0.25 * y)]
    np.testing.assert_allclose(path.points, wanted, rtol=1e-14)
    np.testing.assert_allclose(path.gradients, [(x, 50 * y), (0.99 * x, 25 * y)], rtol=1e-14)
    values = [(a * a + 50 * b * b) / 2 for a, b in wanted]
    np.testing.assert_allclose(path.values, values, rtol=1e-14)
    np.testing.assert_allclose(path.updates[0], (-0.01 * x, -0.5 * y), rtol=1e-12)
    assert not path.diverged


def test_first_steps_of_momentum_on_the_ravine() -> None:
    x, y = RAVINE.start
    path = walk(RAVINE, "momentum", 0.01, CALM[:3])
    # w2: v = 50y, w = y - 0.5y = 0.5y; v = 45y + 25y = 70y, w = 0.5y - 0.7y = -0.2y;
    # v = 63y - 10y = 53y, w = -0.2y - 0.53y = -0.73y.
    np.testing.assert_allclose(path.points[:, 1], [y, 0.5 * y, -0.2 * y, -0.73 * y], rtol=1e-13)
    # w1: v = x, w = 0.99x; v = 0.9x + 0.99x = 1.89x, w = 0.9711x.
    np.testing.assert_allclose(path.points[:3, 0], [x, 0.99 * x, 0.9711 * x], rtol=1e-13)


@pytest.mark.parametrize("name", optimizer_names())
@pytest.mark.parametrize("surface", CONVEX, ids=[surface.name for surface in CONVEX])
def test_every_optimizer_converges_where_the_function_is_convex(name: str, surface: Any) -> None:
    tuned = tune(surface, name, noise_for(surface, 600, 0))
    assert not tuned.path.diverged
    assert len(tuned.path.points) == 601
    assert tuned.path.late_value < 1e-2 * surface.height


def test_the_noise_is_the_same_for_everybody_and_comes_from_its_name() -> None:
    surface = SURFACES["noisy"]
    noise = noise_for(surface, 200, 3)
    np.testing.assert_array_equal(noise, noise_for(surface, 200, 3))
    assert not np.array_equal(noise, noise_for(surface, 200, 4))
    np.testing.assert_array_equal(noise[:50], noise_for(surface, 50, 3))
    assert noise.std() == pytest.approx(surface.noise, rel=0.1)
    for name in optimizer_names():
        for rate in (1e-3, 1e-1):
            path = walk(surface, name, rate, noise)
            slopes = np.array([surface.gradient(*point) for point in path.points[:-1]])
            heard = path.gradients - slopes
            np.testing.assert_allclose(heard, noise[: len(heard)], rtol=0, atol=1e-12)


def test_other_functions_have_no_noise() -> None:
    assert {s.name for s in SURFACES.values() if noise_for(s, 5, 0).any()} == {"noisy"}


def test_a_path_that_leaves_is_stopped_and_stays_finite() -> None:
    path = walk(RAVINE, "sgd", 0.1, CALM)  # w2 is multiplied by -4 in each step
    assert path.diverged
    assert path.late_value == inf
    assert 1 < len(path.points) < 6
    assert len(path.points) == len(path.values) == len(path.gradients) + 1
    assert np.isfinite(path.points).all()
    assert np.isfinite(walk(SURFACES["rosenbrock"], "sgd", 1e300, CALM).points).all()


def test_the_rate_is_the_best_of_the_lattice() -> None:
    tuned = tune(RAVINE, "sgd", CALM)
    assert tuple(tuned.tried) == RATES
    assert tuned.path.rate == 0.03  # the best is 2/51 = 0.039; from 0.04 on it diverges
    assert tuned.tried[0.03] == min(tuned.tried.values()) == tuned.path.late_value
    assert tuned.tried[0.1] == inf
    assert not tuned.on_edge
    assert tune(RAVINE, "sgd", CALM, [0.001, 0.003]).on_edge


def test_the_late_value_is_the_mean_of_the_last_tenth() -> None:
    values = np.arange(101.0)
    path = Path("sgd", 1.0, np.zeros((101, 2)), np.zeros((100, 2)), values, False)
    assert path.late_value == np.mean(range(91, 101))


def test_among_rates_that_settle_the_fastest_is_chosen() -> None:
    """Whether 1e-11 or 1e-31 of 182 is left says nothing any more."""
    surface = SURFACES["himmelblau"]
    noise, limit = noise_for(surface, 300, 0), 1e-4 * surface.height
    fast, slow = (walk(surface, "nesterov", rate, noise) for rate in (0.01, 0.003))
    assert 1e-12 * surface.height > fast.late_value > slow.late_value
    steps = [arrival(path.values, limit) for path in (fast, slow)]
    assert steps[0] is not None
    assert steps[1] is not None
    assert steps[0] < steps[1]
    assert tune(surface, "nesterov", noise, [0.003, 0.01]).path.rate == 0.01


def test_where_all_diverge_the_smallest_rate_is_shown() -> None:
    tuned = tune(RAVINE, "sgd", CALM, [3.0, 1.0])
    assert tuned.path.rate == 1.0
    row = row_of(RAVINE, tuned, 200)
    assert row["status"] == "diverged"
    assert row["steps_to_arrive"] is None
    assert not row["reached"]


def test_a_row_says_what_the_path_did() -> None:
    tuned = tune(RAVINE, "sgd", CALM)
    row = row_of(RAVINE, tuned, 200)
    end = tuned.path.points[-1]
    assert row["value"] == RAVINE.value(*end)
    assert row["distance"] == pytest.approx(np.hypot(*end))
    assert (row["minimum"], row["reached"]) == ("A", True)
    # w2 is multiplied by -0.5 in each step, w1 by 0.97.
    assert (row["sign_changes_w1"], row["sign_changes_w2"]) == (0, 199)
    x, y = RAVINE.start
    # Steps of w2, 1.5·y·0.5ⁿ, can be seen while above 0.0038: up to n = 8, so there are 8 turns.
    assert row["seen_changes_w2"] == 8
    longest = 1.5 * y * 0.5**8
    assert longest > 1e-3 * RAVINE.sides[1] > longest / 2
    lengths = [np.hypot(0.03 * x * 0.97**n, 1.5 * y * 0.5**n) for n in range(200)]
    assert row["path_length"] == pytest.approx(sum(lengths))
    for weight in ("w1", "w2"):
        for end_of_path in ("first", "last"):
            assert row[f"rate_{weight}_{end_of_path}"] == pytest.approx(0.03)
    assert row["left_saddle"] is None
    saddle = SURFACES["saddle"]
    left = row_of(saddle, tune(saddle, "sgd", noise_for(saddle, 200, 0)), 200)["left_saddle"]
    values = walk(saddle, "sgd", 0.3, noise_for(saddle, 200, 0)).values
    assert values[left] < 0.125 <= values[left - 1]


def test_momentum_against_nesterov_at_one_rate_and_momentum() -> None:
    tuned = {name: tune(RAVINE, name, CALM) for name in ("momentum", "nesterov")}
    assert momentum_of("momentum") == momentum_of("nesterov") == 0.9
    assert momentum_of("sgd") is None
    duel = duel_of(RAVINE, tuned, CALM)
    assert duel is not None
    assert duel["learning_rate"] == max(each.path.rate for each in tuned.values())
    assert duel["refused"] is None
    for name in tuned:
        path = walk(RAVINE, name, duel["learning_rate"], CALM)
        signs = np.sign(path.updates[:, 1])
        assert duel["paths"][name]["sign_changes"][1] == np.sum(signs[1:] != signs[:-1])
    assert duel_of(RAVINE, {"momentum": tuned["momentum"]}, CALM) is None


def test_a_rate_that_one_of_them_cannot_bear_is_passed_over() -> None:
    surface = SURFACES["rosenbrock"]
    noise = noise_for(surface, 200, 0)
    tuned = {name: tune(surface, name, noise) for name in ("momentum", "nesterov")}
    high, low = tuned["momentum"].path.rate, tuned["nesterov"].path.rate
    assert walk(surface, "nesterov", high, noise).diverged
    duel = duel_of(surface, tuned, noise)
    assert duel is not None
    assert (duel["learning_rate"], duel["refused"]) == (low, high)


def test_other_momenta_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    make = optimizer_paths.make_optimizer

    def heavier(name: str, **settings: Any) -> Any:
        return make(name, **settings, **({"momentum": 0.5} if name == "nesterov" else {}))

    monkeypatch.setattr(optimizer_paths, "make_optimizer", heavier)
    tuned = {name: tune(RAVINE, name, CALM[:20]) for name in ("momentum", "nesterov")}
    assert duel_of(RAVINE, tuned, CALM[:20]) is None


def test_the_same_path_is_noticed() -> None:
    names = ("sgd", "adam", "momentum", "adamw")
    tuned = {name: tune(RAVINE, name, CALM) for name in names}
    rows = [row_of(RAVINE, each, 200) for each in tuned.values()]
    mark_same(rows, tuned)
    assert [row["same_as"] for row in rows] == [None, None, None, "adam"]
