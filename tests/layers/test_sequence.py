"""How layers share memory in a row: in place where nobody reads the input again, else not."""

import numpy as np
import pytest

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import Bias, Dense, Dropout, Flatten, Layer, Relu, Tanh
from cnnopt.layers.sequence import Ends, Node, Step, plan_sequence


def planned(
    layers: list[Layer], x: Array, dx: Array | None, *, training: bool = True
) -> tuple[Step, ...]:
    nodes, shape = [], x.shape[1:]
    for number, layer in enumerate(layers):
        nodes.append(Node(f"n{number}", layer, shape))
        shape = layer.output_shape(shape)
    return plan_sequence(nodes, Ends(x, dx), Buffers(x.dtype), training)


def test_bias_and_relu_work_on_the_output_of_the_matrix_product() -> None:
    dense, bias, relu = planned([Dense(4), Bias(), Relu()], np.zeros((2, 3)), None)
    assert not np.shares_memory(dense.wires.y, dense.wires.x)
    assert relu.wires.y is bias.wires.y is dense.wires.y
    assert relu.wires.dy is bias.wires.dy is dense.wires.dy
    assert dense.wires.dx is None


@pytest.mark.parametrize("between", [[], [Flatten()]])
def test_nothing_overwrites_an_output_that_is_read_again(between: list[Layer]) -> None:
    steps = planned([Dense(4), Tanh(), *between, Dropout(0.5)], np.zeros((2, 3)), None)
    assert not np.shares_memory(steps[-1].wires.y, steps[1].wires.y)
    inference = planned(
        [Dense(4), Tanh(), *between, Relu()], np.zeros((2, 3)), None, training=False
    )
    assert np.shares_memory(inference[-1].wires.y, inference[0].wires.y)


def test_no_backward_pass_before_the_first_weights() -> None:
    steps = planned([Relu(), Flatten(), Tanh(), Dense(2)], np.zeros((2, 3)), None)
    assert [step.wires.dy is None for step in steps] == [True, True, True, False]
    assert all(step.wires.dx is None for step in steps)


def test_inference_leaves_out_what_only_trains_and_plans_no_gradient() -> None:
    steps = planned([Dense(4), Dropout(0.5), Relu()], np.zeros((2, 3)), None, training=False)
    assert [type(step.node.layer) for step in steps] == [Dense, Relu]
    assert all(step.wires.dy is None and step.wires.dx is None for step in steps)


def test_flatten_is_a_view_both_ways() -> None:
    x, dx = np.zeros((2, 3, 4)), np.zeros((2, 3, 4))
    (step,) = planned([Flatten()], x, dx)
    assert step.wires.y.shape == (2, 12)
    assert np.shares_memory(step.wires.y, x)
    assert step.wires.dy is not None
    assert np.shares_memory(step.wires.dy, dx)


def test_what_others_read_is_left_alone_and_only_that() -> None:
    nodes = [Node("a", Flatten(), (3,)), Node("b", Relu(), (3,)), Node("c", Bias(), (3,))]
    for training in (True, False):
        x = np.zeros((2, 3))
        view, relu, bias = plan_sequence(nodes, Ends(x, keeps_x=True), Buffers("f8"), training)
        assert np.shares_memory(view.wires.y, x)
        assert not np.shares_memory(relu.wires.y, x)
        assert np.shares_memory(bias.wires.y, relu.wires.y) == (not training)
        free = plan_sequence(nodes, Ends(x), Buffers("f8"), training)
        assert np.shares_memory(free[1].wires.y, x)
