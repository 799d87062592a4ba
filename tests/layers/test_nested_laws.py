"""Laws of residual and parallel layers."""

import numpy as np
import pytest
from composite_cases import named, parallel, residual, same
from harness import Runner, draw, same_bits
from hypothesis import given, settings
from hypothesis import strategies as st
from running import case, normal, run

from cnnopt.arrays import Shape
from cnnopt.layers import (
    Bias,
    Conv,
    Dense,
    GroupNorm,
    Layer,
    Parallel,
    Residual,
    Tanh,
)


def test_a_residual_layer_whose_weights_are_0_hands_its_input_on() -> None:
    layer = residual(same(3), Bias(), Tanh(), same(2))
    x, dy = normal(3, 4, 5, 2), normal(3, 4, 5, 2, seed=1)
    zeros = tuple(np.zeros(p.shape) for p in layer.parameters(x.shape[1:]))
    found = run(layer, x, *zeros, dy=dy)
    np.testing.assert_array_equal(found.y, x)
    np.testing.assert_array_equal(found.dx, dy)


def test_a_residual_layer_without_layers_doubles() -> None:
    x, dy = normal(3, 4), normal(3, 4, seed=1)
    found = run(Residual(()), x, dy=dy)
    np.testing.assert_array_equal(found.y, 2 * x)
    np.testing.assert_array_equal(found.dx, 2 * dy)


BRANCH: list[tuple[Layer, Shape]] = [
    (same(3), (4, 5, 2)),
    (Dense(3), (4,)),
    (GroupNorm(2), (3, 4)),
    (residual(same(2), Tanh()), (3, 3, 2)),
]


@pytest.mark.parametrize(("layer", "shape"), BRANCH, ids=lambda value: str(value)[:40])
def test_one_branch_alone_is_that_branch(layer: Layer, shape: Shape) -> None:
    given = draw(case(layer, shape), 3)
    inside = Runner(case(Parallel((named(layer),)), shape), 3, "float64").run(given)
    same_bits(inside, Runner(case(layer, shape), 3, "float64").run(given))


def test_branches_do_not_see_each_other() -> None:
    one, two, x = same(3), same(2, 5), normal(2, 5, 4, 2)
    first, second = normal(3, 3, 2, 3), normal(5, 5, 2, 2, seed=1)
    dy = normal(2, 5, 4, 5, seed=2)
    both = run(parallel((one,), (two,)), x, first, second, dy=dy)
    alone = [run(one, x, first, dy=dy[..., :3]), run(two, x, second, dy=dy[..., 3:])]
    np.testing.assert_array_equal(both.y, np.concatenate([a.y for a in alone], axis=-1))
    for gradient, single in zip(both.gradients, alone, strict=True):
        np.testing.assert_array_equal(gradient, single.gradients[0])
    np.testing.assert_allclose(both.dx, alone[0].dx + alone[1].dx, rtol=1e-12)  # type: ignore[operator]  # dx was asked for


def test_empty_branches_repeat_the_input() -> None:
    x = normal(2, 3, 4)
    found = run(Parallel(((), ())), x, dy=np.ones((2, 3, 8)))
    np.testing.assert_array_equal(found.y, np.concatenate([x, x], axis=-1))
    np.testing.assert_array_equal(found.dx, np.full(x.shape, 2.0))


@given(st.integers(1, 40), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_a_projection_makes_whatever_a_stride_can_make(extent: int, stride: int) -> None:
    strided = Conv(3, (3,), (stride,), "same")
    layer = Residual((("conv1d_1", strided),))
    outputs = -(-extent // stride)
    assert layer.output_shape((extent, 2)) == (outputs, 3)
    (*_, projection) = layer.inside((extent, 2))
    assert projection.y == (outputs, 3)
