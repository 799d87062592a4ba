"""Laws of pooling, on random forms; none of them knows how it is computed."""

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from harness import Case, Inputs, Outcome, Runner, error
from hypothesis import given

from cnnopt.layers import AvgPool, Conv, GlobalAvgPool, GlobalMaxPool, Layer, MaxPool

EXACT = 1e-12
SEEDS = st.integers(0, 999)


def nothing(*arrays: np.ndarray) -> np.ndarray:
    raise AssertionError("laws need no oracle")


def run(layer: Layer, x: np.ndarray, dy: np.ndarray | None = None, *weights: np.ndarray) -> Outcome:
    shape = (len(x), *layer.output_shape(x.shape[1:]))
    upstream = np.ones(shape) if dy is None else dy
    runner = Runner(Case("law", layer, x.shape[1:], nothing, nothing), len(x), "float64")
    return runner.run(Inputs(x, weights, upstream, ()))


def same(one: np.ndarray | None, other: np.ndarray | None) -> None:
    assert one is not None
    assert other is not None
    assert error(one, other) <= EXACT


def numbers(seed: int, shape: tuple[int, ...], values: int = 4) -> np.ndarray:
    """Return few different values, so that windows are full of ties."""
    return np.random.default_rng(seed).integers(-values, 1, shape).astype(float)


@st.composite
def forms(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Return settings that both kinds of pooling have, and the shape of a batch."""
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    pads = tuple((draw(st.integers(0, k - 1)), draw(st.integers(0, k - 1))) for k in kernel)
    padding: Any = draw(st.sampled_from(["valid", "same", pads]))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    extents = tuple(draw(st.integers(k, k + 3)) for k in kernel)
    settings = {"kernel": kernel, "stride": stride, "padding": padding}
    return settings | {"ceil": draw(st.booleans())}, (2, *extents, draw(st.integers(1, 2)))


@given(form=forms(), seed=SEEDS)
def test_padding_is_minus_infinity(form: tuple, seed: int) -> None:
    """All values are below 0: a padded zero would win."""
    settings, shape = form
    x = numbers(seed, shape) - 1
    layer = MaxPool(**settings)
    beyond = np.pad(x, ((0, 0), *layer.windows.reach(shape[1:]), (0, 0)), constant_values=-np.inf)
    dy = np.random.default_rng(seed).normal(size=(2, *layer.output_shape(shape[1:])))
    found = run(layer, x, dy)
    wanted = run(MaxPool(layer.kernel, layer.stride), beyond, dy)
    same(found.y, wanted.y)
    assert wanted.dx is not None
    inner = tuple(
        slice(before, before + n)
        for (before, _), n in zip(layer.windows.reach(shape[1:]), shape[1:-1], strict=True)
    )
    same(found.dx, wanted.dx[(slice(None), *inner)])


@given(form=forms(), seed=SEEDS)
def test_gradients_go_to_cells_of_the_input_in_whole(form: tuple, seed: int) -> None:
    settings, shape = form
    layers: list[Layer] = [MaxPool(**settings), AvgPool(**settings)]
    for layer in layers:
        dy = np.random.default_rng(seed).normal(size=(2, *layer.output_shape(shape[1:])))
        found = run(layer, numbers(seed, shape), dy)
        assert found.dx is not None
        spatial = tuple(range(1, len(shape) - 1))
        same(found.dx.sum(spatial), dy.sum(spatial))


@given(form=forms(), seed=SEEDS)
def test_a_mean_is_a_depthwise_convolution_with_equal_weights(form: tuple, seed: int) -> None:
    """With padding that counts; what `ceil` adds, no convolution has."""
    settings, shape = form
    channels = shape[-1]
    layer = AvgPool(**(settings | {"ceil": False}), count_padding=True)
    kernel = layer.kernel
    conv = Conv(channels, kernel, layer.stride, layer.padding, groups=channels)
    x = numbers(seed, shape)
    dy = np.random.default_rng(seed).normal(size=(2, *layer.output_shape(shape[1:])))
    weight = np.full((*kernel, 1, channels), 1 / np.prod(kernel))
    found, wanted = run(layer, x, dy), run(conv, x, dy, weight)
    same(found.y, wanted.y)
    same(found.dx, wanted.dx)


@given(form=forms(), level=st.floats(-3, 3))
def test_a_constant_image_stays_constant_and_only_first_cells_learn(
    form: tuple, level: float
) -> None:
    settings, shape = form
    x = np.full(shape, level)
    mean, largest = run(AvgPool(**settings), x), run(MaxPool(**settings), x)
    same(mean.y, np.full_like(mean.y, level))
    same(largest.y, np.full_like(mean.y, level))
    layer = MaxPool(**settings)
    firsts = [
        {max(0, o * s - before) for o in range(outputs)}
        for outputs, s, (before, _) in zip(
            layer.windows.outputs(shape[1:]),
            layer.stride,
            layer.windows.pads(shape[1:]),
            strict=True,
        )
    ]
    assert largest.dx is not None
    for place in np.argwhere(largest.dx):
        assert all(cell in first for cell, first in zip(place[1:-1], firsts, strict=True))


@given(form=forms(), seed=SEEDS)
def test_ceil_only_adds_a_last_window(form: tuple, seed: int) -> None:
    settings, shape = form
    x = numbers(seed, shape)
    for kind in (MaxPool, AvgPool):
        floor = run(kind(**(settings | {"ceil": False})), x).y
        more = run(kind(**(settings | {"ceil": True})), x).y
        for small, large in zip(floor.shape, more.shape, strict=True):
            assert large - small in (0, 1)
        same(more[tuple(slice(n) for n in floor.shape)], floor)
        if settings["padding"] == "same":
            assert more.shape == floor.shape


@pytest.mark.parametrize("kind", [MaxPool, AvgPool])
@given(form=forms().filter(lambda form: len(form[1]) == 4), seed=SEEDS)
def test_three_dimensions_of_depth_one_are_two(kind: Any, form: tuple, seed: int) -> None:
    settings, shape = form
    flat = kind(**settings)
    pads = ((0, 0), *flat.windows.pads(shape[1:]))
    deep = replace(flat, kernel=(1, *flat.kernel), stride=(1, *flat.stride), padding=pads)
    x = numbers(seed, shape)
    dy = np.random.default_rng(seed).normal(size=(2, *flat.output_shape(shape[1:])))
    found, wanted = run(deep, x[:, None], dy[:, None]), run(flat, x, dy)
    assert found.dx is not None
    same(found.y[:, 0], wanted.y)
    same(found.dx[:, 0], wanted.dx)


@given(extents=st.lists(st.integers(1, 4), min_size=1, max_size=3), seed=SEEDS)
def test_global_pooling_has_one_window(extents: list[int], seed: int) -> None:
    x = numbers(seed, (2, *extents, 3))
    dy = np.random.default_rng(seed).normal(size=(2, 3))
    form = (2, *[1] * len(extents), 3)
    kernel = tuple(extents)
    for whole, pool in ((GlobalMaxPool(), MaxPool(kernel)), (GlobalAvgPool(), AvgPool(kernel))):
        found, wanted = run(whole, x, dy), run(pool, x, dy.reshape(form))
        same(found.y, wanted.y.reshape(2, 3))
        same(found.dx, wanted.dx)
