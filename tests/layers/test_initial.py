"""Initial values: their spread, their bounds, and the same numbers in both dtypes."""

import numpy as np
import pytest

from cnnopt.layers import initial
from cnnopt.layers.initial import Initial

SHAPE, FAN_IN, FAN_OUT = (3, 3, 32, 64), 288, 576
SIZE = int(np.prod(SHAPE))

# rule, standard deviation, largest absolute value that may occur
RULES = [
    (initial.He(), np.sqrt(2 / FAN_IN), np.inf),
    (initial.LeCun(), np.sqrt(1 / FAN_IN), np.inf),
    (initial.Glorot(), np.sqrt(2 / (FAN_IN + FAN_OUT)), np.sqrt(6 / (FAN_IN + FAN_OUT))),
    (initial.Normal(0.3), 0.3, np.inf),
    # A normal cut at two standard deviations keeps 0.7738 of its variance.
    (initial.TruncatedNormal(0.05), 0.05 * np.sqrt(0.7737413), 0.1),
]


def draw(rule: Initial, shape: tuple[int, ...] = SHAPE, seed: int = 1) -> np.ndarray:
    return rule.draw(shape, FAN_IN, FAN_OUT, np.random.default_rng(seed))


@pytest.mark.parametrize(("rule", "sd", "bound"), RULES, ids=lambda v: type(v).__name__)
def test_spread_and_bounds(rule: Initial, sd: float, bound: float) -> None:
    values = draw(rule)
    assert values.shape == SHAPE
    assert values.dtype == np.float64
    # Five standard errors of mean and sd: sd/√n and sd/√(2n).
    assert abs(values.mean()) < 5 * sd / np.sqrt(SIZE)
    assert abs(values.std() - sd) < 5 * sd / np.sqrt(2 * SIZE)
    largest = np.abs(values).max()
    assert largest <= bound
    if np.isfinite(bound):
        assert largest > 0.99 * bound


@pytest.mark.parametrize(("rule", "tails"), [(RULES[0][0], True), (RULES[2][0], False)])
def test_normal_and_uniform_differ_in_their_tails(rule: Initial, tails: bool) -> None:
    values = draw(rule)
    assert bool((np.abs(values) > 2 * values.std()).any()) == tails


@pytest.mark.parametrize("shape", [(3, 3, 2, 5), (40, 7), (7, 40), (6, 6), (1, 1)])
def test_orthogonal_rows_or_columns(shape: tuple[int, ...]) -> None:
    matrix = draw(initial.Orthogonal(), shape).reshape(-1, shape[-1])
    small = matrix @ matrix.T if len(matrix) < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-12)


def test_orthogonal_draws_have_no_preferred_sign() -> None:
    """Without the correction by R's diagonal, QR gives diagonals of mostly one sign."""
    corners = [draw(initial.Orthogonal(), (2, 2), seed)[0, 0] for seed in range(400)]
    assert abs(np.mean(np.sign(corners))) < 5 / np.sqrt(400)


def test_constant() -> None:
    assert draw(initial.Constant(0.5), (2, 3)).tolist() == [[0.5] * 3] * 2
