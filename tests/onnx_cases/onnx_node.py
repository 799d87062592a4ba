"""ONNX's own cases of single operators, and what an adapter needs to run one with our layers."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import Layer
from cnnopt.layers.sequence import Ends, Node, Step, plan_sequence


class Unsupported(Exception):
    """The case asks for what no layer offers; the reason stands in the report."""


@dataclass(frozen=True)
class Case:
    """One node with its inputs and outputs, as ONNX has them: channels second.

    Attributes:
        name: of the case, such as `test_maxpool_2d_pads`.
        operator: such as `MaxPool`.
        attributes: settings by name; text as str, lists as lists.
        inputs: arrays; None for an optional one that is left out.
        outputs: what has to come out.
        rtol: relative tolerance that ONNX allows.
        atol: absolute tolerance that ONNX allows.
    """

    name: str
    operator: str
    attributes: dict[str, Any]
    inputs: list[np.ndarray | None]
    outputs: list[np.ndarray]
    rtol: float
    atol: float

    def input(self, number: int) -> np.ndarray:
        """Return an input that has to be there."""
        found = self.inputs[number]
        assert found is not None
        return found

    def get(self, name: str, otherwise: Any) -> Any:
        """Return an attribute, or what the standard puts in its place."""
        return self.attributes.get(name, otherwise)

    def refuse(self, *names: str) -> None:
        """Raise `Unsupported` where one of these attributes stands in the node."""
        for name in names:
            if name in self.attributes:
                raise Unsupported(f"no layer has the setting {name}")


Adapter = Callable[[Case], Sequence[np.ndarray]]
"""Returns the outputs in ONNX's order; the last ones may be left out where no layer has them."""


@cache
def cases_of(operators: frozenset[str]) -> dict[str, list[Case]]:
    """Return by operator all cases of one node that ONNX's test loader gives."""
    import onnx
    from onnx.backend.test.loader import load_model_tests

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # making the cases overflows on purpose
        tests = load_model_tests(kind="node")
    found: dict[str, list[Case]] = {name: [] for name in sorted(operators)}
    for test in tests:
        nodes = test.model.graph.node
        if len(nodes) != 1 or nodes[0].op_type not in operators:
            continue  # the same cases written out in simpler operators have more nodes
        node = nodes[0]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        for name, value in attributes.items():
            attributes[name] = value.decode() if isinstance(value, bytes) else value
        for inputs, outputs in test.data_sets:
            given = iter(inputs)
            found[node.op_type].append(
                Case(
                    test.name,
                    node.op_type,
                    attributes,
                    [next(given) if name else None for name in node.input],
                    list(outputs),
                    test.rtol,
                    test.atol,
                )
            )
    return found


def channels_last(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, 1, -1)


def channels_second(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, -1, 1)


@dataclass(frozen=True)
class Run:
    """Outputs of some layers, and their plan to look into."""

    y: np.ndarray
    steps: tuple[Step, ...]
    dx: np.ndarray | None


def run(
    layers: Sequence[tuple[Layer, tuple[np.ndarray, ...]]],
    x: np.ndarray,
    dy: np.ndarray | None = None,
    *,
    training: bool = False,
) -> Run:
    """Run layers with their parameters on `x` (B, *shape), channels last; back too from a `dy`."""
    if x.dtype.kind != "f":
        raise Unsupported(f"layers compute in floating point, not in {x.dtype}")
    make = Buffers(x.dtype)
    nodes, shape = [], x.shape[1:]
    for layer, _ in layers:
        nodes.append(Node(type(layer).__name__, layer, shape))
        shape = layer.output_shape(shape)
    start: Array = make(x.shape)
    training = training or dy is not None
    dx = make(x.shape) if training else None
    steps = plan_sequence(nodes, Ends(start, dx), make, training)
    np.copyto(start, x)
    for step, (layer, parameters) in zip(steps, layers, strict=True):
        layer.forward(step.space, parameters)
    y = steps[-1].wires.y.copy()
    if dy is not None and steps[-1].wires.dy is not None:
        np.copyto(steps[-1].wires.dy, dy)
        for step, (layer, parameters) in zip(steps[::-1], layers[::-1], strict=True):
            layer.backward(step.space, parameters, tuple(np.empty_like(p) for p in parameters))
    return Run(y, steps, dx)
