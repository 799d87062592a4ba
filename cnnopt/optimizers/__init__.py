"""Optimizers, all over flat vectors; the schedules of their learning rate are in `schedules`."""

from cnnopt.optimizers.adadelta import Adadelta
from cnnopt.optimizers.adagrad import Adagrad
from cnnopt.optimizers.adam import Adam, AdamW
from cnnopt.optimizers.adamp import AdamP
from cnnopt.optimizers.base import Optimizer, Step
from cnnopt.optimizers.lion import Lion
from cnnopt.optimizers.momentum import Momentum
from cnnopt.optimizers.nesterov import Nesterov
from cnnopt.optimizers.radam import RAdam
from cnnopt.optimizers.rmsprop import RmsProp
from cnnopt.optimizers.sgd import Sgd
from cnnopt.optimizers.table import make_optimizer
from cnnopt.optimizers.updater import Region, Updater

__all__ = [
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamP",
    "AdamW",
    "Lion",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RAdam",
    "Region",
    "RmsProp",
    "Sgd",
    "Step",
    "Updater",
    "make_optimizer",
]
