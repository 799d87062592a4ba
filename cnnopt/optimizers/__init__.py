"""Optimizers and schedules of the learning rate, all over flat vectors."""

from cnnopt.optimizers.adam import Adam
from cnnopt.optimizers.base import Optimizer, Updater
from cnnopt.optimizers.momentum import Momentum
from cnnopt.optimizers.schedule import Constant, Cosine, Schedule
from cnnopt.optimizers.sgd import Sgd

__all__ = ["Adam", "Constant", "Cosine", "Momentum", "Optimizer", "Schedule", "Sgd", "Updater"]
