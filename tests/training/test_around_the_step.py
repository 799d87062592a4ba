"""Penalties, decay, longest norms, noise on weights and gradients: against steps made by hand."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden.golden_settings import TENSORS, slope
from training_problems import LINEAR, experiment, run, task

from cnnopt.build import Experiment
from cnnopt.errors import ConfigError, Diverged
from cnnopt.optimizers import Region, Updater, make_optimizer
from cnnopt.randomness import stream

GOLDEN = Path(__file__).parents[1] / "golden" / "regularizers.npz"
RATE = 0.1
W = slice(0, 12)  # weights (4, 3); then 3 biases


def one_step(regularizers: Sequence[Any] = (), steps: int = 1, **keys: Any) -> Experiment:
    """Return SGD on a linear model with all examples in each batch."""
    training = {"steps": steps, "batch_size": "full", "shuffle": "never"}
    training |= keys.pop("training", {})
    keys = {"optimizer": {"sgd": RATE}, **keys}
    return experiment(model=LINEAR, training=training, regularizers=list(regularizers), **keys)


def ends(*regularizers: Any, **keys: Any) -> np.ndarray:
    return run(one_step(regularizers, **keys), task()).weights.astype(np.float64)


START = one_step().network.layout.initial(0).astype(np.float64)


def gradient(w: np.ndarray) -> np.ndarray:
    """Return the gradient of the mean cross entropy by its formula, as (weights, biases)."""
    data = task().parts["train"]
    logits = data.x @ w[W].reshape(4, 3) + w[12:]
    p = np.exp(logits - logits.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True) - np.eye(3)[data.y]
    return np.concatenate([(data.x.T @ p).ravel(), p.sum(0)]) / len(p)


def of_weights(values: np.ndarray) -> np.ndarray:
    """Return (P,): the values for the weights, 0 for the biases."""
    return np.concatenate([values, np.zeros(3)])


@pytest.mark.parametrize(
    ("entry", "slope_of"),
    [
        ({"l1": 0.3}, lambda w: 0.3 * np.sign(w)),
        ({"l2": 0.7}, lambda w: 0.7 * w),
        ({"elastic_net": {"l1": 0.3, "l2": 0.7}}, lambda w: 0.3 * np.sign(w) + 0.7 * w),
    ],
)
def test_penalties_pull_at_the_weights_alone(entry: dict[str, Any], slope_of: Any) -> None:
    wanted = START - RATE * (gradient(START) + of_weights(slope_of(START[W])))
    np.testing.assert_allclose(ends(entry), wanted, atol=1e-6)


def test_the_penalty_has_a_column_and_the_losses_are_clean() -> None:
    entries = [{"l1": 0.3}, {"l2": 0.7}]
    plain, ran = (run(one_step(each), task()) for each in ((), entries))
    w = ran.weights[W].astype(np.float64)
    [row] = ran.rows
    assert row["penalty"] == pytest.approx(0.3 * np.abs(w).sum() + 0.35 * (w @ w), rel=1e-6)
    at_start = 0.3 * np.abs(START[W]).sum() + 0.35 * (START[W] @ START[W])
    assert ran.losses[0] == pytest.approx(plain.losses[0] + at_start, rel=1e-6)
    assert row["batch_loss"] == ran.losses[0]
    assert "penalty" not in plain.rows[0]
    again = run(one_step(entries, optimizer={"sgd": 1e-30}), task())
    clean = run(one_step(optimizer={"sgd": 1e-30}), task())
    assert again.rows[0]["validation_loss"] == clean.rows[0]["validation_loss"]


def test_decay_is_before_the_step_and_apart_from_it() -> None:
    wanted = START - RATE * gradient(START) - of_weights(RATE * 0.5 * START[W])
    np.testing.assert_allclose(ends({"weight_decay": 0.5}), wanted, atol=1e-6)


def test_decay_beside_adam_is_adamw() -> None:
    """To the bit, with a schedule and groups too."""
    keys: dict[str, Any] = {"schedule": "cosine"}
    groups = {"dense_2.*": {"weight_decay": 0.3}}
    keys["training"] = {"epochs": 4, "batch_size": 8, "parameter_groups": groups}
    settings = {"learning_rate": 0.02}
    one = experiment(optimizer={"adam": settings}, regularizers=[{"weight_decay": 0.1}], **keys)
    other = experiment(optimizer={"adamw": settings | {"weight_decay": 0.1}}, **keys)
    assert one.regions == other.regions
    np.testing.assert_array_equal(run(one, task()).weights, run(other, task()).weights)


@pytest.mark.parametrize(
    "key", ["adam", "momentum"], ids=["AdamW's way", "SGD's, multiplied by hand"]
)
def test_decay_goes_pytorch_s_way(key: str) -> None:
    with np.load(GOLDEN) as golden:
        weights, wanted = golden["decay/start"], golden[f"decay/{key}"]
        curves, phases = golden["decay/curves"], golden["decay/phases"]
    cuts = [0, *np.cumsum([int(np.prod(shape)) for shape in TENSORS.values()]).tolist()]
    places = dict(zip(TENSORS, pairwise(cuts), strict=True))
    tensors = {name: weights[a:b].reshape(TENSORS[name]) for name, (a, b) in places.items()}
    found = np.empty_like(weights)
    optimizer = make_optimizer(key, learning_rate=0.01)
    updater = Updater(optimizer, weights, found, [Region(0, len(weights), weight_decay=0.3)])
    for step, phase in enumerate(phases, start=1):
        found[:] = np.concatenate([g.ravel() for g in slope(tensors, curves, phase).values()])
        updater.step(0.01, step)
    assert len(phases) == 50
    assert np.abs(weights - wanted).max() <= 1e-13 * np.abs(wanted).max()


def test_max_norm_follows_the_update() -> None:
    moved = START - RATE * gradient(START)
    columns = moved[W].reshape(4, 3)
    norms = np.linalg.norm(columns, axis=0)
    limit = float(np.median(norms))
    columns *= np.minimum(1, limit / norms)
    np.testing.assert_allclose(ends({"max_norm": limit}), moved, atol=1e-6)


def noise(kind: str, step: int = 1) -> np.ndarray:
    """Return what the tensors draw, (P,)."""
    names = {"dense_1.weight": 12, "dense_1.bias": 3}
    return np.concatenate(
        [
            stream(0, kind, name, step).standard_normal(size, dtype=np.float32)
            for name, size in names.items()
        ]
    ).astype(np.float64)


@pytest.mark.parametrize("relative", [False, True])
def test_weight_noise_is_there_for_the_passes_and_gone_before_the_update(relative: bool) -> None:
    sd = 0.2 * (START[W].std() if relative else 1)
    n = of_weights(sd * noise("weight_noise")[W])
    wanted = START - RATE * (gradient(START + n) + of_weights(0.7 * START[W]))
    found = ends({"weight_noise": {"sd": 0.2, "relative": relative}}, {"l2": 0.7})
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    frozen = {"steps": 1, "batch_size": "full", "parameter_groups": {"*": {"rate": 0}}}
    np.testing.assert_array_equal(ends({"weight_noise": 0.2}, training=frozen), START)


def test_weight_noise_climbs_with_sam() -> None:
    n = of_weights(0.2 * noise("weight_noise")[W])
    g = gradient(START + n)
    wanted = START - RATE * gradient(START + 0.3 * g / np.linalg.norm(g) + n)
    np.testing.assert_allclose(ends({"sam": 0.3}, {"weight_noise": 0.2}), wanted, atol=1e-6)


def test_gradient_noise_comes_after_clipping() -> None:
    g = gradient(START)
    g *= 0.01 / np.linalg.norm(g)
    wanted = START - RATE * (g + 0.3 * noise("gradient_noise"))
    found = ends({"gradient_noise": 0.09}, training={"clip_norm": 0.01})
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_run_that_weight_noise_breaks_says_where_and_keeps_the_weights() -> None:
    chosen = experiment(regularizers=[{"weight_noise": {"sd": 1e38, "layers": "dense_2"}}])
    with (
        np.errstate(all="ignore"),
        pytest.raises(Diverged, match=r"at step 1, .* It began in the layer dense_2"),
    ):
        run(chosen, task())


@pytest.mark.parametrize(
    "entry",
    [
        {"l1": {"strength": 0.3}},
        {"l2": {"strength": 0.3}},
        {"elastic_net": {"l1": 0.3, "l2": 0.3}},
        {"weight_decay": {"decay": 0.3}},
        {"max_norm": {"limit": 0.3}},
        {"weight_noise": {"sd": 0.3}},
    ],
    ids=lambda entry: next(iter(entry)),
)
def test_layers_name_whose_weights(entry: dict[str, Any]) -> None:
    [(kind, settings)] = entry.items()

    def only(*layers: str) -> np.ndarray:
        more = {"layers": list(layers)} if layers else {}
        return run(
            experiment(
                model=[{"dense": 6}, "tanh", {"dense": "classes"}],
                regularizers=[{kind: settings | more}],
                training={"steps": 1, "batch_size": "full"},
            ),
            task(),
        ).weights

    np.testing.assert_array_equal(only(), only("dense_*"))
    np.testing.assert_array_equal(only(), only("dense_1", "dense_2"))
    assert (only() != only("dense_1")).any()
    with pytest.raises(ConfigError) as caught:
        only("dense_1", "conv*")
    [fault] = caught.value.faults
    assert fault.path == f"regularizers.0.{kind}.layers"
    assert (fault.given, fault.remedy) == ("conv*", "Names: dense_1, dense_2")
