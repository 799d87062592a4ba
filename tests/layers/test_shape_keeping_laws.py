"""Laws of activations, normalizations and of what is dropped at random."""

import numpy as np
import pytest
from harness import Inputs, Outcome, Runner, same_bits
from hypothesis import given, settings
from hypothesis import strategies as st
from running import case, normal, run

from cnnopt.arrays import Shape
from cnnopt.layers import (
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Elu,
    Gelu,
    GroupNorm,
    Layer,
    LayerNorm,
    LeakyRelu,
    Noisy,
    Relu,
    ShapeError,
    Sigmoid,
    Silu,
    Softmax,
    SpatialDropout,
)


def plain(layer: Layer, x: np.ndarray) -> np.ndarray:
    """Return what a normalization makes of `x` with scale 1 and shift 0."""
    scale, shift = layer.parameters(x.shape[1:])
    return run(layer, x, np.ones(scale.shape), np.zeros(shift.shape)).y


# ------------------------------------------------------------------ activations


def test_leaky_relu_of_slope_0_is_relu() -> None:
    x, dy = normal(4, 7), normal(4, 7, seed=1)
    found, wanted = run(LeakyRelu(0.0), x, dy=dy), run(Relu(), x, dy=dy)
    np.testing.assert_array_equal(found.y, wanted.y)
    np.testing.assert_array_equal(found.dx, wanted.dx)


@pytest.mark.parametrize("layer", [Elu(), Gelu(), Gelu("tanh"), Silu(), LeakyRelu()], ids=str)
def test_rectifiers_are_near_the_identity_far_up_and_near_a_limit_far_down(layer: Layer) -> None:
    x = np.array([[-60.0, 0.0, 60.0]])
    found = run(layer, x, dy=np.ones((1, 3)))
    below = {Elu: (-1.0, 0.0), LeakyRelu: (-0.6, 0.01)}.get(type(layer), (0.0, 0.0))
    np.testing.assert_allclose(found.y, [[below[0], 0, 60]], atol=1e-12)
    assert found.dx is not None
    np.testing.assert_allclose(found.dx[0, [0, 2]], [below[1], 1], atol=1e-12)


def test_gelu_s_approximation_is_within_a_thousandth_and_another_function() -> None:
    x = np.linspace(-6, 6, 1201).reshape(1, -1)
    apart = np.max(np.abs(run(Gelu(), x).y - run(Gelu("tanh"), x).y))
    assert 1e-4 < apart < 1e-3


def test_silu_is_x_times_the_sigmoid_and_sigmoids_of_both_signs_sum_to_one() -> None:
    x = normal(3, 50) * 9
    share = run(Sigmoid(), x).y
    np.testing.assert_allclose(run(Silu(), x).y, x * share, rtol=1e-15)
    np.testing.assert_allclose(share + run(Sigmoid(), -x).y, 1, rtol=1e-15)


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_softmax_sums_to_one_and_forgets_a_constant(shape: Shape) -> None:
    x = 5 * normal(3, *shape)
    y = run(Softmax(), x).y
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(run(Softmax(), x + 1000).y, y, rtol=1e-10)
    constant = run(Softmax(), x, dy=np.ones_like(x)).dx
    np.testing.assert_allclose(constant, np.zeros_like(x), atol=1e-15)


# ------------------------------------------------------------------ normalizations

NORMS: list[tuple[Layer, tuple[int, ...], Shape]] = [
    (GroupNorm(2), (-1, 12, 2, 3), (3, 4, 6)),
    (GroupNorm(1), (-1, 12, 1, 6), (3, 4, 6)),
    (GroupNorm(6), (-1, 12, 6, 1), (3, 4, 6)),
    (LayerNorm(), (-1, 72, 1, 1), (3, 4, 6)),
    (LayerNorm("channels"), (-1, 1, 1, 6), (3, 4, 6)),
]
"""A layer, and the axes (sets, positions, groups, channels of a group) of its input."""


