"""Right gradients pass, whatever the layer; a wrong one fails, and it alone."""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest
from analysed import nested, plain

from cnnopt.analysis.gradcheck import (
    BATCH,
    MOST_DRAWS,
    TOLERANCE,
    Check,
    GradCheck,
    check_config,
    check_layer,
    check_network,
)
from cnnopt.config import load_config
from cnnopt.files import to_json
from cnnopt.layers import Bias, Conv, Dense, Relu, Tanh
from cnnopt.layers.sequence import Node
from cnnopt.losses import CrossEntropy, SquaredError
from cnnopt.network import Network

LABELS = np.array([0, 4, 2])


def failed(checks: Any) -> list[tuple[str, str]]:
    return [(check.layer, check.tensor) for check in checks if not check.passed]


@pytest.mark.parametrize("network", [plain(), nested()], ids=["plain", "nested"])
@pytest.mark.parametrize("seed", range(3))
def test_whole_networks_pass(network: Network, seed: int) -> None:
    checks = list(check_network(network, CrossEntropy(), LABELS, seed))
    assert not failed(checks), [check for check in checks if not check.passed]
    assert [(c.layer, c.tensor) for c in checks[-2:]] == [
        ("loss", "input"),
        ("network", "all weights"),
    ]
    # A zero on both sides, as of a bias before batch norm, is no divergence of two numbers.
    assert all(check.error < TOLERANCE for check in checks)


def test_squared_errors_pass() -> None:
    network = Network.of((3,), [("dense", Dense(2)), ("dense", Bias()), ("tanh", Tanh())])
    y = np.random.default_rng(0).normal(size=(BATCH, 2))
    assert not failed(check_network(network, SquaredError(), y, 0))


class WrongRelu(Relu):
    """Lets one hundredth too much through."""

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        super().backward(s, parameters, gradients)
        s.dx[...] *= 1.01


class ForgetfulRelu(Relu):
    """Leaves the gradient as it came."""

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        pass


class WrongBias(Bias):
    """Leaves the last example out of the sum."""

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        gradients[0][...] = s.dy2[: -len(s.dy2) // BATCH].sum(axis=0)


class UnwrittenBias(Bias):
    """Writes no gradient at all."""

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        pass


class WrongConv(Conv):
    """Its weight gradient is right but for one number; its input gradient is right."""

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        super().backward(s, parameters, gradients)
        gradients[0][0, 0, 0, 0] += 1e-3


class WrongLoss(CrossEntropy):
    """Forgets the weight of the examples."""

    def gradient(self, s: Any, targets: Any, scale: Any, losses: Any) -> None:
        super().gradient(s, targets, np.ones_like(scale) / BATCH, losses)


@pytest.mark.parametrize(
    ("layer", "wrong"),
    [
        (WrongRelu(), [("double", "input")]),
        (ForgetfulRelu(), [("double", "input")]),
        (WrongBias(), [("double", "bias")]),
        (UnwrittenBias(), [("double", "bias")]),
        (WrongConv(4, (3, 3), padding="same"), [("double", "weight")]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_wrong_backward_pass_fails_and_so_does_the_step(layer: Any, wrong: Any) -> None:
    named = [*((n, one) for n, one in _around(layer))]
    checks = list(check_network(Network.of((5, 5, 2), named), CrossEntropy(), LABELS, 0))
    assert failed(checks) == [*wrong, ("network", "all weights")]
    assert all(check.error > TOLERANCE for check in checks if not check.passed)


def _around(layer: Any) -> list[tuple[str, Any]]:
    from cnnopt.layers import Flatten

    return [
        ("conv", Conv(4, (3, 3))),
        ("double", layer),
        ("flatten", Flatten()),
        ("dense", Dense(5)),
        ("dense", Bias()),
    ]


def test_a_wrong_loss_fails() -> None:
    checks = check_network(plain(), WrongLoss(), LABELS, 0)
    assert ("loss", "input") in failed(checks)


@dataclass(frozen=True)
class Zigzag(Relu):
    """A triangular wave: so many kinks that some draws meet one and others none."""

    spacing: float = 1e-5

    reads_output: ClassVar[bool] = False
    kept: list[Any] = field(default_factory=list, compare=False)

    def forward(self, s: Any, parameters: Any) -> None:
        self.kept[:] = [s.x.copy()]
        place = np.mod(s.x, 2 * self.spacing)
        s.y[...] = np.minimum(place, 2 * self.spacing - place)

    def backward(self, s: Any, parameters: Any, gradients: Any) -> None:
        rising = np.mod(self.kept[0], 2 * self.spacing) < self.spacing
        s.dx[...] = s.dy * np.where(rising, 1, -1)


def test_draws_near_a_kink_are_thrown_away() -> None:
    nodes = (Node("zigzag", Zigzag(), (2,)),)
    found = [next(check_layer("zigzag", nodes, seed)) for seed in range(30)]
    assert not failed(found)
    draws = [check.draws for check in found]
    assert min(draws) == 1
    assert 1 < max(draws) < MOST_DRAWS


def test_a_layer_of_nothing_but_kinks_ends_and_is_judged() -> None:
    nodes = (Node("zigzag", Zigzag(1e-9), (50,)),)
    (check,) = check_layer("zigzag", nodes, 0)
    assert check.draws == MOST_DRAWS
    assert not check.passed


def test_the_seed_moves_the_draws_and_nothing_else_does() -> None:
    one, again, other = (list(check_network(plain(), CrossEntropy(), LABELS, s)) for s in (0, 0, 1))
    assert one == again
    assert one != other


def test_a_config_and_its_document() -> None:
    result = check_config(
        load_config(
            {
                "name": "small",
                "dataset": {"name": "digits", "limit": 300},
                "model": ["flatten", {"dense": 4}, "relu", {"dense": "classes"}],
                "loss": "cross_entropy",
                "optimizer": "adam",
            }
        )
    )
    assert result.passed
    names = ["flatten_1", "dense_1", "dense_1", "dense_1", "relu_1"]
    assert [check.layer for check in result.checks][:5] == names
    document = json.loads(to_json(result.to_json()))
    assert document["command"] == "gradcheck"
    assert document["passed"] is True
    assert len(document["checks"]) == len(result.checks)
    assert set(document["checks"][0]) == set(vars(result.checks[0]))


def test_a_document_of_what_is_not_finite_is_json() -> None:
    check = Check("relu", "input", float("nan"), 1.0, float("inf"), False, 1)
    result = GradCheck("x", 0, BATCH, TOLERANCE, (check,))
    assert not result.passed
    assert json.loads(to_json(result.to_json()))["checks"][0]["analytic"] is None
