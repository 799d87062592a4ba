"""Settings of a schedule to what training asks: factors by the step, and by validation."""

from __future__ import annotations

from typing import assert_never

from cnnopt.config import schedules as settings
from cnnopt.optimizers import schedules


def schedule_of(given: settings.ScheduleSettings) -> schedules.Schedule:
    """Return the schedule with its warm-up; a plateau's own part is 1, see `plateau_of`."""
    schedule = _without_warmup(given)
    return schedules.Warmup(schedule, given.warmup) if given.warmup else schedule


def plateau_of(given: settings.ScheduleSettings) -> schedules.Plateau | None:
    """Return by what rule validation lowers the rate; None where it does not."""
    match given:
        case settings.Plateau():
            return schedules.Plateau(
                given.factor, given.patience, given.min_change, given.cooldown, given.min_rate
            )
        case _:
            return None


def _without_warmup(given: settings.ScheduleSettings) -> schedules.Schedule:
    match given:
        case settings.ConstantRate() | settings.Plateau():
            return schedules.Constant()
        case settings.StepDecay():
            return schedules.StepDecay(given.every, given.milestones or (), given.factor)
        case settings.Exponential():
            return schedules.Exponential(given.factor)
        case settings.Polynomial():
            return schedules.Polynomial(given.power, given.final)
        case settings.Cosine():
            return schedules.Cosine(given.final)
        case settings.CosineRestarts():
            return schedules.CosineRestarts(given.period, given.growth, given.final)
        case settings.OneCycle():
            return schedules.OneCycle(
                given.peak, given.initial_divisor, given.final_divisor, given.anneal
            )
        case _:
            assert_never(given)
