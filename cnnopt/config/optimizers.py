"""Settings of optimizers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.values import AtLeast4, Below1, Flag, PositiveReal, Share, Size


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


class Nesterov(Settings):
    """Momentum that looks ahead: the gradient is taken where the velocity is about to lead."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["nesterov"] = "nesterov"
    learning_rate: PositiveReal = 1e-2
    momentum: Below1 = 0.9


class Adagrad(Settings):
    """Each weight's rate shrinks with the root of its summed squared gradients."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["adagrad"] = "adagrad"
    learning_rate: PositiveReal = 1e-2
    initial: Size = 0.0
    epsilon: PositiveReal = 1e-10


class Adadelta(Settings):
    """Steps scaled to the length of past steps; `learning_rate` is a factor on that."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["adadelta"] = "adadelta"
    learning_rate: PositiveReal = 1.0
    rho: Below1 = 0.9
    epsilon: PositiveReal = 1e-6


class RmsProp(Settings):
    """The gradient over its running scale; `centered` over its running deviation."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["rmsprop"] = "rmsprop"
    learning_rate: PositiveReal = 1e-2
    rho: Below1 = 0.99
    momentum: Below1 = 0.0
    centered: Flag = False
    epsilon: PositiveReal = 1e-8


class Adam(Settings):
    """Steps scaled by running means of the gradient and of its square."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["adam"] = "adam"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    amsgrad: Flag = False


class RAdam(Settings):
    """Adam that starts as momentum, until its scale has seen enough gradients."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["radam"] = "radam"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    threshold: AtLeast4 = 5.0
    weight_decay: Size = 0.0


class AdamP(Settings):
    """Adam without the part of a step that only makes scale-free weights longer."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["adamp"] = "adamp"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    delta: Size = 0.1
    decay_ratio: Share = 0.1
    nesterov: Flag = False
    weight_decay: Size = 0.0


class AdamW(Settings):
    """Adam with weight decay apart from the gradient; not of biases and norms."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["adamw"] = "adamw"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    amsgrad: Flag = False
    weight_decay: Size = 1e-2


class Lion(Settings):
    """Steps of one length along the sign of a momentum."""

    main: ClassVar[str] = "learning_rate"
    kind: Literal["lion"] = "lion"
    learning_rate: PositiveReal = 1e-4
    beta1: Below1 = 0.9
    beta2: Below1 = 0.99
    weight_decay: Size = 0.0


OptimizerSettings = (
    Sgd | Momentum | Nesterov | Adagrad | Adadelta | RmsProp | Adam | RAdam | AdamP | AdamW | Lion
)
Optimizer = Annotated[OptimizerSettings, Field(discriminator="kind")]

OPTIMIZERS: dict[str, type[Settings]] = {
    "sgd": Sgd,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "rmsprop": RmsProp,
    "adam": Adam,
    "radam": RAdam,
    "adamp": AdamP,
    "adamw": AdamW,
    "lion": Lion,
}
OPTIMIZERS_NAMED = Named("optimizer", OPTIMIZERS)
