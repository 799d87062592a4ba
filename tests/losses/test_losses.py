"""All losses against decimal arithmetic, along a direction, and on edges."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from harness import TOLERANCE, error
from oracles import objectives
from sklearn.utils.class_weight import compute_class_weight

from cnnopt.buffers import Buffers
from cnnopt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    Huber,
    Loss,
    SquaredError,
    class_weights,
    example_weights,
)

Oracle = Callable[..., np.ndarray]
LOSSES = pytest.mark.parametrize(
    ("loss", "oracle", "slope"),
    [
        (CrossEntropy(), objectives.cross_entropy, objectives.cross_entropy_gradient),
        (
            BinaryCrossEntropy(),
            objectives.binary_cross_entropy,
            objectives.binary_cross_entropy_gradient,
        ),
        (SquaredError(), objectives.squared_error, objectives.squared_error_gradient),
        (AbsoluteError(), objectives.absolute_error, objectives.absolute_error_gradient),
        (Huber(), objectives.huber, objectives.huber_gradient),
        (
            Huber(0.25),
            partial(objectives.huber, delta=0.25),
            partial(objectives.huber_gradient, delta=0.25),
        ),
    ],
    ids=["cross_entropy", "binary", "squared_error", "absolute_error", "huber", "narrow_huber"],
)


def shares(generator: np.random.Generator, batch: int, outputs: int) -> np.ndarray:
    """Return rows that sum to 1; some of them one-hot, one with a zero share."""
    rows = generator.dirichlet(np.ones(outputs), batch).astype(np.float32).astype(np.float64)
    rows[::2] = np.eye(outputs)[generator.integers(outputs, size=len(rows[::2]))]
    return rows


def run(
    loss: Loss, y: np.ndarray, targets: np.ndarray, scale: np.ndarray, dtype: Any = np.float64
) -> tuple[np.ndarray, np.ndarray]:
    """Return losses and dy, from buffers that hold NaN before."""
    outputs, dy = y.astype(dtype), np.full(y.shape, np.nan, dtype)
    space = loss.plan(outputs, dy, Buffers(dtype))
    losses = np.full(len(y), np.nan, dtype)
    loss.gradient(space, targets.astype(dtype), scale.astype(dtype), losses)
    np.testing.assert_array_equal(outputs, y.astype(dtype))
    return losses, dy


@LOSSES
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("batch", "outputs"), [(1, 1), (1, 3), (7, 4), (5, 1)])
def test_equals_decimal_arithmetic(
    loss: Loss, oracle: Oracle, slope: Oracle, dtype: str, batch: int, outputs: int
) -> None:
    generator = np.random.default_rng([batch, outputs])
    y = (3 * generator.normal(size=(batch, outputs))).astype(np.float32).astype(np.float64)
    targets = shares(generator, batch, outputs)
    scale = generator.random(batch).astype(np.float32).astype(np.float64)
    losses, dy = run(loss, y, targets, scale, dtype)
    assert losses.dtype == dy.dtype == dtype
    assert error(losses, oracle(y, targets)) <= TOLERANCE[dtype]
    assert error(dy, slope(y, targets, scale)) <= TOLERANCE[dtype]
    values = loss.values(y.astype(dtype), targets)
    assert values.dtype == np.float64
    assert error(values, oracle(y, targets)) <= TOLERANCE["float64"]


@LOSSES
def test_gradient_along_a_direction(loss: Loss, oracle: Oracle, slope: Oracle) -> None:
    generator = np.random.default_rng(3)
    y, direction = generator.normal(size=(2, 5, 4))
    targets, scale = shares(generator, 5, 4), generator.random(5)
    _, dy = run(loss, y, targets, scale)

    def total(by: float) -> float:
        return float(np.dot(scale, loss.values(y + by * direction, targets)))

    along = float(np.sum(dy * direction))
    difference = (total(1e-6) - total(-1e-6)) / 2e-6
    assert along == pytest.approx(difference, rel=1e-7)


@LOSSES
def test_an_example_without_weight_leaves_no_trace_in_the_gradient(
    loss: Loss, oracle: Oracle, slope: Oracle
) -> None:
    generator = np.random.default_rng(4)
    y, targets = generator.normal(size=(3, 2)), shares(generator, 3, 2)
    losses, dy = run(loss, y, targets, np.array([0.5, 0.0, 0.5]))
    assert not dy[1].any()
    assert losses[1] == pytest.approx(oracle(y, targets)[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_huge_logits_is_finite(dtype: type) -> None:
    y = np.array([[1e30, -1e30], [-1e30, 1e30], [1e4, 1e4]])
    losses, dy = run(CrossEntropy(), y, np.eye(2)[[0, 0, 0]], np.ones(3), dtype)
    assert losses[0] == 0
    assert losses[1] == pytest.approx(2e30)
    assert losses[2] == pytest.approx(np.log(2))
    np.testing.assert_allclose(dy, [[0, 0], [-1, 1], [-0.5, 0.5]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_of_huge_logits_is_finite(dtype: type) -> None:
    y = np.array([[1e30], [1e30], [-1e30], [-80.0], [1e4]])
    losses, dy = run(
        BinaryCrossEntropy(), y, np.array([[1.0], [0], [1], [0], [0.5]]), np.ones(5), dtype
    )
    np.testing.assert_allclose(losses, [0, 1e30, 1e30, np.exp(-80), 5e3], rtol=1e-6)
    np.testing.assert_allclose(dy[:, 0], [0, 1, -1, np.exp(-80), 0.5], rtol=1e-6)


def test_binary_cross_entropy_is_cross_entropy_of_zero_and_the_logit() -> None:
    generator = np.random.default_rng(5)
    z, labels = 3 * generator.normal(size=(20, 1)), generator.integers(2, size=20)
    one, two = BinaryCrossEntropy(), CrossEntropy()
    pair = np.concatenate([np.zeros_like(z), z], axis=1)
    np.testing.assert_allclose(
        one.values(z, one.targets(labels, 1, "f8")),
        two.values(pair, two.targets(labels, 2, "f8")),
        rtol=1e-12,
    )


LOSS_TYPES = [CrossEntropy, BinaryCrossEntropy, SquaredError, AbsoluteError, Huber]


@pytest.mark.parametrize("loss", [kind() for kind in LOSS_TYPES])
def test_what_is_not_finite_shows_in_the_loss(loss: Loss) -> None:
    y = np.array([[np.nan, 1.0], [np.inf, 1.0], [0.0, 1.0]])
    with np.errstate(all="ignore"):
        losses, _ = run(loss, y, np.eye(2)[[0, 0, 0]], np.ones(3))
    assert np.isfinite(losses).tolist() == [False, False, True]


def test_class_weights() -> None:
    y = np.array([0, 0, 0, 2])
    np.testing.assert_allclose(class_weights("balanced", y, 3), [4 / 9, 4 / 3, 4 / 3])
    by_class = class_weights((1.0, 2.0, 4.0), y, 3)
    np.testing.assert_array_equal(example_weights(by_class, y), [1, 1, 1, 4])
    shares = np.array([[0.5, 0.5, 0], [0, 0.25, 0.75]])
    np.testing.assert_array_equal(example_weights(by_class, shares), [1.5, 3.5])


def test_balanced_weights_are_scikit_learns() -> None:
    y = np.random.default_rng(6).choice(4, 50, p=[0.6, 0.2, 0.15, 0.05])
    wanted = compute_class_weight("balanced", classes=np.arange(4), y=y)
    found = class_weights("balanced", y, 4)
    np.testing.assert_allclose(found, wanted)
    assert example_weights(found, y).mean() == pytest.approx(1)


def test_targets() -> None:
    rows = CrossEntropy().targets(np.array([2, 0]), 3, np.float32)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]
    column = BinaryCrossEntropy().targets(np.array([1, 0]), 1, np.float32)
    assert column.dtype == np.float32
    assert column.tolist() == [[1], [0]]
    given = np.array([[1.5, 2.0]])
    for kind in LOSS_TYPES:  # numbers, and soft labels
        np.testing.assert_array_equal(kind().targets(given, 2, np.float64), given)
        assert kind().targets(given, 2, np.float32).dtype == np.float32


@LOSSES
def test_is_planned_for_training_only(loss: Loss, oracle: Oracle, slope: Oracle) -> None:
    with pytest.raises(ValueError, match=r"training only"):
        loss.plan(np.zeros((1, 2)), None, Buffers())


@pytest.mark.parametrize("loss", LOSS_TYPES)
def test_docstring_names_shapes_and_source(loss: type) -> None:
    assert "Shapes:" in (loss.__doc__ or "")
    assert "Source:" in (loss.__doc__ or "")
