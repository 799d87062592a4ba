"""Regularizers: what keeps a network from learning its training examples by heart."""

from cnnopt.regularizers.early_stopping import EarlyStopping, Patience
from cnnopt.regularizers.l2 import L2, Penalty

__all__ = ["L2", "EarlyStopping", "Patience", "Penalty"]
