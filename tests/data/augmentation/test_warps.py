"""Movements: exact where cells meet cells, and as SciPy's between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from augmenting import Inputs, augmented, batch
from scipy.ndimage import affine_transform

from cnnopt.data.augmentation import Flip, Rotate, Shear, Shift, Zoom, sampling
from cnnopt.data.augmentation.affine import (
    composed,
    identities,
    rotations,
    shears,
    shifts,
    warp,
    zooms,
)

IMAGES = [(3, 6, 6, 1), (3, 7, 7, 3), (2, 5, 8, 2), (3, 1, 4, 1)]
VOLUMES = [(2, 4, 5, 6, 1), (2, 3, 3, 3, 2)]
SERIES = [(4, 9, 1), (4, 12, 3), (2, 1, 1)]
ALL = [*IMAGES, *VOLUMES, *SERIES]


def turned(x: np.ndarray, degrees: float, axes: tuple[int, int], low: np.ndarray) -> np.ndarray:
    made = x.copy()
    warp(made, low, rotations(np.full(len(x), float(degrees)), axes, x.ndim - 2))
    return made


@pytest.mark.parametrize("extent", [1, 2, 5, 8])
@pytest.mark.parametrize("rank", [2, 3])
def test_four_quarter_turns_are_nothing_and_one_is_rot90(extent: int, rank: int) -> None:
    inputs = batch(3, *[extent] * rank, 2)
    for axes in [(0, 1), *([(0, 2), (1, 2)] if rank == 3 else [])]:
        x = inputs.x
        for number in range(1, 5):
            x = turned(x, 90, axes, inputs.low)
            wanted = np.rot90(inputs.x, number, (axes[0] + 1, axes[1] + 1))
            np.testing.assert_array_equal(x, wanted)
        np.testing.assert_array_equal(
            turned(turned(inputs.x, 180, axes, inputs.low), -180, axes, inputs.low), inputs.x
        )


@pytest.mark.parametrize("shape", ALL)
def test_whole_shifts_copy_cells(shape: tuple[int, ...]) -> None:
    inputs = batch(*shape)
    rank = len(shape) - 2
    cells = np.random.default_rng(1).integers(-2, 3, (len(inputs.x), rank))
    made = inputs.x.copy()
    warp(made, inputs.low, shifts(cells.astype(float)))
    for x, found, moved in zip(inputs.x, made, cells, strict=True):
        wanted = np.empty_like(x)
        wanted[...] = inputs.low
        for place in np.ndindex(*shape[1:-1]):
            source = tuple(int(p - m) for p, m in zip(place, moved, strict=True))
            if all(0 <= s < n for s, n in zip(source, shape[1:-1], strict=True)):
                wanted[place] = x[source]
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("shape", ALL)
def test_nothing_drawn_is_nothing_changed_to_the_bit(shape: tuple[int, ...]) -> None:
    inputs, rank = batch(*shape), len(shape) - 2
    still = [Shift(0), Shift(0, whole=False), Zoom(1.0, 1.0)]
    if rank > 1:
        still += [Rotate(0, (rank - 2, rank - 1)), Shear(0)]
    for each in still:
        np.testing.assert_array_equal(augmented(inputs, each), inputs.x)
    np.testing.assert_array_equal(augmented(inputs, *still[:1], *still[2:]), inputs.x)
    # a whole shift goes on copying cells beside them
    np.testing.assert_array_equal(
        augmented(inputs, *still[2:], Shift(1)), augmented(inputs, Shift(1))
    )


@pytest.mark.parametrize("shape", ALL)
def test_flips_by_hand(shape: tuple[int, ...]) -> None:
    inputs = batch(*shape)
    for axis in range(len(shape) - 2):
        flipped = augmented(inputs, Flip(axis))
        np.testing.assert_array_equal(flipped, np.flip(inputs.x, axis + 1))


def test_flips_beside_a_rotation() -> None:
    inputs = batch(3, 6, 6, 1)
    found = inputs.x.copy()
    flips, turns = identities(3, 2), rotations(np.full(3, 90.0), (0, 1), 2)
    flips[:, 1, 1] = -1
    warp(found, inputs.low, composed(flips, turns))
    np.testing.assert_array_equal(found, np.rot90(inputs.x[:, :, ::-1], 1, (1, 2)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [*IMAGES, *VOLUMES, (9, 20, 17, 1)])
@pytest.mark.parametrize("block", [1, 40, 10**6])
def test_between_cells_as_scipy(
    shape: tuple[int, ...], block: int, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "BLOCK", block)
    inputs, rank = batch(*shape, dtype=dtype), len(shape) - 2
    generator = np.random.default_rng(2)
    examples = shape[0]
    matrices = composed(
        composed(
            rotations(generator.uniform(-180, 180, examples), (rank - 2, rank - 1), rank),
            shears(generator.uniform(-40, 40, examples), rank),
        ),
        composed(
            zooms(generator.uniform(0.5, 2, examples), rank),
            shifts(generator.uniform(-3, 3, (examples, rank))),
        ),
    )
    made = inputs.x.copy()
    warp(made, inputs.low, matrices)
    centre = (np.array(shape[1:-1]) - 1) / 2
    for x, found, matrix in zip(inputs.x, made, matrices, strict=True):
        for channel, low in enumerate(inputs.low):
            wanted = affine_transform(
                x[..., channel].astype(float),
                matrix[:, :-1],
                centre + matrix[:, -1] - matrix[:, :-1] @ centre,
                order=1,
                mode="grid-constant",
                cval=float(low),
            )
            tolerance = 1e-5 if dtype == np.float32 else 1e-12
            np.testing.assert_allclose(found[..., channel], wanted, rtol=0, atol=tolerance)


def test_one_after_the_other_is_the_product() -> None:
    """Far from the border, and of a function that linear reading meets exactly."""
    grid = np.stack(np.meshgrid(np.arange(21.0), np.arange(21.0), indexing="ij"))
    x = (2 * grid[0] - 3 * grid[1] + 5)[None, ..., None].copy()
    first, then = rotations(np.array([20.0]), (0, 1), 2), shifts(np.array([[1.3, -0.4]]))
    low, both, apart = np.zeros(1), x.copy(), x.copy()
    warp(both, low, composed(first, then))
    warp(apart, low, first)
    warp(apart, low, then)
    np.testing.assert_allclose(both[:, 6:15, 6:15], apart[:, 6:15, 6:15], atol=1e-11)
    warp(x, low, composed(then, first))
    assert np.abs(x - both)[:, 6:15, 6:15].max() > 0.5  # the order matters


def test_directions() -> None:
    """Down and right are positive; a zoom above 1 magnifies; a turn goes against the clock."""
    x = np.zeros((1, 5, 5, 1))
    x[0, 2, 3] = 1
    low = np.zeros(1)
    moved = {
        "shift": (shifts(np.array([[1.0, -2.0]])), (3, 1)),
        "turn": (rotations(np.array([90.0]), (0, 1), 2), (1, 2)),
        "zoom": (zooms(np.array([2.0]), 2), (2, 4)),
    }
    for matrices, place in moved.values():
        found = x.copy()
        warp(found, low, matrices)
        assert found[(0, *place)] == 1
    upright = np.zeros((1, 5, 5, 1))
    upright[0, :, 2] = 1
    warp(upright, low, shears(np.array([45.0]), 2))
    np.testing.assert_allclose(upright[0, ..., 0], np.eye(5)[::-1], atol=1e-12)


def test_draws_stay_in_their_ranges_and_reach_them() -> None:
    generator = np.random.default_rng(3)
    angles = Rotate(30, (0, 1)).matrices(generator, 4000, 2)
    degrees = np.degrees(np.arctan2(angles[:, 0, 1], angles[:, 0, 0]))
    assert -30 <= degrees.min() < -29
    assert 29 < degrees.max() <= 30
    cells = -Shift(2).matrices(generator, 4000, 2)[:, :, -1]
    assert {*cells.ravel()} == {-2, -1, 0, 1, 2}
    factors = 1 / Zoom(0.5, 2.0).matrices(generator, 4000, 2)[:, 0, 0]
    assert 0.5 <= factors.min() < 0.51
    assert 1.96 < factors.max() <= 2
    assert abs(np.mean(np.log(factors))) < 0.03  # as often larger as smaller


@pytest.mark.parametrize("shape", [(5, 6, 6, 1), (5, 4, 4, 4, 2), (5, 9, 3)])
def test_a_view_with_gaps_is_changed_in_place(shape: tuple[int, ...]) -> None:
    inputs = batch(*shape)
    wide = np.zeros((shape[0], *(n + 2 for n in shape[1:-1]), shape[-1]), np.float32)
    inner = wide[(slice(None), *(slice(1, -1),) * (len(shape) - 2))]
    inner[...] = inputs.x
    wanted = augmented(inputs, Zoom(0.7, 1.4), Shift(1))
    same = Inputs(inner, inputs.low, inputs.high)
    from cnnopt.data.augmentation import Augment, Entry
    from cnnopt.randomness import stream

    entries = (Entry("Zoom", 1.0, Zoom(0.7, 1.4)), Entry("Shift", 1.0, Shift(1)))
    Augment(entries).apply(same, stream(0, "augment", 0))
    np.testing.assert_array_equal(inner, wanted)
