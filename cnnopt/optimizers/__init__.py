"""Optimizers, all over flat vectors; the schedules of their learning rate are in `schedules`."""

from cnnopt.optimizers.adam import Adam
from cnnopt.optimizers.base import Optimizer, Updater
from cnnopt.optimizers.momentum import Momentum
from cnnopt.optimizers.sgd import Sgd

__all__ = ["Adam", "Momentum", "Optimizer", "Sgd", "Updater"]
