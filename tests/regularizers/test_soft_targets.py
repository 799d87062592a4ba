"""Soft targets in the losses, with class weights too: against PyTorch."""

from pathlib import Path

import numpy as np
import pytest

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.losses import BinaryCrossEntropy, CrossEntropy, Loss, weigh
from cnnopt.randomness import stream
from cnnopt.regularizers import Batch, LabelSmoothing

with np.load(Path(__file__).parents[1] / "golden" / "regularizers.npz") as golden:
    GOLDEN = {key.removeprefix("soft/"): golden[key] for key in golden if key.startswith("soft/")}
A, B, WEIGHTS = GOLDEN["a"], GOLDEN["b"], GOLDEN["weights"].astype(np.float64)


def loss_of(loss: Loss, y: Array, targets: Array, weights: Array | None) -> tuple[float, Array]:
    """Return loss and gradient as a step takes them."""
    dy, scale, losses = np.empty_like(y), np.full(len(y), 1 / len(y)), np.empty(len(y))
    if weights is not None:
        weigh(weights, targets, scale)
    loss.gradient(loss.plan(y, dy, Buffers(np.float64)), targets, scale, losses)
    return float(losses @ scale), dy


def smoothed(targets: Array) -> Array:
    level = np.zeros(1)
    batch = Batch(np.zeros((len(targets), 1)), targets, level, level)
    LabelSmoothing(0.2).apply(batch, stream(0, "label_smoothing", 1))
    return batch.targets


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["smooth", "blend"])
def test_as_pytorch_has_it(kind: str, weighted: bool) -> None:
    hard = CrossEntropy().targets(A, 4, np.float64)
    if kind == "smooth":
        targets = smoothed(hard)
    else:
        targets = 0.7 * hard + 0.3 * CrossEntropy().targets(B, 4, np.float64)
    found, dy = loss_of(CrossEntropy(), GOLDEN["y"], targets, WEIGHTS if weighted else None)
    name = f"{kind}_weighted" if weighted else kind
    assert found == pytest.approx(float(GOLDEN[f"{name}_loss"]), rel=1e-13)
    np.testing.assert_allclose(dy, GOLDEN[f"{name}_dy"], rtol=1e-11, atol=1e-15)


def test_of_a_single_output_too() -> None:
    targets = smoothed(BinaryCrossEntropy().targets(GOLDEN["sides"], 1, np.float64))
    assert set(targets.ravel().round(12)) == {0.1, 0.9}
    found, dy = loss_of(BinaryCrossEntropy(), GOLDEN["one"], targets, None)
    assert found == pytest.approx(float(GOLDEN["binary_smooth_loss"]), rel=1e-13)
    np.testing.assert_allclose(dy, GOLDEN["binary_smooth_dy"], rtol=1e-11, atol=1e-15)


def test_one_output_and_two_are_the_same_loss() -> None:
    """The logit of the second class against (0, logit), soft and weighted."""
    share = np.random.default_rng(0).random((7, 1))
    one, weights = GOLDEN["one"], np.array([0.5, 3.0])
    two = np.concatenate([np.zeros_like(one), one], axis=1)
    a, da = loss_of(BinaryCrossEntropy(), one, share.copy(), weights)
    b, db = loss_of(CrossEntropy(), two, np.concatenate([1 - share, share], axis=1), weights)
    assert a == pytest.approx(b, rel=1e-13)
    np.testing.assert_allclose(da[:, 0], db[:, 1], rtol=1e-11)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_class_numbers_stay_as_they_are(dtype: str) -> None:
    for loss, classes, y in ((CrossEntropy(), 4, A), (BinaryCrossEntropy(), 1, GOLDEN["sides"])):
        targets, scale = loss.targets(y, classes, dtype), np.empty(len(y), dtype)
        weights = WEIGHTS[: max(2, classes)].astype(dtype)
        before = targets.copy()
        weigh(weights, targets, scale)
        np.testing.assert_array_equal(targets, before)
        np.testing.assert_array_equal(scale, weights[y] / weights[y].sum())
