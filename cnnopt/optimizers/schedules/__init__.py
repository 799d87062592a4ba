"""Schedules: the learning rate over the steps of a training, as a factor on the optimizer's."""

from cnnopt.optimizers.schedules.base import Schedule
from cnnopt.optimizers.schedules.constant import Constant
from cnnopt.optimizers.schedules.cosine import Cosine
from cnnopt.optimizers.schedules.cosine_restarts import CosineRestarts
from cnnopt.optimizers.schedules.exponential import Exponential
from cnnopt.optimizers.schedules.one_cycle import OneCycle
from cnnopt.optimizers.schedules.plateau import Plateau, Reduction
from cnnopt.optimizers.schedules.polynomial import Polynomial
from cnnopt.optimizers.schedules.step_decay import StepDecay
from cnnopt.optimizers.schedules.warmup import Warmup

__all__ = [
    "Constant",
    "Cosine",
    "CosineRestarts",
    "Exponential",
    "OneCycle",
    "Plateau",
    "Polynomial",
    "Reduction",
    "Schedule",
    "StepDecay",
    "Warmup",
]
