"""Losses: a value for each example, and the gradient of their weighted sum."""

from cnnopt.losses.base import Loss
from cnnopt.losses.cross_entropy import CrossEntropy
from cnnopt.losses.squared_error import SquaredError

__all__ = ["CrossEntropy", "Loss", "SquaredError"]
