"""Write schedules.npz with PyTorch: the learning rates of its schedules, for a rate of 1, float64.

Run it where PyTorch (2.13 was used) and NumPy are installed:
`python tests/golden/write_schedules.py`.
"""

from typing import Any

import numpy as np
import torch
from schedule_cases import (
    BY_EPOCH,
    BY_STEP,
    EPOCHS,
    HISTORIES,
    PLATEAUS,
    RESTARTS,
    SCHEDULES,
    STEPS,
    WARMED,
    WARMING,
    restart_times,
)
from torch.optim import lr_scheduler


def optimizer() -> torch.optim.SGD:
    """Return one whose rate is 1, over a weight that nothing changes."""
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def made(chosen: torch.optim.SGD, name: str, settings: dict[str, Any]) -> Any:
    more: dict[str, Any] = {}
    if name == "OneCycleLR":
        more = {"max_lr": 1.0, "total_steps": STEPS, "cycle_momentum": False}
    return getattr(lr_scheduler, name)(chosen, **settings, **more)


def rates(chosen: torch.optim.SGD, schedule: Any, count: int) -> np.ndarray:
    """Return the rate of each of `count` steps."""
    found = []
    for _ in range(count):
        found.append(chosen.param_groups[0]["lr"])
        chosen.step()
        if len(found) < count:
            schedule.step()
    return np.array(found)


def warmed(name: str, settings: dict[str, Any]) -> np.ndarray:
    chosen = optimizer()
    rise = lr_scheduler.LinearLR(chosen, start_factor=1 / WARMING, total_iters=WARMING - 1)
    rest = made(chosen, name, settings)
    return rates(chosen, lr_scheduler.SequentialLR(chosen, [rise, rest], [WARMING]), STEPS)


def restarted(first: int, growth: int, final: float) -> np.ndarray:
    chosen = optimizer()
    chosen.step()
    schedule = lr_scheduler.CosineAnnealingWarmRestarts(chosen, first, growth, final)
    found = []
    for time in restart_times(first, growth):
        schedule.step(time)
        found.append(chosen.param_groups[0]["lr"])
    return np.array(found)


def histories() -> dict[str, np.ndarray]:
    """Return values as validation might give them, 60 rows each."""
    generator, rows = np.random.default_rng(5), np.arange(60)
    return {
        "falling": 2 * 0.95**rows,
        "noisy": 1 + 0.9**rows + 0.1 * generator.normal(size=60),
        "stalling": np.maximum(1 - 0.1 * rows, 0.4),
        "rising": 1 + 0.02 * rows,
        "waves": np.round(np.cos(rows / 3) - rows / 40, 2),
    }


def reduced(settings: dict[str, Any], values: np.ndarray) -> np.ndarray:
    """Return the rate after each row of values."""
    chosen = optimizer()
    threshold = {"threshold": 0.0, "threshold_mode": "abs", "eps": 0.0}
    schedule = lr_scheduler.ReduceLROnPlateau(chosen, **(threshold | settings))
    found = []
    for value in values:
        schedule.step(value)
        found.append(chosen.param_groups[0]["lr"])
    return np.array(found)


def main() -> None:
    """Store all of them by the keys of `schedule_cases`."""
    arrays: dict[str, np.ndarray] = {}
    for cases, count in ((BY_STEP, STEPS), (BY_EPOCH, EPOCHS)):
        for key, (name, settings) in cases.items():
            chosen = optimizer()
            arrays[key] = rates(chosen, made(chosen, name, settings), count)
    for key, (name, settings) in WARMED.items():
        arrays[key] = warmed(name, settings)
    for key, case in RESTARTS.items():
        arrays[key] = restarted(*case)
    values = histories()
    for history in HISTORIES:
        arrays[history] = values[history]
        for key, settings in PLATEAUS.items():
            arrays[f"{key}_{history}"] = reduced(settings, values[history])
    np.savez_compressed(SCHEDULES, **arrays)


if __name__ == "__main__":
    main()
