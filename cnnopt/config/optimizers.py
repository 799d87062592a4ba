"""Settings of optimizers and of the learning rate's schedule."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, PositiveReal, Share, Size


class Sgd(Settings):
    """Plain gradient descent on batches."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["sgd"] = "sgd"
    learning_rate: PositiveReal = 1e-2


class Momentum(Settings):
    """Gradient descent with a velocity that decays by `momentum` per step."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["momentum"] = "momentum"
    learning_rate: PositiveReal = 1e-2
    momentum: Below1 = 0.9


class Adam(Settings):
    """Steps scaled by running means of the gradient and of its square."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["adam"] = "adam"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8


class ConstantRate(Settings):
    """The same learning rate all the time."""

    kind: Literal["constant"] = "constant"


class Cosine(Settings):
    """A linear rise over `warmup` epochs, then half a cosine down to the share `final`."""

    main: ClassVar[str] = "warmup"
    kind: Literal["cosine"] = "cosine"
    warmup: Size = 0.0
    final: Share = 0.0


OptimizerSettings = Sgd | Momentum | Adam
ScheduleSettings = ConstantRate | Cosine
Optimizer = Annotated[OptimizerSettings, Field(discriminator="kind")]
Schedule = Annotated[ScheduleSettings, Field(discriminator="kind")]

OPTIMIZERS: dict[str, type[Settings]] = {"sgd": Sgd, "momentum": Momentum, "adam": Adam}
SCHEDULES: dict[str, type[Settings]] = {"constant": ConstantRate, "cosine": Cosine}
OPTIMIZERS_NAMED = Named("optimizer", OPTIMIZERS)
SCHEDULES_NAMED = Named("schedule", SCHEDULES)
