"""What the benchmarks say of the workloads, against the engine and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.numpy_side import NumpySide, initial_weights, network_of
from benchmarks.side import BATCHES, apart, batches
from benchmarks.workloads import WORKLOADS, multiply_adds, shape_after, step_operations

NAMES = (
    "regression-mlp digits-cnn digits-cnn-bn mnist1d-cnn mnist-cnn mnist-2c2d cifar-3c3d "
    "cifar-vgg-bn voxel-cnn"
)


def test_there_are_the_nine() -> None:
    assert list(WORKLOADS) == NAMES.split()


@pytest.mark.parametrize("name", WORKLOADS)
def test_shapes_and_costs_are_the_engines(name: str) -> None:
    workload = WORKLOADS[name]
    network = network_of(workload, dropout=True)
    assert sum(multiply_adds(workload)) == network.multiply_adds
    shape = workload.input_shape
    for spec in workload.layers:
        shape = shape_after(spec, shape)
    assert shape == network.output_shape


def test_operations_of_a_step_by_hand() -> None:
    first, second, third = 1 * 64, 64 * 64, 64 * 1
    assert multiply_adds(WORKLOADS["regression-mlp"]) == [first, second, third]
    # Each multiply-addition is two operations; the first layer makes two products, others three.
    by_hand = 64 * 2 * (2 * first + 3 * (second + third))
    assert step_operations(WORKLOADS["regression-mlp"]) == by_hand


@pytest.mark.parametrize("name", ["regression-mlp", "digits-cnn"])
def test_the_batches_are_many_different_and_the_same_on_both_sides(name: str) -> None:
    first, second = list(batches(WORKLOADS[name])), list(batches(WORKLOADS[name]))
    assert len(first) == BATCHES >= 8
    assert len({x.tobytes() for x, _ in first}) == BATCHES
    for (x, y), (x2, y2) in zip(first, second, strict=True):
        np.testing.assert_array_equal(x, x2)
        np.testing.assert_array_equal(y, y2)


def test_tensors_are_apart_by_their_own_norm() -> None:
    right = {"w": np.array([3.0, 4.0]), "b": np.array([0.0, 1.0])}
    assert apart(right, right) == 0
    assert apart(right | {"b": np.array([0.0, 1.1])}, right) == pytest.approx(0.1)
    assert apart(right | {"w": np.array([3.0, 4.5])}, right) == pytest.approx(0.1)


def test_rounding_of_what_is_zero_counts_little() -> None:
    right = {"w": np.array([3.0, 4.0]), "b": np.array([1e-7])}
    assert apart(right | {"b": np.array([-1e-7])}, right) < 1e-5


def test_tensors_of_other_names_or_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="names or shapes"):
        apart({"w": np.ones(2)}, {"w": np.ones(3)})
    with pytest.raises(ValueError, match="names or shapes"):
        apart({"w": np.ones(2)}, {"v": np.ones(2)})


def test_our_side_starts_anew_from_given_weights() -> None:
    workload = WORKLOADS["digits-cnn-bn"]
    weights = initial_weights(workload)
    side = NumpySide(workload, 1, False, 1e-3)
    side.load({name: array.copy() for name, array in weights.items()})
    first = [side.step(number) for number in range(3)]
    gradients = {name: array.copy() for name, array in side.gradients().items()}
    side.load(weights)
    assert [side.step(number) for number in range(3)] == first
    assert all(np.array_equal(gradients[n], a) for n, a in side.gradients().items())
    assert gradients.keys() <= weights.keys()
    side.load({name: 0 * array for name, array in weights.items()})
    assert side.step(0) != first[0]
