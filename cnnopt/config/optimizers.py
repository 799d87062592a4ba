"""Settings of optimizers."""

from __future__ import annotations

from typing import Literal

from cnnopt.config.optimizer_base import OptimizerSettings
from cnnopt.config.own_optimizers import Table
from cnnopt.config.rule import Named
from cnnopt.config.values import AtLeast4, Below1, Flag, PositiveReal, Share, Size


class Sgd(OptimizerSettings):
    """Plain gradient descent on batches."""

    kind: Literal["sgd"] = "sgd"
    learning_rate: PositiveReal = 1e-2


class Momentum(OptimizerSettings):
    """Gradient descent with a velocity that decays by `momentum` per step."""

    kind: Literal["momentum"] = "momentum"
    learning_rate: PositiveReal = 1e-2
    momentum: Below1 = 0.9


class Nesterov(OptimizerSettings):
    """Momentum that looks ahead: the gradient is taken where the velocity is about to lead."""

    kind: Literal["nesterov"] = "nesterov"
    learning_rate: PositiveReal = 1e-2
    momentum: Below1 = 0.9


class Adagrad(OptimizerSettings):
    """Each weight's rate shrinks with the root of its summed squared gradients."""

    kind: Literal["adagrad"] = "adagrad"
    learning_rate: PositiveReal = 1e-2
    initial: Size = 0.0
    epsilon: PositiveReal = 1e-10


class Adadelta(OptimizerSettings):
    """Steps scaled to the length of past steps; `learning_rate` is a factor on that."""

    kind: Literal["adadelta"] = "adadelta"
    learning_rate: PositiveReal = 1.0
    rho: Below1 = 0.9
    epsilon: PositiveReal = 1e-6


class RmsProp(OptimizerSettings):
    """The gradient over its running scale; `centered` over its running deviation."""

    kind: Literal["rmsprop"] = "rmsprop"
    learning_rate: PositiveReal = 1e-2
    rho: Below1 = 0.99
    momentum: Below1 = 0.0
    centered: Flag = False
    epsilon: PositiveReal = 1e-8


class Adam(OptimizerSettings):
    """Steps scaled by running means of the gradient and of its square."""

    kind: Literal["adam"] = "adam"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    amsgrad: Flag = False


class RAdam(OptimizerSettings):
    """Adam that starts as momentum, until its scale has seen enough gradients."""

    kind: Literal["radam"] = "radam"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    threshold: AtLeast4 = 5.0
    weight_decay: Size = 0.0


class AdamP(OptimizerSettings):
    """Adam without the part of a step that only makes scale-free weights longer."""

    kind: Literal["adamp"] = "adamp"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    delta: Size = 0.1
    decay_ratio: Share = 0.1
    nesterov: Flag = False
    weight_decay: Size = 0.0


class AdamW(OptimizerSettings):
    """Adam with weight decay apart from the gradient; not of biases and norms."""

    kind: Literal["adamw"] = "adamw"
    learning_rate: PositiveReal = 1e-3
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: PositiveReal = 1e-8
    amsgrad: Flag = False
    weight_decay: Size = 1e-2


class Lion(OptimizerSettings):
    """Steps of one length along the sign of a momentum."""

    kind: Literal["lion"] = "lion"
    learning_rate: PositiveReal = 1e-4
    beta1: Below1 = 0.9
    beta2: Below1 = 0.99
    weight_decay: Size = 0.0


OPTIMIZERS = Table(
    {
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
)
OPTIMIZERS_NAMED = Named("optimizer", OPTIMIZERS)
