"""Laws of every metric, then scikit-learn as an oracle of another origin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn import metrics as sklearn

from cnnopt.metrics import Metric, PerClass, for_task, higher_is_better, leading
from cnnopt.metrics.direction import OF_CLASSES, OF_NUMBERS

CLASSES = 7


def top(name: str, **settings: Any) -> Callable[..., float]:
    """Return scikit-learn's score of the largest outputs."""
    score = getattr(sklearn, name)
    return lambda y, z, w: score(y, z.argmax(axis=1), sample_weight=w, **settings)


def shares(name: str, **settings: Any) -> Callable[..., float]:
    """Return scikit-learn's score of the probabilities."""
    score = getattr(sklearn, name)
    return lambda y, z, w: score(
        y, softmax(z.astype(np.float64), axis=1), sample_weight=w, **settings
    )


ALL = range(CLASSES)
MACRO = {"average": "macro", "zero_division": 0}
ORACLES: dict[str, Callable[..., float]] = {
    "accuracy": top("accuracy_score"),
    "balanced_accuracy": top("balanced_accuracy_score"),
    "precision": top("precision_score", **MACRO),
    "recall": top("recall_score", **MACRO),
    "f1": top("f1_score", **MACRO),
    "auc": shares("roc_auc_score", multi_class="ovr", labels=ALL),
    "top_3": shares("top_k_accuracy_score", k=3, labels=ALL),
    "top_5": shares("top_k_accuracy_score", k=5, labels=ALL),
    "log_loss": shares("log_loss", labels=ALL),
    "mse": lambda y, z, w: sklearn.mean_squared_error(y, z, sample_weight=w),
    "mae": lambda y, z, w: sklearn.mean_absolute_error(y, z, sample_weight=w),
    "r2": lambda y, z, w: sklearn.r2_score(y, z, sample_weight=w),
}
FACTORIES = {**for_task(True, list(OF_CLASSES)), **for_task(False, list(OF_NUMBERS))}
NAMES = sorted(FACTORIES)


def batch(name: str, n: int, seed: int = 0) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    generator = np.random.default_rng(seed)
    weights = generator.uniform(0, 2, n)
    if name in OF_CLASSES:
        # As many of each class as can be; all classes from 7 on.
        y = generator.permutation(np.arange(n) % CLASSES)
        z = generator.normal(size=(n, CLASSES)) + np.eye(CLASSES)[y]
        return z.astype(np.float32), y, weights
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
        perfect = 1e3 * np.eye(CLASSES)[y] if name in OF_CLASSES else y
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


def test_classes_that_count_nowhere_or_not_at_all() -> None:
    """Class 0 is never predicted, class 2 has no example, class 3 has neither."""
    y = np.array([0, 0, 1, 1])
    outputs = np.eye(4)[[1, 2, 1, 1]]
    by_hand = {
        "precision": [0, 2 / 3, 0, np.nan],
        "recall": [0, 1, 0, np.nan],
        "f1": [0, 4 / 5, 0, np.nan],
        "balanced_accuracy": [0, 1, np.nan, np.nan],
    }
    for name, wanted in by_hand.items():
        metric = FACTORIES[name]()
        found = value(metric, outputs, y)
        assert isinstance(metric, PerClass)
        np.testing.assert_allclose(metric.per_class(), wanted)
        assert found == pytest.approx(np.nanmean(wanted))
        if name != "balanced_accuracy":
            assert found == pytest.approx(ORACLES[name](y, outputs, None))
    nothing = FACTORIES["f1"]()
    nothing.update(np.array([[np.nan, 1.0]]), np.array([0]))
    assert nothing.per_class().tolist()[0] == 0  # NaN is no prediction, and the class is missed


def test_per_class_values_are_scikit_learns() -> None:
    z, y, w = batch("f1", 60)
    guess = z.argmax(axis=1)
    settings = {"average": None, "sample_weight": w, "zero_division": 0}
    for name in ("precision", "recall", "f1"):
        metric = FACTORIES[name]()
        metric.update(z, y, w)
        wanted = getattr(sklearn, f"{name}_score")(y, guess, **settings)
        np.testing.assert_allclose(metric.per_class(), wanted)


