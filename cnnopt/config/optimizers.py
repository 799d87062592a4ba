"""Settings of optimizers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, PositiveReal


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


OptimizerSettings = Sgd | Momentum | Adam
Optimizer = Annotated[OptimizerSettings, Field(discriminator="kind")]

OPTIMIZERS: dict[str, type[Settings]] = {"sgd": Sgd, "momentum": Momentum, "adam": Adam}
OPTIMIZERS_NAMED = Named("optimizer", OPTIMIZERS)