@pytest.mark.parametrize(("layer", "form", "shape"), NORMS, ids=lambda value: str(value))
def test_each_set_has_mean_0_and_variance_1(
    layer: Layer, form: tuple[int, ...], shape: Shape
) -> None:
    y = plain(layer, 100 + 7 * normal(5, *shape)).reshape(form)
    np.testing.assert_allclose(y.mean(axis=(1, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(1, 3)), 1, rtol=2e-4)  # epsilon, and sets of six


@pytest.mark.parametrize(("layer", "form", "shape"), NORMS, ids=lambda value: str(value))
def test_other_examples_change_no_bit(layer: Layer, form: object, shape: Shape) -> None:
    one, others = normal(1, *shape), normal(4, *shape, seed=1)
    np.testing.assert_array_equal(
        plain(layer, np.concatenate([one, others]))[:1], plain(layer, one)
    )


@pytest.mark.parametrize(("layer", "form", "shape"), NORMS, ids=lambda value: str(value))
def test_scale_and_level_of_the_input_do_not_count(
    layer: Layer, form: object, shape: Shape
) -> None:
    x = normal(2, *shape)
    np.testing.assert_allclose(plain(layer, 1000 * x - 300), plain(layer, 1000 * x), atol=1e-8)
    np.testing.assert_allclose(plain(layer, 5000 * x), plain(layer, 1000 * x), atol=1e-8)


@pytest.mark.parametrize(("layer", "form", "shape"), NORMS, ids=lambda value: str(value))
def test_a_constant_input_gives_0_and_no_nan(layer: Layer, form: object, shape: Shape) -> None:
    scale, shift = (np.ones(p.shape) for p in layer.parameters(shape))
    found = run(layer, np.full((2, *shape), 3.0), scale, shift, dy=normal(2, *shape))
    np.testing.assert_allclose(found.y, 1, atol=1e-9)
    assert found.dx is not None
    assert np.isfinite(found.dx).all()


def test_one_group_is_layer_norm_over_everything() -> None:
    x = normal(3, 2, 3, 4)
    np.testing.assert_allclose(plain(GroupNorm(1), x), plain(LayerNorm(), x), rtol=1e-12)
    flat = normal(3, 6)
    np.testing.assert_allclose(plain(LayerNorm("channels"), flat), plain(LayerNorm(), flat))


@given(st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_groups_that_do_not_divide_the_channels_are_refused(groups: int, channels: int) -> None:
    layer = GroupNorm(groups)
    if channels % groups == 0:
        assert layer.output_shape((2, channels)) == (2, channels)
        return
    with pytest.raises(ShapeError, match=f"{groups} groups do not divide the {channels} channels"):
        layer.output_shape((2, channels))


# ------------------------------------------------------------------ what is dropped


def noisy(layer: Layer, x: np.ndarray, *parameters: np.ndarray, seed: int = 0) -> Outcome:
    """Run a layer forward and back with its own noise; the upstream gradient is 1."""
    assert isinstance(layer, Noisy)
    generator = np.random.default_rng(seed)
    noise = []
    for part in layer.draws(x.shape[1:]):
        numbers = np.empty(part.shape if part.shared else (len(x), *part.shape))
        part.fill(numbers, generator)
        noise.append(numbers)
    dy = np.ones((len(x), *layer.output_shape(x.shape[1:])))
    inputs = Inputs(x, parameters, dy, tuple(noise))
    return Runner(case(layer, x.shape[1:]), len(x), "float64").run(inputs)


@pytest.mark.parametrize("layer", [Dropout(0.3), SpatialDropout(0.3)], ids=str)
def test_dropping_keeps_the_expectation(layer: Layer) -> None:
    y = noisy(layer, np.ones((4000, 2, 5))).y
    assert set(np.unique(y)) == {0.0, 1 / 0.7}
    numbers = 4000 * 5 * (1 if isinstance(layer, SpatialDropout) else 2)
    spread = np.sqrt(0.3 / 0.7 / numbers)
    assert abs(y.mean() - 1) < 5 * spread
    assert abs((y == 0).mean() - 0.3) < 5 * 0.7 * spread


def test_spatial_dropout_drops_whole_channels_each_example_its_own() -> None:
    dropped = noisy(SpatialDropout(0.5), np.ones((50, 3, 4, 6))).y == 0
    np.testing.assert_array_equal(dropped.all(axis=(1, 2)), dropped.any(axis=(1, 2)))
    assert len({tuple(row) for row in dropped[:, 0, 0]}) > 10


@pytest.mark.parametrize("shape", [(7,), ()])
def test_spatial_dropout_needs_positions(shape: Shape) -> None:
    with pytest.raises(ShapeError, match="spatial axes"):
        SpatialDropout(0.5).output_shape(shape)


def test_drop_connect_drops_the_same_weights_for_all_examples() -> None:
    layer = DropConnect(Dense(6), 0.4)
    found = noisy(layer, np.tile(np.eye(5), (2, 1)), np.ones((5, 6)))
    kept = found.y[:5]  # rows of the identity read the weights out
    assert set(np.unique(kept)) == {0.0, 1 / 0.6}
    np.testing.assert_array_equal(found.y[5:], kept)
    # a weight that is dropped learns nothing in this step; dx comes from what was left
    np.testing.assert_allclose(found.gradients[0], 2 * kept)
    assert found.dx is not None
    np.testing.assert_allclose(found.dx, np.tile(kept.sum(axis=1), (10, 1)))


def test_drop_connect_keeps_the_expectation() -> None:
    layer, x, weight = DropConnect(Conv(2, (2, 2)), 0.4), normal(1, 3, 3, 2), normal(2, 2, 2, 2)
    whole = run(Conv(2, (2, 2)), x, weight).y
    draws = np.array([noisy(layer, x, weight, seed=seed).y for seed in range(2000)])
    spread = draws.std(axis=0) / np.sqrt(len(draws))
    assert np.all(spread > 0)
    assert np.all(np.abs(draws.mean(axis=0) - whole) < 5 * spread)


def test_a_rate_of_0_drops_nothing() -> None:
    x, weight = normal(3, 4), normal(4, 5)
    same_bits(
        noisy(DropConnect(Dense(5), 0.0), x, weight),
        run(Dense(5), x, weight, dy=np.ones((3, 5))),
    )
    np.testing.assert_array_equal(noisy(SpatialDropout(0.0), normal(2, 3, 4)).y, normal(2, 3, 4))
