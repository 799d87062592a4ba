"""Every loss against PyTorch's numbers, stored by tests/golden/write_losses.py."""

from pathlib import Path

import numpy as np
import pytest
from harness import TOLERANCE, error

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

STORED = Path(__file__).parents[1] / "golden" / "losses.npz"
CASES: dict[str, Loss] = {
    "cross_entropy": CrossEntropy(),
    "cross_entropy_soft": CrossEntropy(),
    "binary_cross_entropy": BinaryCrossEntropy(),
    "binary_cross_entropy_soft": BinaryCrossEntropy(),
    "squared_error": SquaredError(),
    "absolute_error": AbsoluteError(),
    "huber": Huber(),
    "huber_narrow": Huber(0.25),
}


def golden(case: str) -> dict[str, np.ndarray]:
    with np.load(STORED) as file:
        names = [name for name in file.files if name.startswith(f"{case}/")]
        return {name.removeprefix(f"{case}/"): file[name] for name in names}


def run(
    loss: Loss, y: np.ndarray, targets: np.ndarray, scale: np.ndarray, dtype: str
) -> tuple[np.ndarray, np.ndarray]:
    y = y.astype(dtype)
    dy, losses = np.full_like(y, np.nan), np.full(len(y), np.nan, dtype)
    rows = loss.targets(targets, y.shape[1], dtype)
    loss.gradient(loss.plan(y, dy, Buffers(dtype)), rows, scale.astype(dtype), losses)
    return losses, dy


def test_everything_stored_is_compared() -> None:
    with np.load(STORED) as file:
        stored = {name.split("/")[0] for name in file.files}
    assert stored == {*CASES, "class_weights"}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_losses_give_pytorchs_numbers(name: str, dtype: str) -> None:
    loss, wanted = CASES[name], golden(name)
    losses, dy = run(loss, wanted["y"], wanted["targets"], wanted["scale"], dtype)
    assert losses.dtype == dy.dtype == dtype
    assert error(losses, wanted["losses"]) <= TOLERANCE[dtype]
    assert error(dy, wanted["dy"]) <= TOLERANCE[dtype]
    rows = loss.targets(wanted["targets"], wanted["y"].shape[1], "f8")
    assert error(loss.values(wanted["y"], rows), wanted["losses"]) <= TOLERANCE["float64"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_class_weights_give_pytorchs_weighted_mean(dtype: str) -> None:
    wanted = golden("class_weights")
    labels = wanted["labels"]
    by_class = class_weights(wanted["weights"].tolist(), labels, 4)
    scale = example_weights(by_class, labels)
    scale /= scale.sum()
    losses, dy = run(CrossEntropy(), wanted["y"], labels, scale, dtype)
    assert losses @ scale == pytest.approx(float(wanted["loss"]), rel=TOLERANCE[dtype])
    assert error(dy, wanted["dy"]) <= TOLERANCE[dtype]
