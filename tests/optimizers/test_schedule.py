"""Learning rates over time, by hand and by laws."""

from math import cos, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.optimizers import Constant, Cosine


def factors(schedule: Cosine | Constant, steps: int, per_pass: float = 1.0) -> list[float]:
    return [schedule.factor(step, steps, per_pass) for step in range(1, steps + 1)]


def test_constant() -> None:
    assert factors(Constant(), 4) == [1.0] * 4


def test_cosine_by_hand() -> None:
    assert factors(Cosine(), 5) == pytest.approx(
        [1, (1 + cos(pi / 4)) / 2, 0.5, (1 - cos(pi / 4)) / 2, 0], abs=1e-15
    )
    assert factors(Cosine(final=0.2), 3) == pytest.approx([1, 0.6, 0.2])


def test_warmup_by_hand() -> None:
    # Two passes of two steps rise to 1; then the half cosine over the five that are left.
    assert factors(Cosine(warmup=2), 9, 2) == pytest.approx(
        [0.25, 0.5, 0.75, 1, 1, (1 + cos(pi / 4)) / 2, 0.5, (1 - cos(pi / 4)) / 2, 0], abs=1e-15
    )
    # Half a pass of ten steps.
    assert factors(Cosine(warmup=0.5), 20, 10)[:6] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_warmup_longer_than_the_budget_only_rises(steps: int) -> None:
    found = factors(Cosine(warmup=100), steps)
    assert found == pytest.approx([(step + 1) / steps for step in range(steps)])


@pytest.mark.parametrize(("warmup", "wanted"), [(0, 1.0), (1, 1.0)])
def test_a_single_step_has_the_full_rate(warmup: float, wanted: float) -> None:
    assert factors(Cosine(warmup=warmup, final=0.1), 1) == [wanted]


@given(
    steps=st.integers(2, 300),
    warmup=st.floats(0, 3),
    per_pass=st.floats(1, 40),
    final=st.floats(0, 1),
)
def test_rises_then_falls_to_the_final_factor(
    steps: int, warmup: float, per_pass: float, final: float
) -> None:
    found = factors(Cosine(warmup, final), steps, per_pass)
    top = found.index(max(found))
    assert max(found) == pytest.approx(1)
    assert found[: top + 1] == sorted(found[: top + 1])
    assert found[top + 1 :] == sorted(found[top + 1 :], reverse=True)
    assert min(found) > 0 or final == 0
    if steps - round(warmup * per_pass) >= 2:
        assert found[-1] == pytest.approx(final, abs=1e-12)
