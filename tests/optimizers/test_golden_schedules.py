"""Every schedule against PyTorch's, stored by tests/golden/write_schedules.py, to 1e-12."""

import numpy as np
import pytest
from golden.schedule_cases import (
    BY_EPOCH,
    BY_STEP,
    EPOCHS,
    HISTORIES,
    PER_EPOCH,
    PLATEAUS,
    RESTARTS,
    SCHEDULES,
    STEPS,
    WARMED,
    WARMING,
)

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

TOLERANCE = 1e-12
WARM = WARMING / PER_EPOCH

# PyTorch's `T_max` and `total_iters` are STEPS - 1 there: after so many of its steps it has come
# to its end, which here is the last step of the training, and not one behind it.
OURS: dict[str, Schedule] = {
    "step": StepDecay(every=3, factor=0.5),
    "step_in_epochs_not_whole": StepDecay(every=10 / PER_EPOCH),
    "milestones": StepDecay(milestones=(2, 5, 9), factor=0.3),
    "exponential": Exponential(0.9),
    "polynomial_line": Polynomial(),
    "polynomial_square": Polynomial(2),
    "polynomial_root": Polynomial(0.5),
    "cosine": Cosine(),
    "cosine_final": Cosine(0.2),
    "one_cycle": OneCycle(),
    "one_cycle_linear": OneCycle(anneal="linear"),
    "one_cycle_other": OneCycle(0.45, 10, 100),
    "one_cycle_other_linear": OneCycle(0.11, 3, 2, "linear"),
    "epoch_step": StepDecay(every=3, factor=0.5),
    "epoch_milestones": StepDecay(milestones=(2, 5, 9), factor=0.3),
    "epoch_exponential": Exponential(0.9),
    "restarts": CosineRestarts(3),
    "restarts_growing": CosineRestarts(2, 2, 0.05),
    "restarts_one_period": CosineRestarts(EPOCHS),
    "warm_constant": Warmup(Constant(), WARM),
    "warm_milestones": Warmup(StepDecay(milestones=(2, 5, 9), factor=0.3), WARM),
    "warm_exponential": Warmup(Exponential(0.9), WARM),
    "warm_polynomial": Warmup(Polynomial(2), WARM),
    "warm_cosine": Warmup(Cosine(0.1), WARM),
}


def golden(key: str) -> np.ndarray:
    with np.load(SCHEDULES) as stored:
        return stored[key]


def ours(key: str) -> np.ndarray:
    return np.array([OURS[key].at(step, STEPS, PER_EPOCH) for step in range(1, STEPS + 1)])


def test_every_golden_number_has_a_test() -> None:
    keys = {*BY_STEP, *BY_EPOCH, *WARMED, *RESTARTS}
    assert keys - {"warm_step"} == OURS.keys()
    rows = {f"{key}_{history}" for key in PLATEAUS for history in HISTORIES}
    with np.load(SCHEDULES) as stored:
        assert set(stored) == {*keys, *rows, *HISTORIES}


@pytest.mark.parametrize("key", [*BY_STEP, *RESTARTS, *(key for key in WARMED if key in OURS)])
def test_goes_pytorchs_way_step_by_step(key: str) -> None:
    np.testing.assert_allclose(ours(key), golden(key), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("key", ["epoch_step", "epoch_milestones"])
def test_keeps_the_rate_that_pytorch_has_in_an_epoch(key: str) -> None:
    np.testing.assert_allclose(ours(key), np.repeat(golden(key), PER_EPOCH), rtol=0, atol=TOLERANCE)


def test_exponential_has_pytorchs_rate_at_the_first_step_of_an_epoch() -> None:
    """PyTorch keeps it there, ours moves on to the next one's."""
    found = ours("epoch_exponential")
    np.testing.assert_allclose(
        found[::PER_EPOCH], golden("epoch_exponential"), rtol=0, atol=TOLERANCE
    )
    assert len(set(found)) == STEPS


def test_step_counts_epochs_from_the_start_where_pytorch_counts_from_the_warm_up() -> None:
    """So PyTorch's falls come later by the warm-up, and its last one does not come."""
    warmed = Warmup(StepDecay(every=3, factor=0.5), WARM)
    found = np.array([warmed.at(step, STEPS, PER_EPOCH) for step in range(1, STEPS + 1)])
    theirs = golden("warm_step")
    np.testing.assert_allclose(found[:WARMING], theirs[:WARMING], rtol=0, atol=TOLERANCE)
    falls = np.flatnonzero(np.diff(found[WARMING:])) + WARMING + 1
    np.testing.assert_array_equal(falls, [21, 42, 63])
    np.testing.assert_array_equal(
        np.flatnonzero(np.diff(theirs[WARMING:])) + WARMING + 1, falls + WARMING
    )
    np.testing.assert_allclose(found[falls], [0.5, 0.25, 0.125], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("key", PLATEAUS)
def test_plateau_falls_when_pytorch_falls(key: str, history: str) -> None:
    """PyTorch bears `patience` rows and falls after one more; ours falls after `patience`."""
    settings = PLATEAUS[key]
    rule = Plateau(
        factor=settings["factor"],
        patience=settings["patience"] + 1,
        min_change=settings.get("threshold", 0.0),
        cooldown=settings.get("cooldown", 0),
        min_rate=settings.get("min_lr", 0.0),
    )
    state, found = Reduction(), []
    for value in golden(history):
        state.take(rule, float(value))
        found.append(state.factor)
    np.testing.assert_allclose(found, golden(f"{key}_{history}"), rtol=1e-12, atol=0)


def test_the_histories_let_every_plateau_fall() -> None:
    """Else the test above would look at rates that never move."""
    for key in PLATEAUS:
        assert all(golden(f"{key}_{each}")[-1] < 0.9 for each in ("noisy", "stalling", "rising"))
