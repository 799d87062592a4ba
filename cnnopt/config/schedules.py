"""Settings of the learning rate's schedule."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from cnnopt.config.rule import Named, Rule, broken
from cnnopt.config.settings import Settings
from cnnopt.config.values import AtLeast1, Count, Positive, PositiveReal, Share, ShareInside, Size

_MILESTONES_RULE = Rule("must be a list of epochs greater than 0, each greater than the one before")


def _milestones(value: Any) -> tuple[float, ...]:
    items = value if isinstance(value, list | tuple) else ()
    numbers = [item for item in items if type(item) in (int, float) and 0 < item < float("inf")]
    if items and len(numbers) == len(items) and sorted(set(numbers)) == numbers:
        return tuple(map(float, numbers))
    raise broken(_MILESTONES_RULE.text)


Milestones = Annotated[
    tuple[float, ...],
    PlainValidator(_milestones),
    _MILESTONES_RULE,
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "number", "exclusiveMinimum": 0},
            "minItems": 1,
            "uniqueItems": True,
        }
    ),
]
"""Epochs in ascending order."""


class _ScheduleSettings(Settings):
    """What every schedule has: a linear rise over `warmup` epochs before it."""

    warmup: Size = 0.0


class ConstantRate(_ScheduleSettings):
    """The same learning rate all the time."""

    kind: Literal["constant"] = "constant"


class StepDecay(_ScheduleSettings):
    """The rate is multiplied by `factor` after every `every` epochs, or after each milestone."""

    main: ClassVar[str] = "every"
    kind: Literal["step"] = "step"
    every: PositiveReal | None = None
    milestones: Milestones | None = None
    factor: ShareInside = 0.1


class Exponential(_ScheduleSettings):
    """The rate falls with every step, by `factor` in an epoch."""

    main: ClassVar[str] = "factor"
    kind: Literal["exponential"] = "exponential"
    factor: ShareInside


class Polynomial(_ScheduleSettings):
    """From 1 to the share `final` by the power of what is left of the training."""

    main: ClassVar[str] = "power"
    kind: Literal["polynomial"] = "polynomial"
    power: PositiveReal = 1.0
    final: Share = 0.0


class Cosine(_ScheduleSettings):
    """A linear rise over `warmup` epochs, then half a cosine down to the share `final`."""

    main: ClassVar[str] = "warmup"
    kind: Literal["cosine"] = "cosine"
    final: Share = 0.0


class CosineRestarts(_ScheduleSettings):
    """Half a cosine over `period` epochs, again and again, each `growth` times as long."""

    main: ClassVar[str] = "period"
    kind: Literal["cosine_restarts"] = "cosine_restarts"
    period: PositiveReal
    growth: AtLeast1 = 1.0
    final: Share = 0.0


class OneCycle(_ScheduleSettings):
    """One rise to the full rate in the share `peak` of the steps, one fall far below the start."""

    kind: Literal["one_cycle"] = "one_cycle"
    peak: Share = 0.3
    initial_divisor: AtLeast1 = 25.0
    final_divisor: AtLeast1 = 1e4
    anneal: Literal["cosine", "linear"] = "cosine"


class Plateau(_ScheduleSettings):
    """The rate is multiplied by `factor` after `patience` rows of metrics without a gain."""

    main: ClassVar[str] = "patience"
    kind: Literal["plateau"] = "plateau"
    patience: Positive
    factor: ShareInside = 0.1
    min_change: Size = 0.0
    cooldown: Count = 0
    min_rate: Share = 0.0


OverTheBudget = Polynomial | Cosine | OneCycle
"""What is stretched over the whole training: another budget makes other rates from the start."""

ScheduleSettings = ConstantRate | StepDecay | Exponential | CosineRestarts | Plateau | OverTheBudget
Schedule = Annotated[ScheduleSettings, Field(discriminator="kind")]

SCHEDULES: dict[str, type[Settings]] = {
    "constant": ConstantRate,
    "step": StepDecay,
    "exponential": Exponential,
    "polynomial": Polynomial,
    "cosine": Cosine,
    "cosine_restarts": CosineRestarts,
    "one_cycle": OneCycle,
    "plateau": Plateau,
}
SCHEDULES_NAMED = Named("schedule", SCHEDULES)
