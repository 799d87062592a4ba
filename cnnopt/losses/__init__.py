"""Losses: a value for each example, and the gradient of their weighted sum."""

from cnnopt.losses.absolute_error import AbsoluteError
from cnnopt.losses.base import Loss
from cnnopt.losses.binary_cross_entropy import BinaryCrossEntropy, class_logits
from cnnopt.losses.cross_entropy import CrossEntropy
from cnnopt.losses.huber import Huber
from cnnopt.losses.squared_error import SquaredError
from cnnopt.losses.weights import Setting, class_weights, example_weights, weigh

__all__ = [
    "AbsoluteError",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "Huber",
    "Loss",
    "Setting",
    "SquaredError",
    "class_logits",
    "class_weights",
    "example_weights",
    "weigh",
]
