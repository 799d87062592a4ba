"""Training health: the figures are those of numpy, and asking for them changes no bit."""

from typing import Any

import numpy as np
import pytest
from training_problems import LINEAR, MLP, Ran, experiment, run, stop_after, task

from cnnopt.arrays import Array
from cnnopt.training import stepper
from cnnopt.training.dead_units import dead_units
from cnnopt.training.events import EpochDone, LayerHealth

FULL = {"epochs": 3, "batch_size": "full", "select": "last"}
RELU_NET: list[Any] = [{"dense": 6}, "relu", {"dropout": 0.3}, {"dense": "classes"}]


def on(training: dict[str, Any] | None = None) -> dict[str, Any]:
    return (training or {"epochs": 4, "batch_size": 8}) | {"health": True}


def healths(ran: Ran) -> list[tuple[LayerHealth, ...]]:
    return [event.health for event in ran.events if isinstance(event, EpochDone)]


def norm(*arrays: Array) -> float:
    return float(np.sqrt(sum(np.sum(array.astype(np.float64) ** 2) for array in arrays)))


# ------------------------------------------------------------------ off, and on


def test_off_nothing_is_measured_or_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("a meter was made")

    monkeypatch.setattr(stepper, "Meter", never)
    ran = run(experiment(), task())
    assert healths(ran) == [()] * 4
    assert all("health" not in snapshot.numbers for snapshot in ran.snapshots)


@pytest.mark.parametrize("model", [MLP, RELU_NET], ids=["tanh", "relu"])
@pytest.mark.parametrize("rules", [[], [{"l2": 0.1}]], ids=["plain", "penalized"])
def test_on_no_bit_of_the_training_changes(model: Any, rules: Any) -> None:
    off, with_health = (
        run(experiment(model=model, regularizers=rules, training=settings), task())
        for settings in ({"epochs": 4, "batch_size": 8}, on())
    )
    assert off.losses == with_health.losses
    assert off.rows == with_health.rows
    for one, other in zip(off.snapshots, with_health.snapshots, strict=True):
        for name, array in one.arrays.items():
            np.testing.assert_array_equal(array, other.arrays[name])


# ------------------------------------------------------------------ gradients and updates


def test_norms_are_those_of_the_steps() -> None:
    """Plain descent moves by rate · gradient, so the weights before and after tell both norms."""
    rate = 0.05
    chosen = experiment(model=MLP, optimizer={"sgd": rate}, training=on(FULL))
    ran = run(chosen, task(validation=0))
    layout = chosen.network.layout
    weights = [layout.initial(0), *(snapshot.arrays["weights"] for snapshot in ran.snapshots)]
    for number, row in enumerate(healths(ran)):
        before, after = (layout.named(flat) for flat in weights[number : number + 2])
        assert [layer.layer for layer in row] == ["dense_1", "dense_2"]
        for layer in row:
            names = [f"{layer.layer}.weight", f"{layer.layer}.bias"]
            update = norm(*(after[name].astype("f8") - before[name] for name in names))
            size = norm(*(before[name] for name in names))
            assert layer.gradient_norm == pytest.approx(update / rate, rel=1e-4)
            assert layer.update_ratio == pytest.approx(update / size, rel=1e-4)
            assert layer.dead is None


def test_a_row_has_the_means_of_its_steps() -> None:
    """Rows of one step each, and the same steps in rows of four."""
    settings = {"steps": 8, "batch_size": 8, "select": "last"}
    each = healths(run(experiment(training=on(settings | {"evaluate_every": 1})), task()))
    together = healths(run(experiment(training=on(settings | {"evaluate_every": 4})), task()))
    assert (len(each), len(together)) == (8, 2)
    for number, row in enumerate(together):
        for place, layer in enumerate(row):
            steps = [one[place] for one in each[4 * number : 4 * number + 4]]
            mean = np.mean([step.gradient_norm for step in steps])
            assert layer.gradient_norm == pytest.approx(float(mean), rel=1e-12)
            ratios = [step.update_ratio for step in steps]
            assert min(ratios) <= layer.update_ratio <= max(ratios)


def test_penalties_are_in_the_gradient() -> None:
    """With weights so large that the loss's own gradient is nothing beside strength · w."""
    model = [{"dense": {"units": "classes", "initial": {"constant": 100}, "bias": False}}]
    settings = on({"steps": 1, "batch_size": 8})
    rules = {"regularizers": [{"l2": 10}], "optimizer": {"sgd": 1e-9}}
    ran = run(experiment(model=model, training=settings, **rules), task())
    (layer,) = healths(ran)[0]
    assert layer.gradient_norm == pytest.approx(10 * 100 * np.sqrt(12), rel=1e-2)


