"""Clipping, parameter groups, sharpness-aware steps, averages: against steps made by hand."""

from typing import Any

import numpy as np
import pytest
from training_problems import LINEAR, experiment, run, task

from cnnopt.build import Experiment
from cnnopt.config import load_config
from cnnopt.errors import ConfigError
from cnnopt.training.events import EpochDone

RATE = 0.1
LAYOUT = {"dense_1.weight": slice(0, 12), "dense_1.bias": slice(12, 15)}


def one_step(steps: int = 1, **keys: Any) -> Experiment:
    """Return SGD on a linear model with all examples in each batch."""
    training = {"steps": steps, "batch_size": "full", "shuffle": "never"}
    training |= keys.pop("training", {})
    return experiment(model=LINEAR, optimizer={"sgd": RATE}, training=training, **keys)


def ends(*args: Any, **keys: Any) -> np.ndarray:
    return run(one_step(*args, **keys), task()).weights.astype(np.float64)


START = one_step().network.layout.initial(0).astype(np.float64)


def gradient(w: np.ndarray) -> np.ndarray:
    """Return the gradient of the mean cross entropy by its formula, as (weights, biases)."""
    data = task().parts["train"]
    logits = data.x @ w[:12].reshape(4, 3) + w[12:]
    p = np.exp(logits - logits.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True) - np.eye(3)[data.y]
    return np.concatenate([(data.x.T @ p).ravel(), p.sum(0)]) / len(p)


def test_plain_step() -> None:
    np.testing.assert_allclose(ends(), START - RATE * gradient(START), atol=1e-6)


def test_names_lie_where_the_test_says() -> None:
    slots = one_step().network.layout.slots
    assert {slot.name: slice(slot.start, slot.stop) for slot in slots} == LAYOUT


@pytest.mark.parametrize("most", [1e-3, 0.1, 1e3])
def test_clip_norm_shortens_and_keeps_the_direction(most: float) -> None:
    g = gradient(START)
    g *= min(1.0, most / np.linalg.norm(g))
    found = ends(training={"clip_norm": most})
    np.testing.assert_allclose(found - START, -RATE * g, rtol=1e-3, atol=1e-7)


def test_clip_value_comes_before_clip_norm() -> None:
    g = np.clip(gradient(START), -0.05, 0.05)
    np.testing.assert_allclose(
        ends(training={"clip_value": 0.05}) - START, -RATE * g, rtol=1e-3, atol=1e-7
    )
    g *= 0.1 / np.linalg.norm(g)
    both = ends(training={"clip_value": 0.05, "clip_norm": 0.1})
    np.testing.assert_allclose(both - START, -RATE * g, rtol=1e-3, atol=1e-7)


def test_groups_have_rates_and_decays_of_their_own() -> None:
    g = gradient(START)
    groups = {"*.bias": {"rate": 3}, "dense_*": {"weight_decay": 0.5}, "*": {"rate": 99}}
    wanted = START - RATE * g
    wanted[12:] -= RATE * 2 * g[12:]  # the first pattern counts
    wanted[:12] -= RATE * 0.5 * START[:12]
    found = ends(training={"parameter_groups": groups})
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_rate_of_0_freezes() -> None:
    found = ends(7, training={"parameter_groups": {"dense_1.weight": {"rate": 0}}})
    np.testing.assert_array_equal(found[:12], START[:12])
    assert (found[12:] != START[12:]).all()


def test_biases_do_not_decay() -> None:
    settings = {"learning_rate": RATE, "weight_decay": 0.5}
    plain, decayed = (
        run(
            experiment(
                model=LINEAR,
                initial={"weights": "he", "bias": {"constant": 1}},
                optimizer={"adamw": settings | {"weight_decay": decay}},
                training={"steps": 1, "batch_size": "full"},
            ),
            task(),
        ).weights
        for decay in (0.0, 0.5)
    )
    np.testing.assert_array_equal(plain[12:], decayed[12:])
    np.testing.assert_allclose(plain[:12] - decayed[:12], RATE * 0.5 * START[:12], atol=1e-6)


def test_sam_takes_the_gradient_up_the_slope() -> None:
    g = gradient(START)
    wanted = START - RATE * gradient(START + 0.3 * g / np.linalg.norm(g))
    np.testing.assert_allclose(ends(regularizers=[{"sam": 0.3}]), wanted, atol=1e-6)


