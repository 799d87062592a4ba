"""Mixup, CutMix and their alternation: label weights exact, whatever the shape."""

import numpy as np
import pytest

from cnnopt.randomness import stream
from cnnopt.regularizers import Batch, CutMix, Mixing, Mixup

SHAPES = [(7,), (6, 9), (4, 5, 3)]


def batch(*extents: int, examples: int = 8, channels: int = 2) -> Batch:
    """Return examples that are all their own number; the targets say which one."""
    numbers = np.arange(examples, dtype=np.float64)
    x = np.broadcast_to(
        numbers.reshape(-1, *[1] * (len(extents) + 1)), (examples, *extents, channels)
    ).copy()
    level = np.zeros(channels)
    return Batch(x, np.eye(examples), level, level)


@pytest.mark.parametrize("extents", SHAPES)
@pytest.mark.parametrize("step", range(6))
def test_cutmix_weighs_labels_by_the_cells(extents: tuple[int, ...], step: int) -> None:
    given = batch(*extents)
    CutMix(1.0).mix(given, stream(0, "mixing", step))
    cells = np.prod(extents)
    for number, (x, t) in enumerate(zip(given.x, given.targets, strict=True)):
        assert (x[..., 0] == x[..., 1]).all()
        shares = np.bincount(x[..., 0].astype(int).ravel(), minlength=8) / cells
        np.testing.assert_allclose(t, shares, rtol=0, atol=1e-15)
        assert t.sum() == pytest.approx(1, abs=1e-15)
        foreign = np.argwhere(x[..., 0] != number)
        if len(foreign):  # they fill a box
            sides = foreign.max(axis=0) - foreign.min(axis=0) + 1
            assert np.prod(sides) == len(foreign)


def test_cutmix_s_share_is_beta_s_where_nothing_is_cut_off() -> None:
    """Of a long series few boxes reach the border, and rounding loses little."""
    shares = []
    for step in range(400):
        given = batch(4000, examples=2, channels=1)
        CutMix(1.0).mix(given, stream(0, "mixing", step))
        other = 1 - given.targets[0, 0]
        shares.append(other)
    # E[clipped length / length] of a uniform share s and centre is s - s²/4: 1/2 - 1/12 in the
    # mean; half of the pairs are an example with itself.
    assert np.mean(shares) == pytest.approx((1 / 2 - 1 / 12) / 2, abs=0.05)


@pytest.mark.parametrize("extents", [(), *SHAPES])
def test_mixup_blends_inputs_and_targets_alike(extents: tuple[int, ...]) -> None:
    given = batch(*extents)
    generator = stream(0, "mixing", 1)
    share, order = generator.beta(0.7, 0.7), generator.permutation(8)
    Mixup(0.7).mix(given, stream(0, "mixing", 1))
    for number, (x, t) in enumerate(zip(given.x, given.targets, strict=True)):
        wanted = np.zeros(8)
        wanted[number] += share
        wanted[order[number]] += 1 - share
        np.testing.assert_allclose(t, wanted, rtol=0, atol=1e-15)
        np.testing.assert_allclose(x, share * number + (1 - share) * order[number], atol=1e-14)


def test_mixup_s_share_has_beta_s_mean_and_variance() -> None:
    shares = []
    for step in range(2000):
        given = Batch(np.array([[0.0], [1.0]]), np.eye(2), np.zeros(1), np.ones(1))
        Mixup(0.4).mix(given, stream(0, "mixing", step))
        if given.x[0, 0] != 0:  # not blended with itself
            shares.append(given.x[0, 0])
    assert np.mean(shares) == pytest.approx(0.5, abs=0.05)
    assert np.var(shares) == pytest.approx(1 / (4 * (2 * 0.4 + 1)), rel=0.1)


def test_the_mean_stays() -> None:
    given = batch(6, 9)
    before = given.x.mean()
    Mixup(1.0).mix(given, stream(0, "mixing", 1))
    assert given.x.mean() == pytest.approx(before, rel=1e-14)


def test_ways_take_turns_and_draw_alike_alone() -> None:
    both, alone = Mixing((Mixup(0.2), CutMix(1.0))), Mixing((CutMix(1.0),))
    cut = 0
    for step in range(200):
        a, b, c = batch(6, 9), batch(6, 9), batch(6, 9)
        both.apply(a, stream(0, both.name, step))
        alone.apply(b, stream(0, alone.name, step))
        Mixing((Mixup(0.2),)).apply(c, stream(0, "mixing", step))
        if (a.x == b.x).all() and not (a.x == c.x).all():
            cut += 1
        else:
            np.testing.assert_array_equal(a.x, c.x)
            np.testing.assert_array_equal(a.targets, c.targets)
    assert cut == pytest.approx(100, abs=30)
