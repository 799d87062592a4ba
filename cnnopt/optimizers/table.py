"""The optimizers by the names that a config gives them."""

from __future__ import annotations

from typing import Any

from cnnopt.optimizers.adadelta import Adadelta
from cnnopt.optimizers.adagrad import Adagrad
from cnnopt.optimizers.adam import Adam, AdamW
from cnnopt.optimizers.adamp import AdamP
from cnnopt.optimizers.base import Optimizer
from cnnopt.optimizers.lion import Lion
from cnnopt.optimizers.momentum import Momentum
from cnnopt.optimizers.nesterov import Nesterov
from cnnopt.optimizers.radam import RAdam
from cnnopt.optimizers.rmsprop import RmsProp
from cnnopt.optimizers.sgd import Sgd

CLASSES: dict[str, type[Optimizer]] = {
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


def make_optimizer(name: str, **settings: Any) -> Optimizer:
    """Return an optimizer by its name; what is not set has its default.

    Raises:
        KeyError: no such name.
        TypeError: no such setting.

    Example:
        >>> make_optimizer("momentum", learning_rate=0.1)
        Momentum(learning_rate=0.1, momentum=0.9)
    """
    return CLASSES[name](**settings)