def test_sam_leaves_running_means_and_masks_alone() -> None:
    """With a rate near 0 nothing moves but the running means: as often as without SAM."""
    model = [{"dense": 5}, "batch_norm", "relu", {"dropout": 0.5}, {"dense": "classes"}]
    keys: dict[str, Any] = {"model": model, "optimizer": {"sgd": 1e-30}}
    plain = run(experiment(**keys), task())
    sam = run(experiment(**keys, regularizers=[{"sam": 2.0}]), task())
    np.testing.assert_allclose(plain.weights, sam.weights, rtol=0, atol=1e-25)
    assert plain.losses == sam.losses


def test_sam_and_a_penalty_climb_together() -> None:
    def whole(w: np.ndarray) -> np.ndarray:
        g = gradient(w)
        g[:12] += 0.7 * w[:12]
        return g

    g = whole(START)
    wanted = START - RATE * whole(START + 0.3 * g / np.linalg.norm(g))
    found = ends(regularizers=[{"sam": 0.3}, {"l2": 0.7}])
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_ema_starts_at_the_first_weights_and_forgets() -> None:
    path = [run(one_step(steps), task()).weights for steps in (1, 2, 3)]
    average = 0.8 * (0.8 * path[0] + 0.2 * path[1]) + 0.2 * path[2]
    ran = run(one_step(3, regularizers=[{"average_weights": {"ema": 0.8}}]), task())
    np.testing.assert_allclose(ran.training.state.measured, average, atol=1e-6)
    np.testing.assert_array_equal(ran.weights, path[2])


def test_swa_is_the_mean_of_the_rows_after_its_start() -> None:
    whole = run(experiment(), task())
    path = [snapshot.arrays["weights"] for snapshot in whole.snapshots]
    for start, count in ((0.0, 4), (0.25, 3), (0.5, 2), (0.9, 1)):
        rule = [{"average_weights": {"swa": start}}]
        ran = run(experiment(regularizers=rule), task())
        np.testing.assert_allclose(
            ran.training.state.measured, np.mean(path[-count:], axis=0), atol=1e-6
        )
        # Before, rows measure the weights themselves.
        assert ran.rows[: 4 - count] == whole.rows[: 4 - count]


@pytest.mark.parametrize("select", ["best", "last"])
def test_the_average_is_what_is_measured_selected_and_given_out(select: str) -> None:
    training = {"epochs": 4, "batch_size": 8, "select": select}
    keys: dict[str, Any] = {"training": training, "optimizer": {"sgd": 0.5}}
    rule = [{"average_weights": {"ema": 0.9}}]
    plain, ran = (run(experiment(**keys, regularizers=each), task()) for each in ([], rule))
    assert plain.losses == ran.losses  # training goes its own way
    assert plain.rows != ran.rows
    row = ran.training.selected_row
    chosen = ran.snapshots[row - 1].arrays["average"]
    np.testing.assert_array_equal(ran.training.selected_weights, chosen)
    best = [e.best for e in ran.events if isinstance(e, EpochDone)]
    if select == "best":
        assert best[row - 1]


@pytest.mark.parametrize(
    ("keys", "path", "said"),
    [
        ({"training": {"epochs": 1, "clip_norm": 0}}, "training.clip_norm", "greater than 0"),
        ({"training": {"epochs": 1, "parameter_groups": {"nothing*": {"rate": 1}}}},
         "training.parameter_groups", "must match a parameter's name"),
        ({"training": {"epochs": 1, "parameter_groups": {"*": {"rat": 1}}}},
         "training.parameter_groups", "unknown key rat"),
        ({"training": {"epochs": 1, "parameter_groups": {"*": {"rate": -1}}}},
         "training.parameter_groups", "at least 0"),
        ({"training": {"epochs": 1, "parameter_groups": {}}},
         "training.parameter_groups", "must be patterns"),
        ({"regularizers": ["average_weights"]}, "regularizers.0.average_weights", "either"),
        ({"regularizers": [{"average_weights": {"ema": 0.9, "swa": 0.5}}]},
         "regularizers.0.average_weights", "either"),
        ({"regularizers": [{"sam": 0}]}, "regularizers.0.sam.rho", "greater than 0"),
    ],
)  # fmt: skip
def test_faults(keys: dict[str, Any], path: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        experiment(**keys)
    [fault] = caught.value.faults
    assert fault.path == path
    assert said in str(fault)


def test_groups_survive_the_long_form() -> None:
    config = {
        "name": "small",
        "dataset": "digits",
        "model": ["flatten", {"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "sgd",
        "training": {"parameter_groups": {"*.bias": {"rate": 2}}},
    }
    loaded = load_config(config)
    assert load_config(loaded.resolved()) == loaded
    assert loaded.resolved()["training"]["parameter_groups"] == {"*.bias": {"rate": 2.0}}
