"""The layers: one file per family, all of the same form (see `base.Layer`)."""

from cnnopt.layers.activation import Relu, Tanh
from cnnopt.layers.base import Coupled, Draw, Layer, Noisy, Parameter, ShapeError, Wires
from cnnopt.layers.batch_norm import BatchNorm
from cnnopt.layers.bias import Bias
from cnnopt.layers.conv import Conv
from cnnopt.layers.dense import Dense
from cnnopt.layers.dropout import Dropout
from cnnopt.layers.flatten import Flatten
from cnnopt.layers.global_pool import GlobalAvgPool, GlobalMaxPool
from cnnopt.layers.pool import AvgPool, MaxPool

__all__ = [
    "AvgPool",
    "BatchNorm",
    "Bias",
    "Conv",
    "Coupled",
    "Dense",
    "Draw",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "Layer",
    "MaxPool",
    "Noisy",
    "Parameter",
    "Relu",
    "ShapeError",
    "Tanh",
    "Wires",
]
