"""Learning rates over time, by hand and by laws."""

import doctest
import pkgutil
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from math import cos, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.optimizers import schedules
from cnnopt.optimizers.schedules import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    OneCycle,
    Plateau,
    Polynomial,
    Reduction,
    Schedule,
    StepDecay,
    Warmup,
)

ALL: dict[str, Schedule] = {
    "constant": Constant(),
    "step": StepDecay(every=2.5, factor=0.3),
    "milestones": StepDecay(milestones=(1, 4.2)),
    "exponential": Exponential(0.7),
    "polynomial": Polynomial(1.7, 0.01),
    "cosine": Cosine(0.1),
    "cosine_restarts": CosineRestarts(2, 1.5, 0.05),
    "one_cycle": OneCycle(),
    "one_cycle_linear": OneCycle(0.5, 4, 3, "linear"),
}
EACH = pytest.mark.parametrize("schedule", ALL.values(), ids=ALL.keys())
MODULES = [
    import_module(f"cnnopt.optimizers.schedules.{module.name}")
    for module in pkgutil.iter_modules(schedules.__path__)
]


def factors(schedule: Schedule, steps: int, per_pass: float = 1.0) -> list[float]:
    return [schedule.at(step, steps, per_pass) for step in range(1, steps + 1)]


def test_every_schedule_is_tested_and_handed_on() -> None:
    classes = {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and hasattr(value, "waits_for_warmup")
    }
    assert classes == {type(schedule) for schedule in ALL.values()} | {Warmup}
    known = {*classes, Schedule, Plateau, Reduction}
    assert known == {getattr(schedules, name) for name in schedules.__all__}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_examples_in_docstrings_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@EACH
def test_docstring_names_source_and_example(schedule: Schedule) -> None:
    text = type(schedule).__doc__ or ""
    assert "Source:" in text
    assert ">>>" in text


def test_constant() -> None:
    assert factors(Constant(), 4) == [1.0] * 4


def test_step_by_hand() -> None:
    tenth = factors(StepDecay(every=2), 6)
    assert tenth == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])
    # Epochs of two steps: the rate falls after step 2, 6 and 8.
    found = factors(StepDecay(milestones=(1, 3, 4), factor=0.5), 9, 2)
    assert found == [1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]
    # Half an epoch of three steps is over after two of them.
    assert factors(StepDecay(every=0.5, factor=0.5), 5, 3) == [1, 1, 0.5, 0.25, 0.25]


@given(every=st.integers(1, 400), scale=st.integers(1, 400), count=st.integers(1, 30))
def test_falls_come_after_whole_steps_whatever_the_rounding(
    every: int, scale: int, count: int
) -> None:
    """`every` steps, written as epochs of `scale` steps: a fraction that floats do not hold."""
    schedule = StepDecay(every=every / scale, factor=0.5)
    wanted = count * every
    assert schedule.at(wanted, 10**6, scale) == 0.5 ** (count - 1)
    assert schedule.at(wanted + 1, 10**6, scale) == 0.5**count


def test_exponential_by_hand() -> None:
    assert factors(Exponential(0.25), 5, 2) == pytest.approx([1, 0.5, 0.25, 0.125, 0.0625])


def test_polynomial_by_hand() -> None:
    assert factors(Polynomial(), 5) == [1, 0.75, 0.5, 0.25, 0]
    assert factors(Polynomial(2, 0.2), 3) == pytest.approx([1, 0.2 + 0.8 / 4, 0.2])


def test_cosine_by_hand() -> None:
    assert factors(Cosine(), 5) == pytest.approx(
        [1, (1 + cos(pi / 4)) / 2, 0.5, (1 - cos(pi / 4)) / 2, 0], abs=1e-15
    )
    assert factors(Cosine(final=0.2), 3) == pytest.approx([1, 0.6, 0.2])


