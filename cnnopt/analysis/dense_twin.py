"""The same network with dense layers for its convolutions: what sharing weights saves."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnnopt.analysis.inside import leaves
from cnnopt.layers import Bias, Conv
from cnnopt.network import Network


@dataclass(frozen=True)
class DenseTwin:
    """A network that computes all that the convolutions can, without sharing.

    Attributes:
        parameters: in all.
        multiply_adds: of one example's forward pass.
        convolutions: how many layers were replaced.
    """

    parameters: int
    multiply_adds: int
    convolutions: int


def dense_twin(network: Network) -> DenseTwin:
    """Return what the network would cost if each convolution had a weight for every input and
    every output of its own, and a bias for every output."""
    parameters, work, replaced = network.parameters, network.multiply_adds, 0
    convolved = set()
    for node in network.nodes:
        for leaf in leaves(node):
            own = sum(prod(p.shape) for p in leaf.layer.parameters(leaf.x) if p.trains)
            if isinstance(leaf.layer, Conv):
                pairs = prod(leaf.x) * prod(leaf.y)
                parameters += pairs - own
                work += pairs - leaf.layer.multiply_adds(leaf.x)
                replaced += 1
                convolved.add(leaf.name)
            elif isinstance(leaf.layer, Bias) and leaf.name in convolved:
                parameters += prod(leaf.y) - own
    return DenseTwin(parameters, work, replaced)
