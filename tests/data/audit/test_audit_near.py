"""Near duplicates: found where planted, silent where examples are merely of one kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from audited import PARTS, pictures, sides, table, windows
from plain_splits import holdout

from cnnopt.data.audit import near
from cnnopt.data.audit.near import (
    ALIKE,
    TOLERATED,
    near_duplicates_across,
    near_twins,
)
from cnnopt.data.audit.shapes import shadows, shapes_of
from cnnopt.data.audit.sides import Sides, sides_of
from cnnopt.data.dataset import Dataset
from cnnopt.data.digits import digits, digits3d
from cnnopt.data.mnist1d import mnist1d
from cnnopt.data.named import load_named


def by_hand(x: np.ndarray, one: int, other: int, sample: np.ndarray) -> float:
    """Return the correlation of two examples as the docstring says it, in plain steps."""
    spread = np.array([x[sample][..., c].astype(float).std() for c in range(x.shape[-1])])

    def plain(row: int) -> np.ndarray:
        v = x[row].astype(float) / spread
        v = v - v.mean(axis=tuple(range(v.ndim - 1)))
        return (v / np.linalg.norm(v)).ravel()

    common = np.mean([plain(row) for row in sample], axis=0)
    a, b = plain(one) - common, plain(other) - common
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_noise_of_one_kind_is_not_alike() -> None:
    found = near_duplicates_across(pictures(), sides_of(PARTS))
    assert found.found == 0
    assert found.detail == "none of 40 tested rows has a correlation of 0.999"


@pytest.mark.parametrize("channels", [1, 3])
def test_a_brighter_a_harder_and_a_noisy_copy_are_leaks(channels: int) -> None:
    data = pictures(channels=channels)
    x = data.x.astype(np.float64)
    noise = np.random.default_rng(4).normal(size=x[0].shape)
    x[80] = 1.05 * x[17]
    x[81] = x[18] + 0.05 * 200
    x[62] = x[19] + 0.01 * x[19].std() * noise
    x[83] = 0.7 * x[63] + 30 + 0.01 * x[63].std() * noise
    x[5] = 1.05 * x[4]  # both in training: no matter
    found = near_duplicates_across(Dataset("x", x, data.y, data.classes), sides_of(PARTS))
    assert found.found == 4
    assert found.leaks
    pairs = [(a, b) for a, b, _ in near_twins(x, sides_of(PARTS))]
    assert pairs == [(19, 62), (17, 80), (18, 81), (63, 83)]
    assert found.detail.startswith("rows (correlation) 19 ~ 62 (0.9999")


def test_in_eight_bits_too() -> None:
    data = pictures()
    data.x[80] = np.round(1.05 * data.x[17].astype(float))
    assert near_duplicates_across(data, sides_of(PARTS)).detail.startswith(
        "rows (correlation) 17 ~ 80 (0.9999"
    )


def test_the_correlation_is_the_one_that_is_described() -> None:
    x = pictures(channels=2).x * np.array([1.0, 40.0])
    noise = np.random.default_rng(5).normal(size=(3, *x[0].shape))
    for row, (scale, level) in enumerate(zip((1.0, 2.0, 0.5), (0.01, 0.02, 0.03), strict=True)):
        x[80 + row] = scale * (x[row] + level * x[row].std(axis=(0, 1)) * noise[row])
    found = near_twins(x, sides_of(PARTS))
    assert [(a, b) for a, b, _ in found] == [(0, 80), (1, 81), (2, 82)]
    for a, b, r in found:
        assert r == pytest.approx(by_hand(x, a, b, np.arange(100)), abs=1e-12)


def test_the_threshold_is_where_it_is_said_to_be() -> None:
    """Noise of a share q of an example's own spread leaves r of about 1 - q²/2."""
    data = pictures(side=40)
    x = data.x.astype(np.float64)
    noise = np.random.default_rng(6).normal(size=x.shape)
    edge = np.sqrt(2 * (1 - ALIKE))
    x[80] = x[17] + 0.8 * edge * x[17].std() * noise[0]
    x[81] = x[18] + 1.2 * edge * x[18].std() * noise[1]
    assert [(a, b) for a, b, _ in near_twins(x, sides_of(PARTS))] == [(17, 80)]


def test_equal_examples_are_left_to_the_other_check() -> None:
    data = pictures()
    data.x[80] = data.x[17]
    assert near_twins(data.x, sides_of(PARTS)) == []


