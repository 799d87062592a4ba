"""A whole training against one written out in float64, without plans, chunks or flat vectors."""

from typing import Any

import numpy as np
import pytest
from oracles import objectives
from training_problems import LINEAR, experiment, run, task

from cnnopt.optimizers.schedules import Cosine, Warmup
from cnnopt.training.batches import Batches

EPOCHS, SIZE, STRENGTH = 5, 8, 0.05


def slow(start: dict[str, np.ndarray], kind: Any, mu: float) -> tuple[np.ndarray, np.ndarray]:
    """Return weight and bias of softmax regression with momentum, cosine rate and l2."""
    train = task().parts["train"]
    w, b = (start[f"dense_1.{name}"].astype(np.float64) for name in ("weight", "bias"))
    vw, vb = np.zeros_like(w), np.zeros_like(b)
    batches = Batches(len(train), SIZE, kind, 0)
    for step in range(1, 4 * EPOCHS + 1):
        rows = batches.rows(step)
        x, t = train.x[rows].astype(np.float64), np.eye(3)[train.y[rows]]
        dy = objectives.cross_entropy_gradient(x @ w + b, t, np.full(len(x), 1 / len(x)))
        vw = mu * vw + x.T @ dy + STRENGTH * w
        vb = mu * vb + dy.sum(axis=0)
        rate = 0.1 * Warmup(Cosine(), 1.0).at(step, 4 * EPOCHS, 4)
        w, b = w - rate * vw, b - rate * vb
    return w, b


@pytest.mark.parametrize("kind", ["epoch", "once", "never", "step"])
@pytest.mark.parametrize("mu", [0.0, 0.9])
def test_softmax_regression(kind: str, mu: float) -> None:
    budget = {"steps": 4 * EPOCHS} if kind == "step" else {"epochs": EPOCHS}
    chosen = experiment(
        model=LINEAR,
        optimizer={"momentum": {"learning_rate": 0.1, "momentum": mu}} if mu else {"sgd": 0.1},
        schedule={"cosine": {"warmup": 1}},
        regularizers=[{"l2": STRENGTH}],
        training={"batch_size": SIZE, "shuffle": kind, "select": "last", **budget},
    )
    layout = chosen.network.layout
    w, b = slow(layout.named(layout.initial(0)), kind, mu)
    found = layout.named(run(chosen, task()).weights)
    np.testing.assert_allclose(found["dense_1.weight"], w, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found["dense_1.bias"], b, rtol=0, atol=1e-5)
