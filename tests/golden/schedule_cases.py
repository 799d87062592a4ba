"""Which schedules the golden file holds: read by the script that writes it and by the tests."""

from pathlib import Path
from typing import Any

SCHEDULES = Path(__file__).parent / "schedules.npz"

PER_EPOCH, EPOCHS = 7, 12
STEPS = PER_EPOCH * EPOCHS

Settings = dict[str, Any]

# key -> PyTorch's class and settings, a scheduler step after every step of training
BY_STEP: dict[str, tuple[str, Settings]] = {
    "step": ("StepLR", {"step_size": 3 * PER_EPOCH, "gamma": 0.5}),
    "step_in_epochs_not_whole": ("StepLR", {"step_size": 10, "gamma": 0.1}),
    "milestones": ("MultiStepLR", {"milestones": [14, 35, 63], "gamma": 0.3}),
    "exponential": ("ExponentialLR", {"gamma": 0.9 ** (1 / PER_EPOCH)}),
    "polynomial_line": ("PolynomialLR", {"total_iters": STEPS - 1, "power": 1.0}),
    "polynomial_square": ("PolynomialLR", {"total_iters": STEPS - 1, "power": 2.0}),
    "polynomial_root": ("PolynomialLR", {"total_iters": STEPS - 1, "power": 0.5}),
    "cosine": ("CosineAnnealingLR", {"T_max": STEPS - 1}),
    "cosine_final": ("CosineAnnealingLR", {"T_max": STEPS - 1, "eta_min": 0.2}),
    "one_cycle": ("OneCycleLR", {}),
    "one_cycle_linear": ("OneCycleLR", {"anneal_strategy": "linear"}),
    "one_cycle_other": (
        "OneCycleLR",
        {"pct_start": 0.45, "div_factor": 10.0, "final_div_factor": 100.0},
    ),
    "one_cycle_other_linear": (
        "OneCycleLR",
        {
            "pct_start": 0.11,
            "div_factor": 3.0,
            "final_div_factor": 2.0,
            "anneal_strategy": "linear",
        },
    ),
}  # fmt: skip

# likewise, a scheduler step after every epoch
BY_EPOCH: dict[str, tuple[str, Settings]] = {
    "epoch_step": ("StepLR", {"step_size": 3, "gamma": 0.5}),
    "epoch_milestones": ("MultiStepLR", {"milestones": [2, 5, 9], "gamma": 0.3}),
    "epoch_exponential": ("ExponentialLR", {"gamma": 0.9}),
}

# key -> steps that warm up, PyTorch's schedule behind them
WARMING = 10
WARMED: dict[str, tuple[str, Settings]] = {
    "warm_constant": ("ConstantLR", {"factor": 1.0}),
    "warm_step": ("StepLR", {"step_size": 3 * PER_EPOCH, "gamma": 0.5}),
    "warm_milestones": (
        "MultiStepLR",
        {"milestones": [14 - WARMING, 35 - WARMING, 63 - WARMING], "gamma": 0.3},
    ),
    "warm_exponential": ("ExponentialLR", {"gamma": 0.9 ** (1 / PER_EPOCH)}),
    "warm_polynomial": ("PolynomialLR", {"total_iters": STEPS - WARMING - 1, "power": 2.0}),
    "warm_cosine": ("CosineAnnealingLR", {"T_max": STEPS - WARMING - 1, "eta_min": 0.1}),
}

# key -> T_0 in epochs, T_mult, eta_min; asked at `restart_times`
RESTARTS: dict[str, tuple[int, int, float]] = {
    "restarts": (3, 1, 0.0),
    "restarts_growing": (2, 2, 0.05),
    "restarts_one_period": (EPOCHS, 1, 0.0),
}


def periods(first: int, growth: int) -> list[tuple[int, int]]:
    """Return the first epoch of each period, and how many it has."""
    found, start, length = [], 0, first
    while start < EPOCHS:
        found.append((start, length))
        start, length = start + length, length * growth
    return found


def restart_times(first: int, growth: int) -> list[float]:
    """Return PyTorch's time, in epochs, for each of our steps.

    Our steps divide a period such that its last one has the end of the cosine; PyTorch's such that
    the end is the next period's start. So step t of n is at t/(n - 1) of the period, not at t/n.
    The last step of a period stands a little before its end: at it, PyTorch has restarted.
    """
    found = []
    for start, length in periods(first, growth):
        steps = length * PER_EPOCH
        found += [start + length * min(t / (steps - 1), 1 - 1e-9) for t in range(steps)]
    return found[:STEPS]


# key -> PyTorch's settings; its `patience` is one less than ours
PLATEAUS: dict[str, Settings] = {
    "plateau": {"factor": 0.1, "patience": 2},
    "plateau_at_once": {"factor": 0.5, "patience": 0},
    "plateau_cooldown": {"factor": 0.5, "patience": 1, "cooldown": 3},
    "plateau_min_change": {"factor": 0.3, "patience": 2, "threshold": 0.05},
    "plateau_floor": {"factor": 0.4, "patience": 0, "min_lr": 0.1, "cooldown": 1},
    "plateau_all": {
        "factor": 0.7, "patience": 3, "threshold": 0.02, "cooldown": 2, "min_lr": 0.01,
    },
}  # fmt: skip
HISTORIES = ("falling", "noisy", "stalling", "rising", "waves")