def test_restarts_by_hand() -> None:
    # Periods of 3, 6 and 12 steps, the last one cut off.
    found = factors(CosineRestarts(1.5, 2, 0.2), 12, 2)
    assert found[:3] == pytest.approx([1, 0.6, 0.2])
    assert found[3:9] == pytest.approx(factors(Cosine(0.2), 6))
    assert found[9:] == pytest.approx(factors(Cosine(0.2), 12)[:3])


@given(
    period=st.fractions(Fraction(1, 7), 9, max_denominator=9),
    growth=st.sampled_from([Fraction(1), Fraction(5, 4), Fraction(2), Fraction(1001, 1000)]),
    per_pass=st.integers(7, 20),
)
def test_each_period_is_a_cosine_of_its_own(
    period: Fraction, growth: Fraction, per_pass: int
) -> None:
    """Periods one after another in exact numbers, each end rounded to whole steps."""
    wanted: list[float] = []
    end, length = Fraction(0), period * per_pass
    while len(wanted) < 250:
        end += length
        length *= growth
        if (end * 2).denominator == 1 and end.denominator == 2:
            return  # a half may be rounded either way
        wanted += factors(Cosine(0.1), round(end) - len(wanted))
    found = factors(CosineRestarts(float(period), float(growth), 0.1), 250, per_pass)
    assert found == wanted[:250]


@given(steps=st.integers(1, 60), final=st.floats(0, 1))
def test_a_period_as_long_as_the_training_is_the_cosine(steps: int, final: float) -> None:
    assert factors(CosineRestarts(steps, 3, final), steps) == factors(Cosine(final), steps)


@given(period=st.floats(0.1, 9), growth=st.floats(1, 3), per_pass=st.integers(1, 20))
def test_every_period_begins_with_1_and_none_is_shorter_than_the_one_before(
    period: float, growth: float, per_pass: int
) -> None:
    found = factors(CosineRestarts(period, growth), 200, per_pass)
    starts = [0, *(i for i in range(1, 200) if found[i] > found[i - 1])]
    assert all(found[i] == 1 for i in starts)
    if period * per_pass > 3:
        lengths = [b - a for a, b in pairwise(starts)]
        rounded = [b - a >= -1 for a, b in pairwise(lengths)]
        assert all(rounded)
        assert all(abs(found[i - 1]) < 1e-15 for i in starts[1:])


def test_one_cycle_by_hand() -> None:
    # The peak stands after 0.4 · 10 - 1 = 3 steps; 6 go down.
    found = factors(OneCycle(0.4, 4, 2, "linear"), 10)
    assert found[:4] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert found[4:] == pytest.approx([1 - 0.875 * i / 6 for i in range(1, 7)])
    half = factors(OneCycle(0.4, 4, 2), 10)
    assert half[0] == pytest.approx(0.25)
    assert half[3] == 1
    assert half[6] == pytest.approx((1 + 1 / 8) / 2)
    assert half[9] == pytest.approx(1 / 8)


@pytest.mark.parametrize("peak", [0.0, 1.0])
@pytest.mark.parametrize("anneal", ["cosine", "linear"])
def test_one_cycle_may_only_rise_or_only_fall(
    peak: float, anneal: schedules.one_cycle.Anneal
) -> None:
    found = factors(OneCycle(peak, 5, 3, anneal), 8)
    ends = (0.2, 1) if peak else (1, 1 / 15)
    assert (found[0], found[-1]) == pytest.approx(ends)
    assert found == sorted(found, reverse=not peak)


def test_warmup_by_hand() -> None:
    # Two passes of two steps rise to 1; then the half cosine over the five that are left.
    assert factors(Warmup(Cosine(), 2), 9, 2) == pytest.approx(
        [0.25, 0.5, 0.75, 1, 1, (1 + cos(pi / 4)) / 2, 0.5, (1 - cos(pi / 4)) / 2, 0], abs=1e-15
    )
    # Half a pass of ten steps.
    assert factors(Warmup(Cosine(), 0.5), 20, 10)[:6] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])


