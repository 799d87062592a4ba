"""The dense twin costs what a network costs whose convolutions really are dense layers."""

from math import prod

import pytest
from analysed import nested, plain

from cnnopt.analysis.dense_twin import dense_twin
from cnnopt.analysis.inside import leaves
from cnnopt.layers import Bias, Conv, Dense, Relu
from cnnopt.network import Network


def rebuilt(network: Network) -> tuple[int, int]:
    """Count parameters and work after putting a dense layer for each convolution."""
    parameters = work = 0
    kinds: dict[str, type] = {}
    for node in network.nodes:
        for leaf in leaves(node):
            kinds.setdefault(leaf.name, type(leaf.layer))
            layer, x = leaf.layer, leaf.x
            if isinstance(layer, Conv):
                layer, x = Dense(prod(leaf.y)), (prod(leaf.x),)
            elif isinstance(layer, Bias) and kinds[leaf.name] is Conv:
                x = (prod(leaf.x),)
            parameters += sum(prod(p.shape) for p in layer.parameters(x) if p.trains)
            work += layer.multiply_adds(x)
    return parameters, work


@pytest.mark.parametrize("network", [plain(), nested()], ids=["plain", "nested"])
def test_the_twin_costs_what_dense_layers_cost(network: Network) -> None:
    twin = dense_twin(network)
    assert (twin.parameters, twin.multiply_adds) == rebuilt(network)
    assert twin.parameters > network.parameters


def test_by_hand() -> None:
    """4 inputs, 2 outputs: 8 weights and 2 biases for 3 shared weights and 1 shared bias."""
    network = Network.of((4, 1), [("conv", Conv(1, (3,))), ("conv", Bias()), ("relu", Relu())])
    assert network.parameters == 4
    twin = dense_twin(network)
    assert (twin.parameters, twin.multiply_adds, twin.convolutions) == (10, 8, 1)


def test_a_network_without_convolutions_is_its_own_twin() -> None:
    network = Network.of((4,), [("dense", Dense(3)), ("dense", Bias())])
    twin = dense_twin(network)
    assert (twin.parameters, twin.convolutions) == (network.parameters, 0)
