"""The layers: one file per family, all of the same form (see `base.Layer`)."""

from cnnopt.layers.activation import Relu, Tanh
from cnnopt.layers.base import Coupled, Draw, Layer, Noisy, Parameter, ShapeError, Wires
from cnnopt.layers.batch_norm import BatchNorm
from cnnopt.layers.bias import Bias
from cnnopt.layers.conv import Conv
from cnnopt.layers.dense import Dense
from cnnopt.layers.drop_connect import DropConnect
from cnnopt.layers.dropout import Dropout, SpatialDropout
from cnnopt.layers.flatten import Flatten
from cnnopt.layers.gate import Gelu, Silu
from cnnopt.layers.global_pool import GlobalAvgPool, GlobalMaxPool
from cnnopt.layers.group_norm import GroupNorm
from cnnopt.layers.inside import Composite
from cnnopt.layers.layer_norm import LayerNorm
from cnnopt.layers.parallel import Parallel
from cnnopt.layers.pool import AvgPool, MaxPool
from cnnopt.layers.rectifier import Elu, LeakyRelu
from cnnopt.layers.residual import Residual
from cnnopt.layers.shares import Sigmoid, Softmax

__all__ = [
    "AvgPool",
    "BatchNorm",
    "Bias",
    "Composite",
    "Conv",
    "Coupled",
    "Dense",
    "Draw",
    "DropConnect",
    "Dropout",
    "Elu",
    "Flatten",
    "Gelu",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "GroupNorm",
    "Layer",
    "LayerNorm",
    "LeakyRelu",
    "MaxPool",
    "Noisy",
    "Parallel",
    "Parameter",
    "Relu",
    "Residual",
    "ShapeError",
    "Sigmoid",
    "Silu",
    "Softmax",
    "SpatialDropout",
    "Tanh",
    "Wires",
]
