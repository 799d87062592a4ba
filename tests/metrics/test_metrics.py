"""Laws of every metric, then scikit-learn as an oracle of another origin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score

from cnnopt.metrics import Metric, for_task, higher_is_better

ORACLES: dict[str, Callable[..., float]] = {
    "accuracy": lambda y, z, w: accuracy_score(y, z.argmax(axis=1), sample_weight=w),
    "mae": lambda y, z, w: mean_absolute_error(y, z, sample_weight=w),
    "r2": lambda y, z, w: r2_score(y, z, sample_weight=w),
}
FACTORIES = {**for_task(True), **for_task(False)}
NAMES = sorted(FACTORIES)


def batch(name: str, n: int, seed: int = 0) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    generator = np.random.default_rng(seed)
    weights = generator.uniform(0, 2, n)
    if name == "accuracy":
        return (
            generator.normal(size=(n, 4)).astype(np.float32),
            generator.integers(4, size=n),
            weights,
        )
    targets = generator.normal(3, 2, size=(n, 3))
    return targets + generator.normal(size=(n, 3)), targets, weights


def value(metric: Metric, *arguments: Any) -> float:
    metric.reset()
    metric.update(*arguments)
    return metric.compute()


@pytest.mark.parametrize("name", NAMES)
class TestEveryMetric:
    def test_has_an_oracle(self, name: str) -> None:
        assert set(ORACLES) == set(FACTORIES)
        assert isinstance(higher_is_better(name), bool)

    @pytest.mark.parametrize("weighted", [False, True])
    def test_agrees_with_scikit_learn(self, name: str, weighted: bool) -> None:
        z, y, w = batch(name, 57)
        expected = ORACLES[name](y, z, w if weighted else None)
        assert value(FACTORIES[name](), z, y, w if weighted else None) == pytest.approx(expected)

    @pytest.mark.parametrize("size", [1, 10, 56, 57])
    def test_ragged_batches_give_the_value_of_the_whole(self, name: str, size: int) -> None:
        z, y, w = batch(name, 57)
        metric = FACTORIES[name]()
        for start in range(0, 57, size):
            part = slice(start, start + size)
            metric.update(z[part], y[part], w[part])
        assert metric.compute() == pytest.approx(value(FACTORIES[name](), z, y, w), rel=1e-12)

    def test_a_weight_of_two_is_the_example_twice(self, name: str) -> None:
        z, y, _ = batch(name, 9)
        twice = np.concatenate([np.arange(9), [4]])
        weights = np.where(np.arange(9) == 4, 2.0, 1.0)
        metric = FACTORIES[name]()
        assert value(metric, z, y, weights) == pytest.approx(value(metric, z[twice], y[twice]))

    def test_order_of_examples_does_not_matter(self, name: str) -> None:
        z, y, w = batch(name, 31)
        order = np.random.default_rng(1).permutation(31)
        metric = FACTORIES[name]()
        expected = value(metric, z, y, w)
        assert value(metric, z[order], y[order], w[order]) == pytest.approx(expected, rel=1e-12)

    def test_reset_forgets(self, name: str) -> None:
        metric = FACTORIES[name]()
        metric.update(*batch(name, 20, seed=5))
        assert value(metric, *batch(name, 20)) == value(FACTORIES[name](), *batch(name, 20))

    def test_nothing_seen_is_nan(self, name: str) -> None:
        metric = FACTORIES[name]()
        assert np.isnan(metric.compute())
        z, y, w = batch(name, 4)
        metric.update(z[:0], y[:0])
        metric.update(z, y, np.zeros_like(w))
        assert np.isnan(metric.compute())

    def test_an_empty_batch_changes_nothing(self, name: str) -> None:
        z, y, w = batch(name, 12)
        metric = FACTORIES[name]()
        metric.update(z, y, w)
        expected = metric.compute()
        metric.update(z[:0], y[:0], w[:0])
        assert metric.compute() == expected

    def test_perfect_outputs_give_the_best_value(self, name: str) -> None:
        z, y, w = batch(name, 12)
        perfect = np.eye(4)[y] if name == "accuracy" else y
        assert value(FACTORIES[name](), perfect, y, w) == (1.0 if higher_is_better(name) else 0.0)
        assert value(FACTORIES[name](), z, y, w) != value(FACTORIES[name](), perfect, y, w)

    def test_refuses_shapes_that_would_broadcast(self, name: str) -> None:
        z, y, w = batch(name, 6)
        metric = FACTORIES[name]()
        with pytest.raises(ValueError, match=r"weights must have shape \(6,\), got \(6, 1\)"):
            metric.update(z, y, w[:, None])
        with pytest.raises(ValueError, match="outputs"):
            metric.update(z, y[:, None], w)


def test_accuracy_by_hand() -> None:
    outputs = np.array([[1.0, 1.0], [0.0, 2.0], [np.nan, 3.0], [np.nan, 3.0]])
    metric = for_task(True)["accuracy"]()
    assert value(metric, outputs[:2], np.array([0, 1])) == 1.0  # a tie goes to the lowest class
    assert value(metric, outputs[2:], np.array([0, 1])) == 0.0  # NaN is never right


def test_r2_of_a_constant_target() -> None:
    metric = for_task(False)["r2"]()
    y = np.full((6, 1), 0.1)
    assert value(metric, y, y) == 1.0
    assert value(metric, y + 1, y) == 0.0


def test_r2_survives_targets_far_from_zero() -> None:
    z, y, _ = batch("r2", 50)
    metric = for_task(False)["r2"]()
    for start in range(0, 50, 7):
        metric.update(z[start : start + 7] + 1e8, y[start : start + 7] + 1e8)
    assert metric.compute() == pytest.approx(r2_score(y, z), rel=1e-6)


def test_names_of_a_task() -> None:
    assert list(for_task(True)) == ["accuracy"]
    assert list(for_task(False)) == ["mae", "r2"]
    assert not higher_is_better("loss")
    with pytest.raises(ValueError, match="loss, accuracy, mae, r2, got 'acuracy'"):
        higher_is_better("acuracy")


def test_direction_loads_no_numpy() -> None:
    code = (
        "import sys, cnnopt.metrics; cnnopt.metrics.higher_is_better('r2');"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