def test_weights_of_zero_have_no_ratio_but_a_gradient() -> None:
    model = [{"dense": {"units": "classes", "initial": {"constant": 0}}}]
    ran = run(experiment(model=model, training=on({"steps": 1, "batch_size": 8})), task())
    (layer,) = healths(ran)[0]
    assert np.isnan(layer.update_ratio)
    assert layer.gradient_norm > 0


@pytest.mark.parametrize("steps", [1, 4, 6, 11])
def test_a_stop_on_the_way_changes_no_figure(steps: int) -> None:
    chosen, data = experiment(model=RELU_NET, training=on()), task()
    whole = healths(run(chosen, data))
    first = run(chosen, data, stop=stop_after(steps))
    second = run(chosen, data, snapshot=first.end.snapshot())
    assert healths(first) + healths(second) == whole


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_change_no_figure(threads: int) -> None:
    chosen = experiment(shape=(8, 8, 3), model=CONV, training=on({"epochs": 2, "batch_size": 16}))
    data = task(shape=(8, 8, 3))
    assert healths(run(chosen, data, threads=threads)) == healths(run(chosen, data))


CONV: list[Any] = [
    {"conv2d": {"filters": 32, "kernel": 3, "padding": "same"}},
    "relu",
    {"conv2d": {"filters": 32, "kernel": 3, "padding": "same"}},
    "relu",
    {"max_pool2d": 2},
    "flatten",
    {"dense": "classes"},
]


# ------------------------------------------------------------------ dead units


def dead_of(model: list[Any], **form: Any) -> dict[str, float | None]:
    ran = run(
        experiment(model=model, training=on({"steps": 1, "batch_size": 8}), **form), task(**form)
    )
    return {layer.layer: layer.dead for layer in healths(ran)[0]}


@pytest.mark.parametrize(("bias", "share"), [(-1e3, 1.0), (1e3, 0.0)])
def test_all_dead_and_none(bias: float, share: float) -> None:
    model = [{"dense": {"units": 6, "bias": {"constant": bias}}}, "relu", {"dense": "classes"}]
    assert dead_of(model) == {"dense_1": None, "relu_1": share, "dense_2": None}


def test_the_share_is_numpy_s() -> None:
    """Of a net with some units dead; measured on the sample, without dropout."""
    model = [
        {"dropout": 0.5},
        {"dense": {"units": 40, "bias": {"constant": -2.5}}},
        "relu",
        *LINEAR,
    ]
    ran = run(experiment(model=model, training=on({"steps": 1, "batch_size": 8})), task())
    named = experiment(model=model).network.layout.named(ran.weights)
    x = ran.training.training_sample.x
    outputs = np.maximum(x @ named["dense_1.weight"] + named["dense_1.bias"], 0)
    wanted = float(np.mean((outputs == 0).all(axis=0)))
    assert 0 < wanted < 1
    (found,) = (layer.dead for layer in healths(ran)[0] if layer.layer == "relu_1")
    assert found == pytest.approx(wanted)


def test_outputs_before_the_pooling_count_though_pooling_runs_first() -> None:
    """A channel's 16 outputs are counted, not the 4 that are left of them."""
    conv = {"conv2d": {"filters": 2, "kernel": 1, "initial": {"constant": 0}, "bias": False}}
    model = [conv, "relu", {"max_pool2d": 2}, "flatten", *LINEAR]
    chosen = experiment(shape=(4, 4, 1), model=model)
    weights = chosen.network.layout.initial(0)
    chosen.network.layout.named(weights)["conv2d_1.weight"][..., 1] = 1
    x = np.zeros((5, 4, 4, 1), np.float32)
    x[3, 1, 2] = 1  # one place of channel 1 lives
    assert dead_units(chosen.network, weights, x) == {"relu_1": pytest.approx(31 / 32)}


@pytest.mark.parametrize("kind", ["leaky_relu", "elu", "gelu", "silu"])
def test_others_of_the_family_do_not_die(kind: str) -> None:
    model = [{"dense": {"units": 6, "bias": {"constant": -3}}}, kind, {"dense": "classes"}]
    assert dead_of(model)[f"{kind}_1"] == 0


def test_rectifiers_inside_other_layers_are_seen() -> None:
    """One of the block's two is dead, of eight outputs each; so is one in a branch."""

    def dense(bias: float) -> dict[str, Any]:
        return {"dense": {"units": 8, "bias": {"constant": bias}}}

    model = [
        {"dense": 8},
        {"residual": [dense(-1e3), "relu", dense(1e3), "relu"]},
        {"parallel": [[dense(-1e6), "relu"], [{"residual": [dense(1e6), "relu"]}], []]},
        {"dense": "classes"},
    ]
    found = dead_of(model)
    assert found["residual_1"] == pytest.approx(0.5)
    assert found["parallel_1"] == pytest.approx(0.5)
    assert found["dense_1"] is None