@EACH
@given(steps=st.integers(1, 120), epochs=st.floats(0, 12), per_pass=st.integers(1, 30))
def test_warmup_rises_linearly_and_then_the_schedule_goes_on(
    schedule: Schedule, steps: int, epochs: float, per_pass: int
) -> None:
    warmed = Warmup(schedule, epochs)
    found, rising = factors(warmed, steps, per_pass), min(round(epochs * per_pass), steps)
    assert warmed.rising(steps, per_pass) == rising
    rest = max(steps - rising, 1)
    top = schedule.at(1, rest, per_pass)
    assert top == 1 or isinstance(schedule, OneCycle)
    wanted = [top * (step + 1) / rising for step in range(rising)]
    assert found[:rising] == pytest.approx(wanted, rel=1e-14)
    if isinstance(schedule, StepDecay):
        assert found[rising:] == factors(schedule, steps, per_pass)[rising:]
    elif rising < steps:
        assert found[rising:] == factors(schedule, rest, per_pass)


@EACH
@given(steps=st.integers(1, 300), per_pass=st.integers(1, 40), warmup=st.floats(0, 3))
def test_factors_are_between_0_and_1_and_the_peak_is_1(
    schedule: Schedule, steps: int, per_pass: int, warmup: float
) -> None:
    found = factors(Warmup(schedule, warmup), steps, per_pass)
    assert min(found) >= 0
    assert max(found) <= 1
    if not isinstance(schedule, OneCycle) and steps > round(warmup * per_pass):
        assert max(found) == 1


@EACH
@pytest.mark.parametrize("warmup", [0, 1])
def test_a_single_step_has_the_full_rate(schedule: Schedule, warmup: float) -> None:
    assert factors(Warmup(schedule, warmup), 1) == [1.0]


@EACH
def test_a_very_long_training_has_finite_factors(schedule: Schedule) -> None:
    for step in (1, 10**9, 10**18):
        assert 0 <= Warmup(schedule, 1).at(step, 10**18, 10**15) <= 1


def test_a_period_may_grow_beyond_all_trainings() -> None:
    assert factors(CosineRestarts(1, 1e300), 9, 2)[:3] == pytest.approx([1, 0, 1], abs=1e-15)
    assert CosineRestarts(1e308).at(3, 5, 40) == pytest.approx(1)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_warmup_longer_than_the_budget_only_rises(steps: int) -> None:
    found = factors(Warmup(Cosine(), 100), steps)
    assert found == pytest.approx([(step + 1) / steps for step in range(steps)])


@given(
    steps=st.integers(2, 300),
    warmup=st.floats(0, 3),
    per_pass=st.floats(1, 40),
    final=st.floats(0, 1),
)
def test_cosine_rises_then_falls_to_the_final_factor(
    steps: int, warmup: float, per_pass: float, final: float
) -> None:
    found = factors(Warmup(Cosine(final), warmup), steps, per_pass)
    top = found.index(max(found))
    assert max(found) == pytest.approx(1)
    assert found[: top + 1] == sorted(found[: top + 1])
    assert found[top + 1 :] == sorted(found[top + 1 :], reverse=True)
    assert min(found) > 0 or final == 0
    if steps - round(warmup * per_pass) >= 2:
        assert found[-1] == pytest.approx(final, abs=1e-12)


@pytest.mark.parametrize("key", [key for key in ALL if key.startswith(("co", "po", "ex", "st"))])
def test_the_first_step_has_the_start_and_the_last_the_end(key: str) -> None:
    found = factors(ALL[key], 100, 10)
    assert found[0] == 1
    ends = {"polynomial": 0.01, "cosine": 0.1, "exponential": 0.7**9.9, "constant": 1}
    if key in ends:
        assert found[-1] == pytest.approx(ends[key])
