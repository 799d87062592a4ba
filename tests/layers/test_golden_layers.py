"""Layers, cross entropy and a network against PyTorch's, stored by tests/golden/write_layers.py."""

import numpy as np
import pytest
from golden.golden_settings import BATCH, CONVOLUTIONS, FILTERS, LAYERS, POOLS
from harness import Case, Inputs, Runner, error

from cnnopt.arrays import Shape
from cnnopt.buffers import Buffers
from cnnopt.layers import AvgPool, Bias, Conv, Dense, Flatten, Layer, MaxPool, Relu, Tanh
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network

CASES: dict[str, tuple[Layer, Shape]] = {
    **{
        name: (Conv(FILTERS, kernel, stride, pads), shape)
        for name, (shape, kernel, stride, pads) in CONVOLUTIONS.items()
    },
    **{f"max_{name}": (MaxPool(k, s), shape) for name, (shape, k, s) in POOLS.items()},
    **{f"avg_{name}": (AvgPool(k, s), shape) for name, (shape, k, s) in POOLS.items()},
    "dense": (Dense(4), (6,)),
    "tanh": (Tanh(), (7,)),
    "relu": (Relu(), (7,)),
}
TOLERANCE = 1e-10


def golden(case: str) -> dict[str, np.ndarray]:
    with np.load(LAYERS) as file:
        names = [name for name in file.files if name.startswith(f"{case}/")]
        return {name.removeprefix(f"{case}/"): file[name] for name in names}


def test_everything_stored_is_compared() -> None:
    with np.load(LAYERS) as file:
        stored = {name.split("/")[0] for name in file.files}
    assert stored == {*CASES, "cross_entropy", "network"}


def nothing(*arrays: np.ndarray) -> np.ndarray:
    raise AssertionError("PyTorch is the oracle here")


@pytest.mark.parametrize("name", CASES)
def test_layers_give_pytorchs_numbers(name: str) -> None:
    layer, shape = CASES[name]
    wanted = golden(name)
    assert wanted["x"].shape == (BATCH, *shape)
    parameters = (wanted["weight"],) if "weight" in wanted else ()
    found = Runner(Case(name, layer, shape, nothing, nothing), BATCH, "float64").run(
        Inputs(wanted["x"], parameters, wanted["dy"], ())
    )
    assert found.dx is not None
    assert error(found.y, wanted["y"]) <= TOLERANCE
    assert error(found.dx, wanted["dx"]) <= TOLERANCE
    for gradient in found.gradients:
        assert error(gradient, wanted["dweight"]) <= TOLERANCE


def test_cross_entropy_gives_pytorchs_numbers() -> None:
    wanted = golden("cross_entropy")
    y, dy, losses = wanted["y"], np.empty_like(wanted["y"]), np.empty(len(wanted["y"]))
    loss = CrossEntropy()
    loss.gradient(loss.plan(y, dy, Buffers("f8")), wanted["targets"], wanted["scale"], losses)
    assert error(losses, wanted["losses"]) <= TOLERANCE
    assert error(dy, wanted["dy"]) <= TOLERANCE
    assert error(loss.values(y, wanted["targets"]), wanted["losses"]) <= TOLERANCE


def test_a_network_gives_pytorchs_numbers() -> None:
    wanted = golden("network")
    network = Network.of(
        (6, 6, 2),
        [
            ("conv", Conv(4, (3, 3), padding="same")),
            ("conv", Bias()),
            ("relu", Relu()),
            ("pool", MaxPool((2, 2))),
            ("flatten", Flatten()),
            ("dense", Dense(5)),
            ("dense", Bias()),
        ],
    )
    weights, gradient = np.empty(network.parameters), np.empty(network.parameters)
    for name, parameter in network.layout.named(weights).items():
        parameter[...] = wanted[name]
    loss = CrossEntropy()
    plan = network.training_plan(loss, 6, weights, gradient)
    with Crew() as crew:
        value = plan.run(
            crew, wanted["x"], loss.targets(wanted["classes"], 5, "f8"), wanted["scale"]
        )
        outputs = network.inference_plan(6, weights).run(crew, wanted["x"])
        assert error(outputs, wanted["y"]) <= TOLERANCE
    assert value == pytest.approx(float(wanted["loss"]), rel=TOLERANCE)
    for name, found in network.layout.named(gradient).items():
        assert error(found, wanted[f"d{name}"]) <= TOLERANCE, name
