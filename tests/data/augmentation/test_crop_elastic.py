"""Crops by hand; elastic displacements by their formula and bounds."""

from __future__ import annotations

import numpy as np
import pytest
from augmenting import Inputs, augmented, batch
from scipy.ndimage import gaussian_filter, map_coordinates

from cnnopt.data.augmentation import Crop, Elastic
from cnnopt.data.augmentation.elastic import smoothing

MODES = {"background": "constant", "edge": "edge", "reflect": "reflect"}


@pytest.mark.parametrize("shape", [(40, 4, 5, 2), (40, 7, 1), (20, 3, 4, 3, 1)])
@pytest.mark.parametrize("fill", MODES)
def test_a_crop_is_one_of_the_windows_of_the_padded_example(
    shape: tuple[int, ...], fill: str
) -> None:
    inputs, padding = batch(*shape), 2
    made = augmented(inputs, Crop(padding, fill))  # type: ignore[arg-type]
    seen = set()
    rank = len(shape) - 2
    for x, found in zip(inputs.x, made, strict=True):
        wide = np.stack(
            [
                np.pad(x[..., c], padding, MODES[fill],  # type: ignore[call-overload]
                       **({"constant_values": low} if fill == "background" else {}))
                for c, low in enumerate(inputs.low)
            ],
            axis=-1,
        )  # fmt: skip
        fits = [
            start
            for start in np.ndindex(*[2 * padding + 1] * rank)
            if np.array_equal(
                wide[tuple(slice(s, s + n) for s, n in zip(start, shape[1:-1], strict=True))],
                found,
            )
        ]
        assert fits
        seen.add(fits[0])
    assert len(seen) > 3


def test_no_padding_is_no_change() -> None:
    inputs = batch(4, 5, 5, 1)
    np.testing.assert_array_equal(augmented(inputs, Crop(0)), inputs.x)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 4.0, 30.0])
@pytest.mark.parametrize("extent", [1, 5, 28])
def test_smoothing_is_the_gaussian_filter(extent: int, sigma: float) -> None:
    field = np.random.default_rng(0).normal(size=extent)
    wanted = gaussian_filter(field, sigma, mode="constant", truncate=4.0)
    np.testing.assert_allclose(field @ smoothing(extent, sigma), wanted, atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 9, 8, 1), (3, 10, 10, 2), (2, 5, 6, 7, 1)])
def test_each_cell_shows_the_place_that_it_was_displaced_to(shape: tuple[int, ...]) -> None:
    inputs = batch(*shape, dtype=np.float64)
    elastic = Elastic(6.0, 2.0)
    moves = elastic.displacements(np.random.default_rng(1), shape[0], shape[1:-1], inputs.x.dtype)
    made = inputs.x.copy()
    elastic.change(made, inputs.low, inputs.high, np.ones(shape[0], bool), np.random.default_rng(1))
    grid = np.indices(shape[1:-1])
    for number, x in enumerate(inputs.x):
        places = [own + move[number] for own, move in zip(grid, moves, strict=True)]
        for channel, low in enumerate(inputs.low):
            wanted = map_coordinates(
                x[..., channel], places, order=1, mode="grid-constant", cval=float(low)
            )
            np.testing.assert_allclose(made[number, ..., channel], wanted, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_displacements_are_bounded_and_as_large_as_the_page_says(dtype: type) -> None:
    moves = Elastic(5.0, 3.0).displacements(
        np.random.default_rng(0), 200, (40, 40), np.dtype(dtype)
    )
    assert np.abs(moves).max() <= 5
    inside = np.stack(moves)[:, :, 12:28, 12:28]
    assert float(inside.std()) == pytest.approx(5 / (6.1 * 3), rel=0.05)
    assert abs(float(inside.mean())) < 0.01


def test_without_alpha_nothing_moves() -> None:
    inputs = batch(4, 6, 6, 1)
    np.testing.assert_array_equal(augmented(inputs, Elastic(0.0)), inputs.x)


def test_an_example_with_one_value_keeps_it_far_from_the_border() -> None:
    inputs = Inputs(np.full((2, 20, 20, 1), 3.0, np.float32), np.zeros(1), np.ones(1))
    made = augmented(inputs, Elastic(2.0, 2.0))
    np.testing.assert_allclose(made[:, 3:-3, 3:-3], 3.0, rtol=1e-6)