def test_constant_pictures_are_alike_to_none() -> None:
    x = pictures().x.astype(np.float64)
    x[::7] = 1.0 + np.arange(15)[:, None, None, None] / 3
    assert near_twins(x, sides_of(PARTS)) == []
    assert near_twins(np.ones_like(x), sides_of(PARTS)) == []


def test_what_all_have_in_common_does_not_count() -> None:
    """A camera that does not move: one scene, and the noise of the sensor."""
    generator = np.random.default_rng(7)
    scene = generator.normal(size=(1, 12, 12, 1))
    x = 100 * scene + generator.normal(size=(100, 12, 12, 1))
    assert near_twins(x, sides_of(PARTS)) == []
    x[90] = 1.05 * x[3]
    assert [(a, b) for a, b, _ in near_twins(x, sides_of(PARTS))] == [(3, 90)]


def test_every_copy_is_found_where_copies_are_many_and_blocks_too() -> None:
    generator = np.random.default_rng(8)
    base = generator.normal(size=(40, 5, 5, 1))
    which = generator.integers(0, 40, 6000)
    x = base[which] + 1e-3 * generator.normal(size=(6000, 5, 5, 1))
    known = np.flatnonzero(which < 30)
    assert (np.bincount(which[known])[:30] > 0).all()
    side = Sides(known[known < 5300], np.arange(5300, 6000))
    found = {row for pair in near_twins(x, [side]) for row in pair[:2] if row >= 5300}
    assert found == {row for row in range(5300, 6000) if which[row] < 30}


def test_shadows_are_never_further_apart_than_the_examples() -> None:
    x = pictures().x
    rows = np.arange(100)
    shapes = shapes_of(x, rows)
    points, squares = shadows(shapes, rows)
    units = shapes.of(rows)
    far = ((units[:, None] - units[None]) ** 2).sum(axis=-1)
    near = ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    assert (near <= far + 1e-5).all()
    assert near.max() > 0.1
    np.testing.assert_allclose(squares, (points**2).sum(axis=1), rtol=1e-5)


def test_few_among_many_are_a_remark() -> None:
    data = pictures(rows=3000, side=5)
    x = data.x.astype(np.float64)
    many = Dataset("x", x, data.y, data.classes)
    x[2000] = 1.05 * x[10]
    test = np.arange(1990, 3000)
    assert 1 / len(test) <= TOLERATED < 2 / len(test)
    found = near_duplicates_across(many, sides(range(1990), test))
    assert (found.found, found.leaks) == (1, False)
    assert "too few among 1,010 tested rows to matter" in found.detail
    x[2001] = 1.05 * x[11]
    assert near_duplicates_across(many, sides(range(1990), test)).leaks


def test_where_it_does_not_apply_it_says_so() -> None:
    forecasts = windows([0] * 30, range(30), 20, horizon=1)
    short = Dataset("x", np.ones((30, 5, 2)), np.ones((30, 1)))
    for data, why in (
        (table(), "columns of a table"),
        (forecasts, "windows of a forecast"),
        (short, "fewer than 16 positions"),
    ):
        found = near_duplicates_across(data, sides(range(20), range(20, 30)))
        assert found.found == 0
        assert why in found.detail


@pytest.mark.parametrize("make", [digits, digits3d, lambda: mnist1d(42)])
def test_the_built_in_sets_have_none(make: object) -> None:
    data = make()  # type: ignore[operator]
    split = holdout(data.rows, data.y, test=0.2, validation=0.1, split_seed=0)
    assert near_twins(data.x, sides_of(split.parts())) == []


def test_handwriting_and_clothes_have_none(mnist500: Path) -> None:
    x = load_named("mnist", mnist500, test_needed=False).x
    assert near_twins(x, sides(range(0, 500, 2), range(1, 500, 2))) == []


def test_a_copy_is_found_whatever_its_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shadows only save work: without any, all is looked at and the same is found."""
    data = pictures()
    x = data.x.astype(np.float64)
    x[80], x[63] = 1.05 * x[17], 0.8 * x[40]
    expected = near_twins(x, sides_of(PARTS))
    assert [(a, b) for a, b, _ in expected] == [(40, 63), (17, 80)]

    def none(_: object, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((len(rows), 1), np.float32), np.zeros(len(rows), np.float32)

    monkeypatch.setattr(near, "shadows", none)
    assert near_twins(x, sides_of(PARTS)) == expected
