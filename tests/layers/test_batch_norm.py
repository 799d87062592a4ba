"""Batch norm: PyTorch's numbers in a network, and the same ones however the batch is cut."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import error

from cnnopt.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, Relu
from cnnopt.layers.batch_norm import Moments
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network, partition
from cnnopt.network.network import Evaluator

GOLDEN = Path(__file__).parent.parent / "golden" / "batch_norm.npz"
RATE, STEPS = 0.05, 3
NETWORK = Network.of(
    (6, 6, 2),
    [
        ("conv2d_1", Conv(3, (3, 3), padding="same")),
        ("batch_norm_1", BatchNorm()),
        ("relu_1", Relu()),
        ("max_pool2d_1", MaxPool((2, 2))),
        ("conv2d_2", Conv(5, (3, 3), padding="same")),
        ("batch_norm_2", BatchNorm(momentum=0.3, epsilon=1e-3)),
        ("relu_2", Relu()),
        ("flatten_1", Flatten()),
        ("dense_1", Dense(4)),
    ],
)
# chunk bytes and work of a shard: one chunk; a chunk an example; shards of several chunks
CUTS = {"whole": (1 << 30, 1 << 40), "apart": (1, 1 << 40), "shards": (30_000, 100)}


@pytest.fixture(params=CUTS)
def cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    chunk, work = CUTS[request.param]
    monkeypatch.setattr(partition, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(partition, "SHARD_WORK", {n: work * n**2 for n in (2, 4)})
    return str(request.param)


def train(dtype: str, threads: int, tolerance: float = 0.0) -> dict[str, Any]:
    """Train as the golden file did; compare every step where a tolerance is given."""
    with np.load(GOLDEN) as file:
        golden = {name: file[name] for name in file.files}
    layout = NETWORK.layout
    weights = layout.initial(0, dtype)
    for name, view in layout.named(weights).items():
        view[:] = golden[f"start/{name}"]
    gradient = np.empty(NETWORK.parameters, dtype)
    x = golden["x"].astype(dtype)
    loss = CrossEntropy()
    targets = loss.targets(golden["labels"], 4, dtype)
    scale = np.full(len(x), 1 / len(x), dtype)
    plan = NETWORK.training_plan(loss, len(x), weights, gradient)
    losses = []
    with Crew(threads) as crew:
        for step in range(1, STEPS + 1):
            losses.append(plan.run(crew, x, targets, scale))
            if tolerance:
                assert losses[-1] == pytest.approx(float(golden[f"loss/{step}"]), rel=tolerance)
                for name, view in layout.named(gradient).items():
                    assert error(view, golden[f"gradient/{step}/{name}"]) <= tolerance, name
            weights[: NETWORK.parameters] -= gradient * np.asarray(RATE, dtype)
            if tolerance:
                for name, view in layout.named(weights).items():
                    assert error(view, golden[f"weights/{step}/{name}"]) <= tolerance, name
        outputs = Evaluator(NETWORK, weights, crew).outputs(x)
    if tolerance:
        assert error(outputs, golden["outputs"]) <= tolerance
    return {"losses": losses, "weights": weights, "outputs": outputs, "shards": plan.shards}


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_gives_pytorchs_numbers(cut: str, dtype: str, tolerance: float) -> None:
    found = train(dtype, threads=1, tolerance=tolerance)
    assert (found["shards"] > 1) == (cut == "shards")


def test_threads_change_no_bit(cut: str) -> None:
    one, *others = (train("float32", threads) for threads in (1, 2, 4))
    for other in others:
        assert other["losses"] == one["losses"]
        np.testing.assert_array_equal(other["weights"], one["weights"])
        np.testing.assert_array_equal(other["outputs"], one["outputs"])


def test_training_outputs_have_mean_0_and_variance_1() -> None:
    network = Network.of((4, 4, 3), [("b", BatchNorm()), ("f", Flatten())])
    weights = network.layout.initial(0, "float64")
    x = 100 + 7 * np.random.default_rng(0).normal(size=(9, 4, 4, 3))

    class Look:
        """A loss that keeps what it was given."""

        def plan(self, y: Any, dy: Any, make: Any) -> Any:
            return y

        def gradient(self, s: Any, targets: Any, scale: Any, losses: Any) -> None:
            self.y = s.reshape(-1, 3).copy()

    look = Look()
    plan = network.training_plan(look, len(x), weights, np.empty(network.parameters))  # type: ignore[arg-type]  # enough of a loss
    with Crew() as crew:
        plan.run(crew, x, np.empty((9, 0)), np.full(9, 1 / 9))
    np.testing.assert_allclose(look.y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(look.y.var(axis=0), 1, rtol=1e-6)  # epsilon under the root


def test_a_single_value_a_channel_has_no_variance_and_no_nan() -> None:
    network = Network.of((3,), [("b", BatchNorm()), ("d", Dense(2))])
    weights = network.layout.initial(0)
    gradient = np.empty(network.parameters, np.float32)
    loss = CrossEntropy()
    plan = network.training_plan(loss, 1, weights, gradient)
    x = np.ones((1, 3), np.float32)
    with Crew() as crew:
        value = plan.run(crew, x, loss.targets(np.array([1]), 2, np.float32), np.ones(1, "f"))
    assert np.isfinite(value)
    assert np.isfinite(weights).all()


def test_joined_moments_are_those_of_all_values() -> None:
    values = np.random.default_rng(3).normal(1e4, 1, size=(50, 2))
    joined = Moments(0, np.zeros(2), np.zeros(2))
    for part in (values[:1], values[1:20], values[20:]):
        squares = np.square(part - part.mean(axis=0)).sum(axis=0)
        joined.join(Moments(len(part), part.mean(axis=0), squares))
    assert joined.count == 50
    np.testing.assert_allclose(joined.mean, values.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(joined.squares, 50 * values.var(axis=0), rtol=1e-10)