def test_auc_of_two_classes_counts_ties_half() -> None:
    generator = np.random.default_rng(2)
    z = np.stack([np.zeros(80), generator.integers(-3, 4, 80)], axis=1).astype(np.float32)
    y, w = generator.integers(2, size=80), generator.uniform(0, 2, 80)
    pairs = [(i, j) for i in np.flatnonzero(y == 1) for j in np.flatnonzero(y == 0)]
    won = [w[i] * w[j] * (float(z[i, 1] > z[j, 1]) + (z[i, 1] == z[j, 1]) / 2) for i, j in pairs]
    by_hand = sum(won) / sum(w[i] * w[j] for i, j in pairs)
    metric = FACTORIES["auc"]()
    assert value(metric, z, y, w) == pytest.approx(by_hand, rel=1e-12)
    assert value(metric, z, y, w) == pytest.approx(
        sklearn.roc_auc_score(y, z[:, 1], sample_weight=w)
    )
    assert value(metric, np.zeros((80, 2)), y) == 0.5


def test_auc_tells_saturated_probabilities_apart() -> None:
    """Both probabilities are 1.0 in float64; the logits still know which is larger."""
    metric = FACTORIES["auc"]()
    z = np.array([[900.0, 0.0, 0.0], [800.0, 0.0, 0.0], [0.0, 700.0, 1.0], [0.0, 1.0, 600.0]])
    assert value(metric, z, np.array([0, 1, 1, 2])) == pytest.approx((1 + 0.75 + 1) / 3)


def test_auc_without_a_side_is_nan() -> None:
    metric = FACTORIES["auc"]()
    assert np.isnan(value(metric, np.eye(2), np.array([1, 1])))
    assert np.isnan(value(metric, np.array([[np.nan, 1], [0, 1]]), np.array([0, 1])))
    z, y, _ = batch("auc", 14)
    metric.reset()
    metric.update(z[y > 0], y[y > 0])
    assert isinstance(metric, PerClass)
    assert np.isnan(metric.per_class()).tolist() == [True] + [False] * 6
    assert metric.compute() == pytest.approx(np.nanmean(metric.per_class()))


def test_top_k_by_hand() -> None:
    outputs = np.array([[4.0, 4, 4, 4], [1, 2, 3, 4], [np.nan, 9, 9, 9]])
    metric = FACTORIES["top_3"]()
    assert value(metric, outputs, np.array([2, 1, 1])) == pytest.approx(2 / 3)
    assert value(metric, outputs, np.array([3, 0, 1])) == 0  # ties: the lowest classes first


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
    assert metric.compute() == pytest.approx(sklearn.r2_score(y, z), rel=1e-6)


def test_names_of_a_task() -> None:
    assert list(for_task(True)) == ["accuracy"]
    assert list(for_task(False)) == ["mae", "r2"]
    assert not higher_is_better("loss")
    assert list(for_task(True, ["f1", "auc"])) == ["f1", "auc"]
    with pytest.raises(KeyError):
        for_task(True, ["mae"])
    assert leading(None, True) == "accuracy"
    assert leading((), False) == "loss"
    assert leading(("auc", "f1"), True) == "auc"
    with pytest.raises(ValueError, match=r"loss, accuracy, .*r2, got 'acuracy'"):
        higher_is_better("acuracy")


def test_the_config_knows_the_same_names() -> None:
    from cnnopt.config.training import SelectMetric

    assert get_args(SelectMetric) == ("loss", *OF_CLASSES, *OF_NUMBERS)
    assert all(higher_is_better(name) == OF_CLASSES[name] for name in OF_CLASSES)


def test_direction_loads_no_numpy() -> None:
    code = (
        "import sys, cnnopt.metrics; cnnopt.metrics.higher_is_better('r2');"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
