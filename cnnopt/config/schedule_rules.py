"""Rules of schedules: what their own settings ask of each other, and what the budget bears."""

from __future__ import annotations

from collections.abc import Iterator

from cnnopt.config.breach import Breach
from cnnopt.config.schedules import CosineRestarts, Plateau, ScheduleSettings, StepDecay

ROUNDING = 1e-9
"""Epochs that do not count: 0.3 and 0.1 + 0.2 are the same."""


def breaches_within(schedule: ScheduleSettings) -> Iterator[Breach]:
    """Yield the rules that a schedule breaks whatever the budget is."""
    if not isinstance(schedule, StepDecay):
        return
    every, milestones = schedule.every, schedule.milestones
    if every is None and milestones is None:
        remedy = "Write `step: 10` or `step: {milestones: [10, 15]}`, for instance"
        yield Breach("schedule.step.every", "must be given, or milestones", remedy)
    if every is not None and milestones is not None:
        yield Breach(
            "schedule.step.milestones",
            "cannot stand together with schedule.step.every",
            "Keep one; null takes the other away: schedule.step.every=null",
        )
    first = min((*(milestones or ()), *([] if every is None else [every])), default=None)
    if first is not None and schedule.warmup > first + ROUNDING:
        rule = f"must be over when the rate falls for the first time, after epoch {first:g}"
        yield Breach("schedule.step.warmup", rule, f"Use {first:g} or less")


def breaches_of_plateau(schedule: ScheduleSettings, validation: float | str) -> Iterator[Breach]:
    """Yield the rule that a plateau breaks where `dataset.validation` leaves nothing to watch."""
    if isinstance(schedule, Plateau) and validation == 0:
        rule = "plateau needs a validation part, and dataset.validation is 0"
        yield Breach("schedule.plateau", rule, "Use dataset.validation: 0.1, or another schedule")


def breaches_of_budget(schedule: ScheduleSettings, epochs: float, budget: str) -> Iterator[Breach]:
    """Yield the rules that a schedule breaks in a training of so many epochs.

    Args:
        schedule: its settings.
        epochs: how long the training is; need not be whole.
        budget: what says so, as messages show it: `training.epochs (10)`.
    """
    path, longest = f"schedule.{schedule.kind}", epochs + ROUNDING
    if schedule.warmup > longest:
        remedy = f"Use {_suggested(epochs / 5)}, for instance"
        yield Breach(f"{path}.warmup", f"must be at most {budget}", remedy)
        return
    match schedule:
        case StepDecay(every=float(every)) if every >= epochs - ROUNDING:
            remedy = f"Use {_suggested(epochs / 3)}, for instance"
            yield Breach(f"{path}.every", f"must be less than {budget}", remedy)
        case StepDecay(milestones=tuple(milestones)) if milestones[-1] >= epochs - ROUNDING:
            late = next(each for each in milestones if each >= epochs - ROUNDING)
            rule = f"{late:g} must be less than {budget}"
            yield Breach(f"{path}.milestones", rule, "Remove it, or train for longer")
        case CosineRestarts(period=period) if schedule.warmup + period > longest:
            less = f" less the warm-up ({schedule.warmup:g})" if schedule.warmup else ""
            remedy = f"Use {_suggested((epochs - schedule.warmup) / 3)}, for instance"
            yield Breach(f"{path}.period", f"must be at most {budget}{less}", remedy)


def _suggested(epochs: float) -> str:
    """Return about so many epochs: whole ones from 1 up."""
    return f"{round(epochs) or 1}" if epochs >= 0.5 else f"{epochs:.1g}"
