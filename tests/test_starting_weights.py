"""Initial weights of a config: their spread, and the same numbers in every arm of a comparison."""

from typing import Any

import numpy as np
import pytest

from cnnopt.arrays import Array
from cnnopt.build import build
from cnnopt.config import load_config


def parameters(model: list[Any], *, seed: int = 0, **keys: Any) -> dict[str, Array]:
    """Return the initial parameters by name, for images of 8 x 8 and 10 classes."""
    config = {
        "name": "small",
        "dataset": "digits",
        "model": model,
        "loss": "cross_entropy",
        "optimizer": "sgd",
    }
    layout = build(load_config(config | keys), (8, 8, 1), 10, True).network.layout
    return layout.named(layout.initial(seed, np.float64))


def conv(**settings: Any) -> dict[str, Any]:
    return {"conv2d": {"filters": 4, "kernel": 3} | settings}


END = ["flatten", {"dense": "classes"}]

# rule for weights, standard deviation for fan-in 9·16 = 144 and fan-out 9·64 = 576
SPREADS = [
    ("he", np.sqrt(2 / 144)),
    ("lecun", np.sqrt(1 / 144)),
    ("glorot", np.sqrt(2 / (144 + 576))),
    ({"normal": 0.3}, 0.3),
    ({"truncated_normal": 0.05}, 0.05 * 0.87963),
    ("orthogonal", 1 / np.sqrt(144)),
]


@pytest.mark.parametrize(("rule", "sd"), SPREADS, ids=str)
@pytest.mark.parametrize("where", ["network", "layer"])
def test_initial_weights(rule: Any, sd: float, where: str) -> None:
    """Given for the network or for the layer; fan-in and fan-out count kernel positions."""
    own = {"initial": rule} if where == "layer" else {}
    keys = {"initial": {"weights": rule}} if where == "network" else {}
    model = [conv(filters=16), conv(filters=64, **own), *END]
    found = parameters(model, **keys)
    weight = found["conv2d_2.weight"]
    assert weight.shape == (3, 3, 16, 64)
    assert abs(weight.mean()) < 5 * sd / np.sqrt(weight.size)
    assert weight.std() == pytest.approx(sd, rel=5 / np.sqrt(2 * weight.size))
    if where == "layer":
        first = found["conv2d_1.weight"]
        assert first.std() == pytest.approx(np.sqrt(2 / 9), rel=5 / np.sqrt(2 * first.size))


def test_initial_biases() -> None:
    model = [conv(), conv(bias={"constant": 2}), conv(bias=False), *END]
    found = parameters(model)
    assert not found["conv2d_1.bias"].any()
    assert (found["conv2d_2.bias"] == 2).all()
    assert "conv2d_3.bias" not in found
    found = parameters(model, initial={"weights": "he", "bias": {"constant": 0.5}})
    assert (found["conv2d_1.bias"] == 0.5).all()
    assert (found["conv2d_2.bias"] == 2).all()
    assert (found["dense_1.bias"] == 0.5).all()


SMALL = [conv(padding="same"), "relu", {"max_pool2d": 2}, "flatten", {"dense": "classes"}]
VARIANTS: dict[str, list[Any]] = {
    "dropout before the last layer": [*SMALL[:4], {"dropout": 0.5}, SMALL[4]],
    "another activation": [SMALL[0], "tanh", *SMALL[2:]],
    "average pooling": [*SMALL[:2], {"avg_pool2d": 2}, *SMALL[3:]],
    "a convolution that has a name, in between": [
        *SMALL[:2],
        conv(name="added", padding="same"),
        *SMALL[2:],
    ],
    "no bias": [conv(padding="same", bias=False), *SMALL[1:]],
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_same_seed_same_weights_whatever_is_changed_elsewhere(variant: str) -> None:
    """Arms of a comparison start from the same numbers."""
    base, other = parameters(SMALL), parameters(VARIANTS[variant])
    shared = base.keys() & other.keys()
    assert {"conv2d_1.weight", "dense_1.weight"} <= shared
    for name in shared:
        np.testing.assert_array_equal(other[name], base[name])


def test_another_seed_or_another_layer_gives_other_weights() -> None:
    model = ["flatten", {"dense": 64}, "relu", {"dense": 64}, "relu", {"dense": "classes"}]
    found, other = parameters(model), parameters(model, seed=1)
    assert (found["dense_1.weight"] != other["dense_1.weight"]).all()
    assert (found["dense_1.weight"] != found["dense_2.weight"]).all()
