"""Regularizers: what keeps a network from learning its training examples by heart."""

from cnnopt.regularizers.average import Average, AverageWeights
from cnnopt.regularizers.batch import Batch, BatchTransform
from cnnopt.regularizers.early_stopping import EarlyStopping, Patience
from cnnopt.regularizers.l2 import L2, Penalty
from cnnopt.regularizers.sam import Sam

__all__ = [
    "L2",
    "Average",
    "AverageWeights",
    "Batch",
    "BatchTransform",
    "EarlyStopping",
    "Patience",
    "Penalty",
    "Sam",
]
